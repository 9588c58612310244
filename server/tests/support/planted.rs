//! Records that would take a whole run to come about: a certificate as if it had been issued.

use std::time::Duration;

use domain::actor::Actor;
use domain::audit::Event;
use domain::certificate::PrintedCode;
use domain::digest::Digest;
use domain::id::{CertificateId, EntryId, IncidentId, RequestId};
use domain::incident::{Account, Incident, IncidentState};
use domain::job::{Disposition, Queue};
use domain::register::{CertificateKind, CertificateRecord, CertificateState, Document, Statement};
use domain::request::IdentityMethod;
use domain::scope::RequestScope;
use domain::subject::TenantKey;
use domain::time::date;
use engine::intake::NewRequest;
use uuid::Uuid;

use super::{TestApp, Who};

impl TestApp {
    /// Opens a request for a whole tenant.
    pub async fn open_request(&self, tenant: &str) -> RequestId {
        let new = NewRequest {
            tenant: TenantKey::parse(tenant).unwrap(),
            scope: RequestScope::Tenant {
                contract: "MSA 2021-7".into(),
                ended_on: date(2026, 2, 28).unwrap(),
            },
            identifiers: Vec::new(),
            channel: "staff".into(),
        };
        let counsel = self.people.actor(Who::Counsel);
        self.engine.open_request(&counsel, new).await.unwrap().id
    }

    /// The same, with its identity confirmed and its plan drawn.
    pub async fn plan_request(&self, tenant: &str) -> RequestId {
        let id = self.open_request(tenant).await;
        let second = self.people.actor(Who::SecondCounsel);
        let evidence = Digest::of(b"call record");
        let confirmed = self
            .engine
            .confirm_identity(&second, id, IdentityMethod::CallBack, evidence)
            .await;
        confirmed.unwrap();
        self.run_ready().await;
        id
    }

    /// Runs every job of planning that is ready now, until none is. Mails wait: there is nobody to send them.
    pub async fn run_ready(&self) {
        let store = self.engine.store();
        loop {
            let leased = store
                .lease(
                    &[Queue::Probe, Queue::Process],
                    8,
                    self.engine.now(),
                    Duration::from_secs(120),
                )
                .await
                .unwrap();
            if leased.is_empty() {
                return;
            }
            for job in leased {
                let disposition = self.engine.run(&job).await;
                assert_eq!(disposition, Disposition::Done, "{:?}", job.job);
                store.finish(&job, &disposition).await.unwrap();
            }
        }
    }

    /// A certificate of a planned request, with statement and document, issued.
    pub async fn plant_certificate(&self, request: RequestId) -> CertificateId {
        let reader = Actor::System("tests");
        let plan = self
            .engine
            .request(&reader, request)
            .await
            .unwrap()
            .plan
            .expect("the request is planned");
        let now = self.engine.now();
        let officer = self.people.actor(Who::Officer);
        let id: CertificateId = fresh().into();
        let statement = include_bytes!("statement.json").to_vec();
        let event = Event::of_statement(
            "certificate.signed",
            format!("certificate:{id}"),
            Digest::of(&statement),
        );
        let entry = event.entry(EntryId::from(fresh()), &Actor::System("tests"), now, [7; 16]);
        let record = CertificateRecord {
            id,
            code: PrintedCode::new(*id.uuid().as_bytes().last_chunk().expect("an id has 16 bytes"))
                .to_string(),
            request,
            plan,
            kind: CertificateKind::Complete,
            certified_by: officer.person().unwrap(),
            certified_at: now,
            evidence: Digest::of(b"evidence"),
            state: CertificateState::Issued,
            issued_at: Some(now),
            state_since: Some(now),
            statement: Some(Digest::of(&statement)),
            replaces: None,
            revocation: None,
            waits_for_key: None,
            failures: 0,
            version: 1,
        };
        let mut tx = self.engine.store().begin().await.unwrap();
        tx.log().append(&entry).await.unwrap();
        tx.certificates().insert(&record).await.unwrap();
        let statement = Statement {
            certificate: id,
            bytes: statement,
            jws: "e30.e30.AA".into(),
            entry: entry.id,
        };
        tx.certificates().insert_statement(&statement).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.sequence_log().await.unwrap();
        self.plant_document(id).await;
        id
    }

    /// An incident with it, which nobody has looked into.
    pub async fn plant_incident(&self, certificate: CertificateId) -> IncidentId {
        let tests = Actor::System("tests");
        let (record, ..) = self.engine.certificate(&tests, certificate).await.unwrap();
        let id: IncidentId = fresh().into();
        let incident = Incident {
            id,
            request: record.request,
            certificate,
            opened_at: self.engine.now(),
            approver: None,
            seen: Vec::new(),
            state: IncidentState::Suspected,
            refutation: None,
            account: Account::default(),
            closed: None,
            version: 1,
        };
        let event = Event::new("incident.opened", format!("incident:{id}"), serde_json::json!({}));
        let entry = event.entry(EntryId::from(fresh()), &tests, self.engine.now(), [9; 16]);
        let mut tx = self.engine.store().begin().await.unwrap();
        tx.log().append(&entry).await.unwrap();
        tx.incidents().insert(&incident).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Its document, with a proof that holds.
    async fn plant_document(&self, id: CertificateId) {
        let tests = Actor::System("tests");
        let proven = self.engine.certificate_proof(&tests, id).await.unwrap();
        let pdf = b"%PDF-1.7 planted".to_vec();
        let document = Document {
            certificate: id,
            digest: Digest::of(&pdf),
            pdf,
            signature: vec![1; 64],
            sshsig: "-----BEGIN SSH SIGNATURE-----\n".into(),
            log_proof: proven.proof,
        };
        let object = format!("certificate:{id}");
        let event = Event::new("certificate.rendered", object, serde_json::json!({}));
        let entry = event.entry(EntryId::from(fresh()), &tests, self.engine.now(), [8; 16]);
        let mut tx = self.engine.store().begin().await.unwrap();
        tx.log().append(&entry).await.unwrap();
        tx.certificates().insert_document(&document).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.sequence_log().await.unwrap();
    }
}

/// An id of its own.
pub fn fresh() -> Uuid {
    let mut random = [0; 16];
    getrandom::fill(&mut random).unwrap();
    Uuid::from_bytes(random)
}
