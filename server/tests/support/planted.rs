//! Records that would take a whole run to come about: a certificate as if it had been issued.

use std::time::Duration;

use domain::actor::Actor;
use domain::audit::Event;
use domain::certificate::{Claims, PrintedCode};
use domain::digest::Digest;
use domain::id::{CertificateId, EntryId, IncidentId, ReplayId, RequestId};
use domain::incident::{Account, Incident, IncidentState};
use domain::inventory::Slug;
use domain::job::{Disposition, Job, Queue};
use domain::port::press::Manuscript;
use domain::register::{CertificateKind, CertificateRecord, CertificateState, Document, Statement};
use domain::replay::Replay;
use domain::request::IdentityMethod;
use domain::revocation::RevocationReason;
use domain::scope::RequestScope;
use domain::signature::jws::Typ;
use domain::subject::TenantKey;
use domain::time::date;
use engine::intake::NewRequest;
use uuid::Uuid;

use super::{TestApp, Who};

/// A certificate that any check confirms.
pub struct Genuine {
    pub id: CertificateId,
    /// Its document.
    pub pdf: Vec<u8>,
    /// What the document was rendered of.
    pub manuscript: Manuscript,
}

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
        let id: CertificateId = fresh().into();
        let statement = include_bytes!("statement.json").to_vec();
        self.plant_statement(request, id, statement, "e30.e30.AA".into())
            .await;
        self.plant_document(id, b"%PDF-1.7 planted".to_vec()).await;
        id
    }

    /// One whose statement is signed by the issuer's key, with the pages that render it, in the status list.
    pub async fn plant_genuine(&self, request: RequestId) -> Genuine {
        let id: CertificateId = fresh().into();
        let now = self.engine.now();
        let mut claims = Claims::parse(include_bytes!("statement.json")).unwrap();
        claims.id = id;
        claims.issued_at = now;
        claims.key_id = self.signer.document_key(now).unwrap();
        let statement = claims.bytes();
        let jws = self.signer.sign_statement(Typ::Statement, &statement, now).await;
        let manuscript = Manuscript {
            statement: statement.clone(),
            jws: jws.unwrap(),
            log_entry: b"{}".to_vec(),
            log_proof: String::new(),
            log_index: 0,
            logo: None,
        };
        let pdf = press::render(&manuscript).unwrap();
        self.plant_statement(request, id, statement, manuscript.jws.clone())
            .await;
        self.plant_document(id, pdf.clone()).await;
        self.publish_list().await;
        Genuine { id, pdf, manuscript }
    }

    /// Ends a certificate as if two people had revoked it.
    pub async fn revoke(&self, id: CertificateId) {
        let tests = Actor::System("tests");
        let (record, ..) = self.engine.certificate(&tests, id).await.unwrap();
        let revoked = CertificateRecord {
            state: CertificateState::Revoked {
                reason: RevocationReason::WrongStatement,
            },
            state_since: Some(self.engine.now()),
            ..record
        };
        let event = Event::new(
            "certificate.revoked",
            format!("certificate:{id}"),
            serde_json::json!({}),
        );
        let entry = event.entry(EntryId::from(fresh()), &tests, self.engine.now(), [6; 16]);
        let mut tx = self.engine.store().begin().await.unwrap();
        tx.log().append(&entry).await.unwrap();
        tx.certificates().update(&revoked).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Signs and publishes the list of all certificates.
    pub async fn publish_list(&self) {
        let store = self.engine.store();
        let now = self.engine.now();
        let mut tx = store.begin().await.unwrap();
        tx.jobs().enqueue(&Job::PublishList, now).await.unwrap();
        tx.commit().await.unwrap();
        let leased = store
            .lease(&[Queue::Issue], 8, now, Duration::from_secs(120))
            .await;
        for job in leased.unwrap() {
            let disposition = self.engine.run(&job).await;
            assert_eq!(disposition, Disposition::Done, "{:?}", job.job);
            store.finish(&job, &disposition).await.unwrap();
        }
    }

    /// Its record and its statement.
    async fn plant_statement(&self, request: RequestId, id: CertificateId, statement: Vec<u8>, jws: String) {
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
            adds: None,
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
            jws,
            entry: entry.id,
        };
        tx.certificates().insert_statement(&statement).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.sequence_log().await.unwrap();
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

    /// A restored system that is being searched.
    pub async fn plant_replay(&self) -> ReplayId {
        let (tests, system) = (Actor::System("tests"), Slug::parse("crm").unwrap());
        let (id, now) = (ReplayId::from(fresh()), self.engine.now());
        let asked_by = self.people.actor(Who::Operator).person().unwrap();
        let replay = Replay::ask(id, system, "the backup of Sunday", asked_by, now).unwrap();
        let event = Event::new("replay.asked", format!("replay:{id}"), serde_json::json!({}));
        let entry = event.entry(EntryId::from(fresh()), &tests, now, [7; 16]);
        let mut tx = self.engine.store().begin().await.unwrap();
        tx.log().append(&entry).await.unwrap();
        tx.replays().insert(&replay).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Its document, with a proof that holds.
    async fn plant_document(&self, id: CertificateId, pdf: Vec<u8>) {
        let tests = Actor::System("tests");
        let proven = self.engine.certificate_proof(&tests, id).await.unwrap();
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
