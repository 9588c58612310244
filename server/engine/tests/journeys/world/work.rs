//! Working: jobs run by hand, and the acts that every journey repeats.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use domain::actor::Actor;
use domain::certificate::StatusList;
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::inventory::{DatasetRef, InventoryVersion};
use domain::job::{Disposition, Job, Queue};
use domain::mail::{Mail, MailError, MailKind};
use domain::port::destroyed::{Destroyed, DestroyedError};
use domain::port::mailer::Mailer;
use domain::port::store::Store;
use domain::register::CertificateRecord;
use domain::request::{ErasureRequest, IdentityMethod};
use domain::scope::RequestScope;
use domain::secret::Secret;
use domain::subject::{Identifier, TenantKey};
use domain::time::{Clock, Timestamp, parse_date};
use engine::intake::NewRequest;
use engine::inventory::{CredentialSource, InventoryDraft, OpenCredential};

use super::World;

/// Longer than any wait of a journey, shorter than the later checks.
const HORIZON: Duration = Duration::from_secs(5 * 24 * 3600);

/// Keeps what was mailed.
#[derive(Default)]
pub struct Mails(Mutex<Vec<Mail>>);

impl Mails {
    /// A fact of every mail of a kind, oldest first.
    pub fn facts(&self, kind: MailKind, fact: &str) -> Vec<String> {
        let mails = self.0.lock().unwrap();
        let kind = mails.iter().filter(|mail| mail.kind == kind);
        kind.map(|mail| mail.facts[fact].clone()).collect()
    }

    /// How often each kind was sent.
    pub fn by_kind(&self) -> BTreeMap<String, usize> {
        let mut counted = BTreeMap::new();
        for mail in self.0.lock().unwrap().iter() {
            *counted.entry(format!("{:?}", mail.kind)).or_default() += 1;
        }
        counted
    }

    /// How many mails of a kind were sent.
    pub fn sent(&self, kind: MailKind) -> usize {
        self.0
            .lock()
            .unwrap()
            .iter()
            .filter(|mail| mail.kind == kind)
            .count()
    }
}

#[async_trait]
impl Mailer for Mails {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

/// Keeps which keys were destroyed.
#[derive(Default)]
pub struct DestroyedOnce(pub Mutex<Vec<RequestId>>);

impl Destroyed for DestroyedOnce {
    fn record(&self, request: RequestId, _at: Timestamp) -> Result<(), DestroyedError> {
        self.0.lock().unwrap().push(request);
        Ok(())
    }
}

/// Credentials of the tests: local files need none.
pub struct NoCredentials;

impl OpenCredential for NoCredentials {
    fn open(&self, source: &CredentialSource) -> Result<Secret, String> {
        match source {
            CredentialSource::None(true) => Ok(Secret::new("")),
            CredentialSource::Env(text) => Ok(Secret::new(text)),
            other => Err(format!("{other:?} is not for tests")),
        }
    }
}

impl World {
    /// Puts an inventory in force.
    pub async fn apply_inventory(&self, toml: &str) -> InventoryVersion {
        let draft: InventoryDraft = toml::from_str(toml).unwrap();
        self.engine
            .apply_inventory(&self.people.counsel, draft, &NoCredentials)
            .await
            .unwrap()
    }

    /// Runs every job that is ready now, until none is.
    pub async fn run_ready(&self) -> usize {
        let mut ran = 0;
        loop {
            let now = self.clock.now();
            let leased = self
                .database
                .store
                .lease(&Queue::ALL, 8, now, Duration::from_secs(120))
                .await
                .unwrap();
            if leased.is_empty() {
                return ran;
            }
            for job in leased {
                let mut disposition = self.engine.run(&job).await;
                if self.twice {
                    disposition = self.engine.run(&job).await;
                }
                if let Disposition::Park { why } | Disposition::Retry { why, .. } = &disposition {
                    eprintln!("{:?}: {why}", job.job);
                }
                self.database.store.finish(&job, &disposition).await.unwrap();
                ran += 1;
                assert!(ran < 5_000, "jobs never come to rest");
            }
        }
    }

    /// Runs jobs and moves the clock to the next, until nothing is left to do within five days.
    pub async fn run_jobs(&self) {
        let end = self.clock.now().after(HORIZON);
        loop {
            self.run_ready().await;
            match self.database.store.next_job_at(&Queue::ALL).await.unwrap() {
                Some(at) if at <= end => self.clock.advance_to(at),
                _ => return,
            }
        }
    }

    /// Opens a request for the whole of acme.
    pub async fn open_tenant_request(&self) -> ErasureRequest {
        self.open_tenant_request_as(&self.people.tenant).await
    }

    /// The same, by whomever.
    pub async fn open_tenant_request_as(&self, opener: &Actor) -> ErasureRequest {
        let scope = RequestScope::Tenant {
            contract: "MSA 2024-117".into(),
            ended_on: parse_date("2026-02-28").unwrap(),
        };
        let tenant = TenantKey::parse("acme").unwrap();
        let new = NewRequest {
            tenant,
            scope,
            identifiers: Vec::new(),
            channel: "portal".into(),
        };
        self.engine.open_request(opener, new).await.unwrap()
    }

    /// Opens a request for one person of acme.
    pub async fn open_person_request(&self, identifiers: &[&str]) -> ErasureRequest {
        let identifiers = identifiers
            .iter()
            .map(|text| Identifier::parse(text).unwrap())
            .collect();
        let tenant = TenantKey::parse("acme").unwrap();
        let new = NewRequest {
            tenant,
            scope: RequestScope::Subject,
            identifiers,
            channel: "mail".into(),
        };
        self.engine.open_request(&self.people.tenant, new).await.unwrap()
    }

    /// A second person of the tenant confirms.
    pub async fn confirm(&self, id: RequestId) {
        let method = IdentityMethod::SecondTenantPerson;
        self.engine
            .confirm_identity(&self.people.second_tenant, id, method, Digest::of(b"call record"))
            .await
            .unwrap();
    }

    /// Approves what is proposed.
    pub async fn approve(&self, id: RequestId) {
        let proposal = self.engine.proposal(&self.people.officer, id).await.unwrap();
        self.engine
            .approve_request(&self.people.officer, id, proposal.digest, Vec::new(), None)
            .await
            .unwrap();
    }

    /// From opening to the state in which an approver is awaited.
    pub async fn planned(&self) -> RequestId {
        let request = self.open_tenant_request().await;
        self.confirm(request.id).await;
        self.run_jobs().await;
        assert_eq!(self.state(request.id).await, "planned");
        request.id
    }

    /// From opening to verified.
    pub async fn verified(&self) -> RequestId {
        let id = self.planned().await;
        self.approve(id).await;
        self.run_jobs().await;
        assert_eq!(
            self.state(id).await,
            "verified",
            "{:?}",
            self.request(id).await.aside
        );
        id
    }

    /// The second officer looks at records of every system, truthfully.
    pub async fn spot_check(&self, id: RequestId) {
        for dataset in ["crm.users", "crm.tickets", "billing.invoices", "files.photos"] {
            self.spot_check_of(id, dataset).await;
        }
    }

    /// The second officer looks at records of one dataset, truthfully.
    pub async fn spot_check_of(&self, id: RequestId, dataset: &str) {
        let dataset = DatasetRef::try_from(dataset.to_owned()).unwrap();
        let opened = self
            .engine
            .open_spot_check(&self.people.second_officer, id, &dataset)
            .await;
        let Ok((spot, shown)) = opened else { return };
        let mut seen = Vec::new();
        for one in &shown {
            seen.push(self.systems.holds(&dataset.to_string(), &one.id.0).await);
        }
        self.engine
            .record_spot_check(&self.people.second_officer, spot, &seen, "looked by hand")
            .await
            .unwrap();
    }

    /// The second officer certifies what there is.
    pub async fn certify(&self, id: RequestId) -> CertificateRecord {
        let evidence = self
            .engine
            .evidence(&self.people.second_officer, id)
            .await
            .unwrap();
        self.engine
            .certify(&self.people.second_officer, id, evidence.digest())
            .await
            .unwrap()
    }

    /// From opening to the issued certificate.
    pub async fn issued(&self) -> (RequestId, CertificateId) {
        let request = self.verified().await;
        self.spot_check(request).await;
        let record = self.certify(request).await;
        self.run_ready().await;
        (request, record.id)
    }

    /// The status list as an outsider reads it, now.
    pub async fn list(&self) -> StatusList {
        let published = self
            .engine
            .status_list()
            .await
            .unwrap()
            .expect("a list is published");
        StatusList::open(
            &published.jws,
            &self.keys.document_keys().unwrap(),
            self.clock.now(),
        )
        .unwrap()
    }

    /// Days go by, with a look for what is overdue, and a sweep, on each of them.
    pub async fn days_go_by(&self, days: u64) {
        for _ in 0..days {
            self.clock.advance(Duration::from_secs(24 * 3600));
            let mut tx = self.ports.store.begin().await.unwrap();
            let now = self.engine.now();
            tx.jobs().enqueue(&Job::Watch, now).await.unwrap();
            tx.jobs().enqueue(&Job::Sweep, now).await.unwrap();
            tx.commit().await.unwrap();
            self.run_ready().await;
        }
    }

    /// The request as it is.
    pub async fn request(&self, id: RequestId) -> ErasureRequest {
        self.engine.request(&self.people.auditor, id).await.unwrap()
    }

    /// The word of its state.
    pub async fn state(&self, id: RequestId) -> &'static str {
        self.request(id).await.state_word()
    }
}
