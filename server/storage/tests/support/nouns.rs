//! Nouns, filled in plausibly.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Actor, Role};
use domain::attempt::{Attempt, Step, StepState};
use domain::audit::{Entry, Event};
use domain::digest::Digest;
use domain::hold::{Basis, Disclosure, Ground, HoldState, LegalHold, Release};
use domain::id::{AttemptId, EntryId, HoldId, PersonId, PlanId, RequestId, StepId};
use domain::inventory::{DatasetRef, InventoryVersion, Slug};
use domain::link::{Link, LinkPurpose};
use domain::mail::{Mail, MailKind};
use domain::manifest::{Control, DatasetManifest, Manifest, NonceSource, SeedSource};
use domain::people::{Person, PersonalToken, TokenScope};
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::port::vault::Sealed;
use domain::register::{CertificateKind, CertificateRecord, CertificateState};
use domain::request::{ErasureRequest, Stage};
use domain::retention::RetentionDuty;
use domain::scope::{KeepScope, RequestScope, TenantScope};
use domain::session::{Session, SessionState};
use domain::subject::{Contact, Tenant, TenantKey};
use domain::time::{Date, Timestamp, date};
use domain::verification::{Attestation, Check, CheckState, SpotCheck};
use uuid::Uuid;

/// A fresh id.
pub fn id<T: From<Uuid>>() -> T {
    Uuid::now_v7().into()
}

/// The moment of all tests; others are told from it.
pub fn now() -> Timestamp {
    "2026-03-01T12:00:00.123456Z".parse().unwrap()
}

/// So many seconds later.
pub fn later(seconds: u64) -> Timestamp {
    now().after(std::time::Duration::from_secs(seconds))
}

pub fn today() -> Date {
    date(2026, 3, 1).unwrap()
}

pub fn sealed() -> Sealed {
    Sealed {
        key: "0011223344556677".into(),
        box_: "c2VhbGVk".into(),
    }
}

pub fn key(text: &str) -> TenantKey {
    TenantKey::parse(text).unwrap()
}

pub fn dataset(name: &str) -> DatasetRef {
    DatasetRef::try_from(name.to_owned()).unwrap()
}

pub fn entry(object: &str) -> Entry {
    let details = serde_json::json!({"why": "a test"});
    let actor = Actor::System("test");
    Event::new("test.done", object, details).entry(id(), &actor, now(), Uuid::now_v7().into_bytes())
}

pub fn person(email: &str) -> Person {
    Person {
        id: id(),
        name: format!("Person {email}"),
        email: email.into(),
        roles: BTreeSet::from([Role::LegalCounsel]),
        tenant: None,
        password: None,
        enrolment: None,
        second_factor: None,
        created_at: now(),
        trusted_since: now(),
        disabled_at: None,
        version: 1,
    }
}

pub fn token(person: PersonId, secret: &str) -> PersonalToken {
    let digest = Digest::of(secret.as_bytes());
    PersonalToken {
        digest,
        person,
        label: "laptop".into(),
        scopes: TokenScope::all(),
        created_at: now(),
        expires_at: later(3_600),
        last_used_at: None,
    }
}

pub fn session(person: PersonId, secret: &str, state: SessionState) -> Session {
    Session {
        digest: Digest::of(secret.as_bytes()),
        person,
        state,
        opened_with: Digest::of(b"password"),
        created_at: now(),
        last_seen_at: now(),
        expires_at: later(43_200),
        stepped_up_at: None,
    }
}

pub fn link(person: PersonId, secret: &str, purpose: LinkPurpose) -> Link {
    Link {
        digest: Digest::of(secret.as_bytes()),
        person,
        purpose,
        created_at: now(),
        expires_at: later(3_600),
    }
}

pub fn tenant(text: &str) -> Tenant {
    Tenant {
        id: id(),
        key: key(text),
        name: format!("{text} Ltd"),
        contacts: vec![Contact {
            name: "Ada".into(),
            email: "ada@example.com".into(),
        }],
        synthetic: false,
        created_at: now(),
    }
}

pub fn inventory(number: i64) -> InventoryVersion {
    let digest = InventoryVersion::digest_of(&[]);
    InventoryVersion {
        number,
        digest,
        systems: vec![],
        created_at: later(number.unsigned_abs()),
        audited_on: None,
    }
}

pub fn keep(tenant: TenantScope) -> KeepScope {
    let (systems, categories) = (BTreeSet::new(), BTreeSet::new());
    KeepScope {
        tenant,
        subject: None,
        systems,
        categories,
        created: None,
    }
}

pub fn hold(tenant: TenantScope) -> LegalHold {
    LegalHold {
        id: id(),
        matter: "Smith v. Acme".into(),
        authority: "High Court".into(),
        basis: Basis::CourtOrder,
        ground: Ground::LegalClaims,
        scope: keep(tenant),
        custodian: "Legal".into(),
        starts_on: today(),
        review_on: date(2026, 9, 1).unwrap(),
        disclosure: Disclosure::Ground,
        placed_by: id(),
        placed_at: now(),
        state: HoldState::InForce { since: now() },
        proposed_release: None,
        version: 1,
    }
}

pub fn released(hold: LegalHold) -> LegalHold {
    let release = || Release {
        by: id(),
        at: later(1),
        reason: "settled".into(),
    };
    LegalHold {
        state: HoldState::Released {
            first: release(),
            second: release(),
        },
        ..hold
    }
}

pub fn duty(tenant: TenantScope, until: Date) -> RetentionDuty {
    RetentionDuty {
        id: id(),
        title: "audit trail, 90 days".into(),
        ground: Ground::LegalObligation,
        scope: keep(tenant),
        until,
        recorded_by: id(),
        recorded_at: now(),
        ended: None,
        version: 1,
    }
}

pub fn request(tenant: &Tenant) -> ErasureRequest {
    ErasureRequest {
        id: id(),
        tenant: tenant.id,
        tenant_key: tenant.key.clone(),
        scope: RequestScope::Subject,
        drill: false,
        channel: "portal".into(),
        key: Some(sealed()),
        identifiers: Some(sealed()),
        digests: BTreeSet::new(),
        opened_by: Some(id()),
        received_at: now(),
        due_on: date(2026, 4, 1).unwrap(),
        extension: None,
        identity: None,
        stage: Stage::Received,
        aside: None,
        plan: None,
        awaits_nonce: None,
        approval: None,
        starts_at: None,
        round: 0,
        touched: false,
        ending: None,
        certificate: None,
        again: None,
        closed_at: None,
        destroyed_at: None,
        version: 1,
    }
}

pub fn plan(request: RequestId) -> ErasurePlan {
    ErasurePlan {
        id: id(),
        request,
        inventory: 1,
        inventory_digest: Digest::of(b"inventory"),
        entries: vec![],
        digests: BTreeSet::new(),
        nonce_commitment: Digest::of(b"nonce"),
        sealed: sealed(),
        created_at: now(),
    }
}

pub fn manifest(plan: PlanId) -> Manifest {
    let seen = DatasetManifest {
        dataset: dataset("crm.users"),
        count: Some(u64::from(u32::MAX) + 1),
        scanned: 3,
        sample_size: 3,
        commitment: Digest::of(b"ids"),
        withheld_count: None,
        withheld_sample_size: 0,
        others_sample_size: 1,
        control: Control::OutsideRecord,
        positive: true,
        sealed: sealed(),
    };
    let seed = SeedSource {
        root: Digest::of(b"root"),
        tree_size: 7,
        nonce: NonceSource::OperatorsLog,
        committed: None,
    };
    Manifest {
        plan,
        seed,
        datasets: vec![seen],
        drawn_at: now(),
    }
}

pub fn step(request: RequestId, plan: PlanId, round: i32) -> Step {
    Step {
        id: id(),
        request,
        plan,
        round,
        dataset: dataset("crm.users"),
        state: StepState::Ready,
        cursor: None,
        reported: 0,
        chunks: 0,
        failures: 0,
        started_at: None,
        ended_at: None,
        method: None,
        version: 1,
    }
}

pub fn attempt(step: &Step, system: &str, expires_at: Timestamp) -> Attempt {
    Attempt {
        id: id::<AttemptId>(),
        step: step.id,
        request: step.request,
        tenant_key: key("acme"),
        dataset: DatasetRef {
            system: Slug::parse(system).unwrap(),
            dataset: Slug::parse("users").unwrap(),
        },
        fence: 1,
        authorised_at: now(),
        deadline: now(),
        expires_at,
        outcome: None,
    }
}

pub fn check(request: RequestId, plan: PlanId, round: i32) -> Check {
    let state = CheckState::Waiting {
        until: later(300),
        tries: 0,
    };
    Check {
        id: id(),
        request,
        plan,
        round,
        dataset: dataset("crm.users"),
        state,
        version: 1,
    }
}

pub fn spot_check(request: RequestId) -> SpotCheck {
    SpotCheck {
        id: id(),
        request,
        round: 1,
        dataset: dataset("crm.users"),
        officer: id(),
        shown_at: now(),
        sealed: sealed(),
        shown: 6,
        result: None,
        version: 1,
    }
}

pub fn attestation(request: RequestId, plan: PlanId, party: &str) -> Attestation {
    Attestation {
        id: id(),
        request,
        plan,
        dataset: dataset("partner.users"),
        party: party.into(),
        document: Digest::of(party.as_bytes()),
        dated_on: today(),
        recorded_by: id(),
        recorded_at: now(),
    }
}

pub fn certificate(request: RequestId, plan: PlanId, kind: CertificateKind) -> CertificateRecord {
    let id: domain::id::CertificateId = id();
    CertificateRecord {
        id,
        code: id.to_string(),
        request,
        plan,
        kind,
        certified_by: self::id(),
        certified_at: now(),
        evidence: Digest::of(b"evidence"),
        state: CertificateState::Draft,
        issued_at: None,
        state_since: None,
        statement: None,
        replaces: None,
        adds: None,
        revocation: None,
        waits_for_key: None,
        failures: 0,
        version: 1,
    }
}

pub fn mail(request: Option<RequestId>) -> Mail {
    Mail {
        request,
        facts: BTreeMap::from([("what".to_owned(), "a look".to_owned())]),
        sealed: Some(sealed()),
        ..Mail::queued(id(), MailKind::NeedsAttention, "ada@example.com".into(), now())
    }
}

/// A request with its tenant, stored.
pub async fn stored_request(tx: &mut dyn Tx) -> ErasureRequest {
    let tenant = tenant(&Uuid::now_v7().to_string());
    let request = request(&tenant);
    tx.tenants().insert(&tenant).await.unwrap();
    tx.requests().insert(&request).await.unwrap();
    request
}

/// A plan with its request, stored.
pub async fn stored_plan(tx: &mut dyn Tx) -> ErasurePlan {
    let plan = plan(stored_request(tx).await.id);
    tx.plans().insert(&plan).await.unwrap();
    plan
}

/// A step with its plan, stored.
pub async fn stored_step(tx: &mut dyn Tx) -> Step {
    let plan = stored_plan(tx).await;
    let step = step(plan.request, plan.id, 1);
    tx.attempts().insert_step(&step).await.unwrap();
    step
}

/// Ids whose type is told.
pub fn step_id() -> StepId {
    id()
}

pub fn hold_id() -> HoldId {
    id()
}

pub fn entry_id() -> EntryId {
    id()
}
