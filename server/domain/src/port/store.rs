//! Our own database: one transaction object hands out one repository per noun.
//!
//! Every repository refuses an update whose `version` is not the stored one ([`StoreError::Conflict`]) and stores
//! `version + 1`. `commit` refuses when something was written and no entry appended (invariant 4); job leases,
//! heartbeats and sequencing use other doors.

use std::time::Duration;

use async_trait::async_trait;

pub use super::delivery::{Copies, Downloads};
pub use super::nonces::Nonces;
pub use super::reading::Reading;
pub use super::replays::Replays;
pub use super::replies::Replies;

use crate::attempt::{Attempt, Outcome, Step};
use crate::audit::Entry;
use crate::digest::Digest;
use crate::drill::Drill;
use crate::hold::LegalHold;
use crate::id::{
    AttemptId, CertificateId, CheckId, DrillId, DutyId, EntryId, HoldId, IncidentId, JobId, MailId, PersonId,
    PlanId, RequestId, SpotCheckId, StepId, TenantId,
};
use crate::incident::Incident;
use crate::inventory::{DatasetRef, InventoryVersion, SystemName};
use crate::job::{Disposition, Job, Leased, Queue};
use crate::later::LaterCheck;
use crate::link::Link;
use crate::mail::Mail;
use crate::manifest::Manifest;
use crate::people::{Person, PersonalToken};
use crate::plan::ErasurePlan;
use crate::port::vault::Sealed;
use crate::register::{CertificateRecord, Document, PublishedList, StandingRecord, Statement};
use crate::request::ErasureRequest;
use crate::retention::{Keeper, RetentionDuty};
use crate::scope::TenantScope;
use crate::session::{self, Session};
use crate::subject::{Tenant, TenantKey};
use crate::switches::Switches;
use crate::time::{Date, Timestamp};
use crate::verification::{Attestation, Check, SpotCheck};

/// The database failed, or refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the row since it was read: read again and decide again.
    #[error("{0} was changed by somebody else meanwhile")]
    Conflict(String),
    /// A row of that unique key exists.
    #[error("{0} exists already")]
    Exists(String),
    /// A passing fault: try again.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// A stored row cannot be read.
    #[error("unreadable row in {table}, column {column}, id {id}: {why}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// Something was written and nothing logged.
    #[error("a change without a log entry was about to be committed")]
    Unlogged,
    /// A fault of ours.
    #[error("the database refused: {0}")]
    Refused(String),
}

type Answer<T> = Result<T, StoreError>;

/// Opens transactions.
#[async_trait]
pub trait Store: Send + Sync {
    /// A transaction that may write.
    async fn begin(&self) -> Answer<Box<dyn Tx>>;

    /// A transaction that reads a consistent state; writes in it fail. Dropping it ends it.
    async fn read(&self) -> Answer<Box<dyn Tx>>;

    /// Takes up to `limit` ready jobs of some queues, in one commit of its own.
    async fn lease(
        &self,
        queues: &[Queue],
        limit: u32,
        now: Timestamp,
        lease_for: Duration,
    ) -> Answer<Vec<Leased>>;

    /// Prolongs a lease; [`StoreError::Conflict`] when it was lost.
    async fn extend(&self, leased: &Leased, until: Timestamp) -> Answer<()>;

    /// Ends a lease; [`StoreError::Conflict`] when it was lost.
    async fn finish(&self, leased: &Leased, disposition: &Disposition) -> Answer<()>;

    /// Waits until a job may be ready, at most so long. May return early.
    async fn wait_for_work(&self, longest: Duration);

    /// The moment of the earliest job of some queues that is ready or will be; absent: there is none.
    async fn next_job_at(&self, queues: &[Queue]) -> Answer<Option<Timestamp>>;

    /// Becomes the one sequencer of the log, if nobody is: held until dropped.
    async fn sequencer(&self) -> Answer<Option<Box<dyn Sequencer>>>;
}

/// An open transaction. Dropped without commit, it is rolled back.
#[async_trait]
pub trait Tx: Send {
    /// People and their tokens.
    fn people(&mut self) -> &mut dyn People;
    /// Sessions and the counts that keep guessing slow.
    fn sessions(&mut self) -> &mut dyn Sessions;
    /// Links by which a password is set.
    fn links(&mut self) -> &mut dyn Links;
    /// Forms that were refused, for a while.
    fn drafts(&mut self) -> &mut dyn Drafts;
    /// Tenants.
    fn tenants(&mut self) -> &mut dyn Tenants;
    /// Inventory versions.
    fn inventory(&mut self) -> &mut dyn Inventory;
    /// Holds and duties.
    fn holds(&mut self) -> &mut dyn Holds;
    /// Requests.
    fn requests(&mut self) -> &mut dyn Requests;
    /// Plans and manifests.
    fn plans(&mut self) -> &mut dyn Plans;
    /// Nonces that were committed to.
    fn nonces(&mut self) -> &mut dyn Nonces;
    /// Steps and attempts.
    fn attempts(&mut self) -> &mut dyn Attempts;
    /// Checks, spot checks, attestations.
    fn findings(&mut self) -> &mut dyn Findings;
    /// Certificates.
    fn certificates(&mut self) -> &mut dyn Certificates;
    /// Incidents and later checks.
    fn incidents(&mut self) -> &mut dyn Incidents;
    /// Drills.
    fn drills(&mut self) -> &mut dyn Drills;
    /// The log.
    fn log(&mut self) -> &mut dyn Log;
    /// Jobs.
    fn jobs(&mut self) -> &mut dyn Jobs;
    /// The outbox.
    fn outbox(&mut self) -> &mut dyn Outbox;
    /// Links by which a certificate is fetched once.
    fn downloads(&mut self) -> &mut dyn Downloads;
    /// Copies of certificates.
    fn copies(&mut self) -> &mut dyn Copies;
    /// Switches and small settings.
    fn settings(&mut self) -> &mut dyn Settings;
    /// Replays and the ledger of erased identities.
    fn replays(&mut self) -> &mut dyn Replays;
    /// Long lists.
    fn reading(&mut self) -> &mut dyn Reading;
    /// Answers to repeated calls.
    fn replies(&mut self) -> &mut dyn Replies;

    /// Before authorising: waits for placements of holds under way, and keeps new ones waiting until commit.
    async fn fence_authorisation(&mut self, tenant: &TenantKey) -> Answer<()>;

    /// Before placing a hold or duty: waits for authorisations under way, and keeps new ones waiting until commit.
    async fn fence_placement(&mut self, tenant: &TenantScope) -> Answer<()>;

    /// Makes everything durable, or nothing.
    async fn commit(self: Box<Self>) -> Answer<()>;
}

/// People and their tokens.
#[async_trait]
pub trait People: Send {
    /// Adds a person; [`StoreError::Exists`] when the address is taken.
    async fn insert(&mut self, person: &Person) -> Answer<()>;
    /// Changes a person.
    async fn update(&mut self, person: &Person) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: PersonId) -> Answer<Option<Person>>;
    /// By address, lower case.
    async fn find_by_email(&mut self, email: &str) -> Answer<Option<Person>>;
    /// All, by name.
    async fn list(&mut self) -> Answer<Vec<Person>>;
    /// Adds a token.
    async fn insert_token(&mut self, token: &PersonalToken) -> Answer<()>;
    /// By digest.
    async fn find_token(&mut self, digest: Digest) -> Answer<Option<PersonalToken>>;
    /// All of a person, in the order in which they were made.
    async fn tokens(&mut self, person: PersonId) -> Answer<Vec<PersonalToken>>;
    /// Writes down that a token was used; needs no entry.
    async fn touch_token(&mut self, digest: Digest, at: Timestamp) -> Answer<()>;
    /// Deletes a token; false when there is none.
    async fn delete_token(&mut self, digest: Digest) -> Answer<bool>;
}

/// Sessions. That one begins, steps up or ends is logged; a heartbeat, a count or a sweep is not.
#[async_trait]
pub trait Sessions: Send {
    /// Adds a session. One that awaits a second factor needs no entry.
    async fn insert(&mut self, session: &Session) -> Answer<()>;
    /// By digest.
    async fn find(&mut self, digest: Digest) -> Answer<Option<Session>>;
    /// All of a person that are signed in, oldest first.
    async fn of_person(&mut self, person: PersonId) -> Answer<Vec<Session>>;
    /// Writes down that it was used; needs no entry.
    async fn touch(&mut self, digest: Digest, at: Timestamp) -> Answer<()>;
    /// Writes down that the person proved again who they are; [`StoreError::Conflict`] when the session is gone.
    async fn step_up(&mut self, digest: Digest, at: Timestamp) -> Answer<()>;
    /// Deletes one that is signed in; false when there is none.
    async fn end(&mut self, digest: Digest) -> Answer<bool>;
    /// Deletes one that awaits a second factor, once: false when there is none. Needs no entry.
    async fn take_pending(&mut self, digest: Digest) -> Answer<bool>;
    /// Deletes all of a person; how many were signed in.
    async fn end_all(&mut self, person: PersonId) -> Answer<u64>;
    /// Counts an attempt; a window that is over begins anew and lasts until `ends_at`. Needs no entry.
    async fn count_attempt(
        &mut self,
        of: Digest,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> Answer<session::Attempts>;
    /// Takes one attempt back: it was no guess. Needs no entry.
    async fn uncount_attempt(&mut self, of: Digest) -> Answer<()>;
    /// Deletes sessions that expired or were not seen since `idle_since`, and counts that are over; how many rows. Needs
    /// no entry.
    async fn sweep(&mut self, now: Timestamp, idle_since: Timestamp) -> Answer<u64>;
}

/// Links by which a password is set.
#[async_trait]
pub trait Links: Send {
    /// Adds the link of a person, in place of an older one.
    async fn put(&mut self, link: &Link) -> Answer<()>;
    /// By digest.
    async fn find(&mut self, digest: Digest) -> Answer<Option<Link>>;
    /// Deletes a link that is used, once: false when it is gone or over.
    async fn take(&mut self, digest: Digest, now: Timestamp) -> Answer<bool>;
    /// Voids the link of a person, if there is one.
    async fn void(&mut self, person: PersonId) -> Answer<()>;
    /// Deletes those that are over; needs no entry.
    async fn sweep(&mut self, now: Timestamp) -> Answer<u64>;
}

/// Forms that were refused: sealed, for a while, for one session where there is one. They need no entry.
#[async_trait]
pub trait Drafts: Send {
    /// Keeps one.
    async fn insert(
        &mut self,
        id: &str,
        owner: Option<Digest>,
        expires_at: Timestamp,
        form: &Sealed,
    ) -> Answer<()>;
    /// By id and owner, while it lasts.
    async fn find(&mut self, id: &str, owner: Option<Digest>, now: Timestamp) -> Answer<Option<Sealed>>;
    /// Deletes one.
    async fn remove(&mut self, id: &str) -> Answer<()>;
    /// Deletes all of an owner but so many of the newest.
    async fn keep_newest(&mut self, owner: Option<Digest>, most: u32) -> Answer<()>;
    /// Deletes those that are over.
    async fn sweep(&mut self, now: Timestamp) -> Answer<u64>;
}

/// Tenants.
#[async_trait]
pub trait Tenants: Send {
    /// Adds a tenant; [`StoreError::Exists`] when the key is taken.
    async fn insert(&mut self, tenant: &Tenant) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: TenantId) -> Answer<Option<Tenant>>;
    /// By key.
    async fn find_by_key(&mut self, key: &TenantKey) -> Answer<Option<Tenant>>;
    /// All, by name.
    async fn list(&mut self) -> Answer<Vec<Tenant>>;
}

/// Inventory versions. Never changed.
#[async_trait]
pub trait Inventory: Send {
    /// Adds the next version; [`StoreError::Exists`] when its number is taken.
    async fn insert(&mut self, version: &InventoryVersion) -> Answer<()>;
    /// The present one.
    async fn latest(&mut self) -> Answer<Option<InventoryVersion>>;
    /// By number.
    async fn find(&mut self, number: i64) -> Answer<Option<InventoryVersion>>;
    /// Numbers and digests of all, newest first.
    async fn list(&mut self) -> Answer<Vec<(i64, Digest, Timestamp)>>;
}

/// Holds and duties.
#[async_trait]
pub trait Holds: Send {
    /// Adds a hold.
    async fn insert(&mut self, hold: &LegalHold) -> Answer<()>;
    /// Changes a hold (never its scope).
    async fn update(&mut self, hold: &LegalHold) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: HoldId) -> Answer<Option<LegalHold>>;
    /// All, newest first.
    async fn list(&mut self) -> Answer<Vec<LegalHold>>;
    /// Adds a duty.
    async fn insert_duty(&mut self, duty: &RetentionDuty) -> Answer<()>;
    /// Changes a duty (never its scope).
    async fn update_duty(&mut self, duty: &RetentionDuty) -> Answer<()>;
    /// By id.
    async fn find_duty(&mut self, id: DutyId) -> Answer<Option<RetentionDuty>>;
    /// All, newest first.
    async fn list_duties(&mut self) -> Answer<Vec<RetentionDuty>>;
    /// Standing holds (draining or in force) and standing duties that may concern a tenant: bound to it, or to any.
    async fn keepers(&mut self, tenant: &TenantKey, today: Date) -> Answer<Vec<Keeper>>;
    /// Number of changes to holds and duties ever committed: the register version that certificates name.
    async fn register_version(&mut self) -> Answer<i64>;
}

/// Requests.
#[async_trait]
pub trait Requests: Send {
    /// Adds a request.
    async fn insert(&mut self, request: &ErasureRequest) -> Answer<()>;
    /// Changes a request.
    async fn update(&mut self, request: &ErasureRequest) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: RequestId) -> Answer<Option<ErasureRequest>>;
    /// All or of one tenant, newest first.
    async fn list(&mut self, tenant: Option<TenantId>) -> Answer<Vec<ErasureRequest>>;
    /// All that have not ended.
    async fn open(&mut self) -> Answer<Vec<ErasureRequest>>;
    /// All that have ended and whose keys are not destroyed.
    async fn ended(&mut self) -> Answer<Vec<ErasureRequest>>;
    /// All that are on hold.
    async fn on_hold(&mut self) -> Answer<Vec<ErasureRequest>>;
}

/// Plans and manifests. Never changed.
#[async_trait]
pub trait Plans: Send {
    /// Adds a plan.
    async fn insert(&mut self, plan: &ErasurePlan) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: PlanId) -> Answer<Option<ErasurePlan>>;
    /// All of a request, oldest first.
    async fn of_request(&mut self, request: RequestId) -> Answer<Vec<ErasurePlan>>;
    /// Adds the manifest of a plan; [`StoreError::Exists`] when there is one.
    async fn insert_manifest(&mut self, manifest: &Manifest) -> Answer<()>;
    /// The manifest of a plan.
    async fn manifest(&mut self, plan: PlanId) -> Answer<Option<Manifest>>;
}

/// Steps and attempts.
#[async_trait]
pub trait Attempts: Send {
    /// Adds a step.
    async fn insert_step(&mut self, step: &Step) -> Answer<()>;
    /// Changes a step.
    async fn update_step(&mut self, step: &Step) -> Answer<()>;
    /// By id.
    async fn find_step(&mut self, id: StepId) -> Answer<Option<Step>>;
    /// All of a request in a round; all rounds when absent.
    async fn steps(&mut self, request: RequestId, round: Option<i32>) -> Answer<Vec<Step>>;
    /// Adds an attempt: the intent, before the call.
    async fn start(&mut self, attempt: &Attempt) -> Answer<()>;
    /// Writes an attempt's outcome, once; [`StoreError::Conflict`] when it has one.
    async fn end(&mut self, id: AttemptId, at: Timestamp, outcome: &Outcome) -> Answer<()>;
    /// All of a step, oldest first.
    async fn of_step(&mut self, step: StepId) -> Answer<Vec<Attempt>>;
    /// Without outcome and not expired: of a system, or of all.
    async fn in_flight(&mut self, system: Option<&SystemName>, now: Timestamp) -> Answer<Vec<Attempt>>;
    /// Requests that had a chunk on a system which could still run at a moment, or was authorised later.
    async fn authorised_since(&mut self, system: &SystemName, at: Timestamp) -> Answer<Vec<RequestId>>;
    /// Without outcome and expired.
    async fn expired(&mut self, now: Timestamp) -> Answer<Vec<Attempt>>;
}

/// Checks, spot checks, attestations.
#[async_trait]
pub trait Findings: Send {
    /// Adds a check.
    async fn insert_check(&mut self, check: &Check) -> Answer<()>;
    /// Changes a check.
    async fn update_check(&mut self, check: &Check) -> Answer<()>;
    /// By id.
    async fn find_check(&mut self, id: CheckId) -> Answer<Option<Check>>;
    /// All of a request in a round; all rounds when absent.
    async fn checks(&mut self, request: RequestId, round: Option<i32>) -> Answer<Vec<Check>>;
    /// Adds a spot check.
    async fn insert_spot_check(&mut self, spot: &SpotCheck) -> Answer<()>;
    /// Records its result.
    async fn update_spot_check(&mut self, spot: &SpotCheck) -> Answer<()>;
    /// By id.
    async fn find_spot_check(&mut self, id: SpotCheckId) -> Answer<Option<SpotCheck>>;
    /// All of a request.
    async fn spot_checks(&mut self, request: RequestId) -> Answer<Vec<SpotCheck>>;
    /// Adds an attestation.
    async fn insert_attestation(&mut self, attestation: &Attestation) -> Answer<()>;
    /// The newest of a dataset against a plan.
    async fn attestation(&mut self, plan: PlanId, dataset: &DatasetRef) -> Answer<Option<Attestation>>;
}

/// Certificates. Statements and documents are append-only.
#[async_trait]
pub trait Certificates: Send {
    /// Adds a record; [`StoreError::Exists`] when the request has another base certificate that is not superseded
    /// or revoked.
    async fn insert(&mut self, record: &CertificateRecord) -> Answer<()>;
    /// Changes a record.
    async fn update(&mut self, record: &CertificateRecord) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: CertificateId) -> Answer<Option<CertificateRecord>>;
    /// All of a request, oldest first.
    async fn of_request(&mut self, request: RequestId) -> Answer<Vec<CertificateRecord>>;
    /// Adds the statement; [`StoreError::Exists`] when there is one.
    async fn insert_statement(&mut self, statement: &Statement) -> Answer<()>;
    /// The statement.
    async fn statement(&mut self, id: CertificateId) -> Answer<Option<Statement>>;
    /// Adds the document; [`StoreError::Exists`] when there is one.
    async fn insert_document(&mut self, document: &Document) -> Answer<()>;
    /// The document.
    async fn document(&mut self, id: CertificateId) -> Answer<Option<Document>>;
    /// The certificate whose document has this SHA-256.
    async fn of_document(&mut self, digest: Digest) -> Answer<Option<CertificateId>>;
    /// The SHA-256 of every document, by its certificate.
    async fn document_digests(&mut self) -> Answer<Vec<(CertificateId, Digest)>>;
    /// All that were ever issued, oldest first.
    async fn issued(&mut self) -> Answer<Vec<CertificateRecord>>;
    /// Those of which somebody asked for the revocation, and nobody confirmed it yet.
    async fn revocations_asked(&mut self) -> Answer<Vec<CertificateRecord>>;
    /// Adds what became of a certificate; [`StoreError::Exists`] when its end was stated before.
    async fn insert_standing(&mut self, standing: &StandingRecord) -> Answer<()>;
    /// What became of a certificate, oldest first.
    async fn standings(&mut self, id: CertificateId) -> Answer<Vec<StandingRecord>>;
    /// Publishes a status list; older ones are deleted. [`StoreError::Conflict`] when another has its number: whoever made
    /// that one may have known more. It is about what is logged already, and needs no entry.
    async fn publish_list(&mut self, list: &PublishedList) -> Answer<()>;
    /// The present status list.
    async fn status_list(&mut self) -> Answer<Option<PublishedList>>;
}

/// What is seen after a certificate was issued.
#[async_trait]
pub trait Incidents: Send {
    /// Adds an incident.
    async fn insert(&mut self, incident: &Incident) -> Answer<()>;
    /// Changes one.
    async fn update(&mut self, incident: &Incident) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: IncidentId) -> Answer<Option<Incident>>;
    /// All of a certificate, oldest first.
    async fn of_certificate(&mut self, id: CertificateId) -> Answer<Vec<Incident>>;
    /// Those whose record is not closed, oldest first.
    async fn open(&mut self) -> Answer<Vec<Incident>>;
    /// Plans a later check; [`StoreError::Exists`] when it is planned.
    async fn insert_later(&mut self, check: &LaterCheck) -> Answer<()>;
    /// Changes one.
    async fn update_later(&mut self, check: &LaterCheck) -> Answer<()>;
    /// Those of a certificate, in order.
    async fn later_checks(&mut self, certificate: CertificateId) -> Answer<Vec<LaterCheck>>;
    /// Those that were due before a moment and have not ended, the longest overdue first.
    async fn due_before(&mut self, before: Timestamp) -> Answer<Vec<LaterCheck>>;
}

/// Drills, and months in which none ran. Never deleted.
#[async_trait]
pub trait Drills: Send {
    /// Adds a drill; [`StoreError::Exists`] when its month has one.
    async fn insert(&mut self, drill: &Drill) -> Answer<()>;
    /// Changes one.
    async fn update(&mut self, drill: &Drill) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: DrillId) -> Answer<Option<Drill>>;
    /// The one that runs as a request.
    async fn of_request(&mut self, request: RequestId) -> Answer<Option<Drill>>;
    /// Those of which something is still to come, oldest first.
    async fn running(&mut self) -> Answer<Vec<Drill>>;
    /// All there are, the newest first.
    async fn all(&mut self) -> Answer<Vec<Drill>>;
}

/// A leaf of the tree with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its index.
    pub index: u64,
    /// The exact bytes of its entry.
    pub bytes: Vec<u8>,
}

/// The log, inside a transaction.
#[async_trait]
pub trait Log: Send {
    /// Appends an entry. It gets its index from the sequencer, soon after the commit.
    async fn append(&mut self, entry: &Entry) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: EntryId) -> Answer<Option<Entry>>;
    /// The index of an entry, once sequenced.
    async fn index_of(&mut self, id: EntryId) -> Answer<Option<u64>>;
    /// Leaves from an index on, in order.
    async fn leaves(&mut self, from: u64, limit: u32) -> Answer<Vec<Leaf>>;
    /// Entries about an object (`request:<id>`), oldest first, the unsequenced last.
    async fn about(&mut self, object: &str) -> Answer<Vec<Entry>>;
    /// The newest signed checkpoint (a signed note) with its size.
    async fn checkpoint(&mut self) -> Answer<Option<(u64, String)>>;
    /// The signed checkpoint of a size, where there is one.
    async fn checkpoint_at(&mut self, size: u64) -> Answer<Option<String>>;
    /// The signature lines of witnesses of the checkpoint of a size, in the order in which they came.
    async fn cosignatures(&mut self, size: u64) -> Answer<Vec<String>>;
    /// The size of the newest checkpoint that a witness has signed.
    async fn cosigned(&mut self) -> Answer<Option<u64>>;
    /// Hashes of a tile (C2SP tlog-tiles: level in steps of 8, number): 32 bytes each, up to 256.
    async fn tile(&mut self, level: u8, number: u64) -> Answer<Option<Vec<u8>>>;
    /// How many leaves are sequenced.
    async fn size(&mut self) -> Answer<u64>;
}

/// The one process that orders the log, for as long as it holds this.
#[async_trait]
pub trait Sequencer: Send {
    /// Entries without an index, oldest first.
    async fn unsequenced(&mut self, limit: u32) -> Answer<Vec<(EntryId, Vec<u8>)>>;
    /// How many leaves are sequenced, and the hash tiles on the right edge: (level, number, hashes).
    async fn edge(&mut self) -> Answer<(u64, Vec<(u8, u64, Vec<u8>)>)>;
    /// In one commit: gives indices from `first` on, and stores new or grown tiles.
    async fn sequence(&mut self, first: u64, entries: &[EntryId], tiles: &[(u8, u64, Vec<u8>)])
    -> Answer<()>;
    /// Stores a signed checkpoint before it is published; refuses one smaller than the newest.
    async fn publish(&mut self, size: u64, note: &str, at: Timestamp) -> Answer<()>;
    /// Keeps the signature line of a witness of the checkpoint of a size. `false`: that witness had signed it before.
    async fn cosign(&mut self, size: u64, witness: &str, line: &str, at: Timestamp) -> Answer<bool>;
    /// The newest signed checkpoint.
    async fn published(&mut self) -> Answer<Option<(u64, String)>>;
}

/// Jobs, inside a transaction.
#[async_trait]
pub trait Jobs: Send {
    /// Leaves work for a worker, not before a moment. The same job, still waiting, is not queued twice: the earlier
    /// moment counts.
    async fn enqueue(&mut self, job: &Job, at: Timestamp) -> Answer<()>;
    /// The lease is still held: same fence, not expired.
    async fn holds(&mut self, leased: &Leased, now: Timestamp) -> Answer<bool>;
    /// Parked jobs with why, oldest first.
    async fn parked(&mut self) -> Answer<Vec<(JobId, Job, String)>>;
    /// Makes a parked job ready again.
    async fn unpark(&mut self, id: JobId, at: Timestamp) -> Answer<()>;
    /// Counts by queue and state words.
    async fn counts(&mut self) -> Answer<Vec<(String, String, i64)>>;
}

/// The outbox.
#[async_trait]
pub trait Outbox: Send {
    /// Queues a mail.
    async fn insert(&mut self, mail: &Mail) -> Answer<()>;
    /// Changes its status.
    async fn update(&mut self, mail: &Mail) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: MailId) -> Answer<Option<Mail>>;
    /// About a request, oldest first.
    async fn of_request(&mut self, request: RequestId) -> Answer<Vec<Mail>>;
    /// About a certificate, oldest first.
    async fn of_certificate(&mut self, certificate: CertificateId) -> Answer<Vec<Mail>>;
    /// Those that did not arrive and that nobody has seen to, the longest unseen first.
    async fn unreached(&mut self) -> Answer<Vec<Mail>>;
    /// Deletes one that goes to nobody.
    async fn delete(&mut self, id: MailId) -> Answer<()>;
}

/// Switches and small settings.
#[async_trait]
pub trait Settings: Send {
    /// The switches; all off when none was ever set.
    async fn switches(&mut self) -> Answer<Switches>;
    /// Sets them.
    async fn set_switches(&mut self, switches: &Switches) -> Answer<()>;
    /// A small text by name (`digest_key`, `log_origin` ...).
    async fn text(&mut self, name: &str) -> Answer<Option<String>>;
    /// Sets a small text.
    async fn set_text(&mut self, name: &str, text: &str) -> Answer<()>;
    /// Sets a small text that is no change of anything, such as when somebody last looked: it needs no entry.
    async fn note(&mut self, name: &str, text: &str) -> Answer<()>;
    /// Sets a small text that nobody set before: of several who try, one is told `true`.
    async fn claim(&mut self, name: &str, text: &str) -> Answer<bool>;
}
