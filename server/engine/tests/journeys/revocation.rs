//! A certificate that was wrong: two people revoke it, the tenant is told, and a corrected one takes its place (C3).

use domain::certificate::{Claims, Kind as ClaimsKind, StandingState};
use domain::id::{CertificateId, RequestId};
use domain::mail::MailKind;
use domain::register::{CertificateKind, CertificateRecord, CertificateState};
use domain::revocation::RevocationReason;
use domain::time::Clock as _;
use engine::Error;

use crate::world::{Kind, World};

const WHY: &str = "The archive of support tickets was not in the inventory and still held records.";

impl World {
    async fn propose(&self, id: CertificateId) -> CertificateRecord {
        self.engine
            .propose_revocation(&self.people.officer, id, RevocationReason::SystemMissed, WHY)
            .await
            .unwrap()
    }

    async fn revoked(&self) -> (RequestId, CertificateId) {
        let (request, id) = self.issued().await;
        self.propose(id).await;
        self.engine
            .confirm_revocation(&self.people.second_officer, id)
            .await
            .unwrap();
        self.run_ready().await;
        (request, id)
    }

    async fn certificate(&self, id: CertificateId) -> CertificateRecord {
        self.engine.certificate(&self.people.auditor, id).await.unwrap().0
    }
}

journeys! {
    /// Revoked for good, stated and signed; what was issued stays as it was.
    async fn two_people_revoke_a_certificate(world: World) {
        let (_, id) = world.issued().await;
        assert_eq!(world.list().await.find(id).unwrap().state, StandingState::Issued);
        let before = world.engine.certificate(&world.people.tenant, id).await.unwrap();

        let asked = world.propose(id).await;
        assert!(matches!(asked.state, CertificateState::Issued), "one person revokes nothing");
        let alone = world.engine.confirm_revocation(&world.people.officer, id).await;
        assert!(matches!(alone, Err(Error::Denied(_))), "{alone:?}");
        let again = world.engine.propose_revocation(&world.people.second_officer, id, RevocationReason::IssuedInError, WHY).await;
        assert!(again.is_err(), "nobody asks twice");

        world.engine.confirm_revocation(&world.people.counsel, id).await.unwrap();
        world.run_ready().await;
        let record = world.certificate(id).await;
        assert_eq!(record.state, CertificateState::Revoked { reason: RevocationReason::SystemMissed });
        let row = world.list().await.find(id).cloned().unwrap();
        assert_eq!((row.state, Some(row.since), Some(row.statement)), (StandingState::Revoked, record.state_since, record.statement));
        let mut tx = world.ports.store.read().await.unwrap();
        let stated = tx.certificates().standings(id).await.unwrap();
        assert_eq!(stated.iter().map(|one| one.state).collect::<Vec<_>>(), [StandingState::Revoked]);
        drop(tx);

        let after = world.engine.certificate(&world.people.tenant, id).await.unwrap();
        let pages = before.2.as_ref().unwrap().pdf.clone();
        assert_eq!((after.1, after.2), (before.1, before.2), "statement and document are as they were");
        let listed = world.engine.certificates_of(&world.people.tenant, record.request).await.unwrap();
        assert_eq!(listed.iter().map(|one| (one.id, one.state.word())).collect::<Vec<_>>(), [(id, "revoked")], "the tenant still sees it");
        let link = world.mails.facts(MailKind::CertificateIssued, "link").remove(0);
        let token = domain::secret::Secret::new(link.rsplit('/').next().unwrap());
        assert_eq!(world.engine.download(&token).await.unwrap().state, "revoked");
        assert_eq!(world.engine.take_download(&token).await.unwrap().pdf, pages, "its link still gives it");
        assert_eq!(world.mails.sent(MailKind::CertificateRevoked), world.mails.sent(MailKind::CertificateIssued));
        let public = world.engine.public_status(&record.code).await.unwrap().unwrap();
        assert_eq!(public.state, "revoked");
    }

    /// Certificates of before there was a list are in it, and can be revoked.
    async fn a_certificate_of_an_earlier_version_is_listed(world: World) {
        let (_, id) = world.issued().await;
        let mut tx = world.ports.store.begin().await.unwrap();
        let record = tx.certificates().find(id).await.unwrap().unwrap();
        let earlier = CertificateRecord { statement: None, state_since: None, ..record.clone() };
        tx.certificates().update(&earlier).await.unwrap();
        let event = domain::audit::Event::new("test.done", "test:1", serde_json::json!({}));
        let entry = event.entry(domain::id::EntryId::new(world.clock.now(), [1; 10]), &world.people.auditor, world.clock.now(), [2; 16]);
        tx.log().append(&entry).await.unwrap();
        tx.jobs().enqueue(&domain::job::Job::PublishList, world.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        world.run_ready().await;
        let row = world.list().await.find(id).cloned().unwrap();
        assert_eq!((Some(row.statement), Some(row.since)), (record.statement, record.issued_at));
        world.propose(id).await;
        world.engine.confirm_revocation(&world.people.counsel, id).await.unwrap();
        world.run_ready().await;
        assert_eq!(world.list().await.find(id).unwrap().state, StandingState::Revoked);
    }

    /// Terminal: no act brings it back.
    async fn a_revoked_certificate_stays_revoked(world: World) {
        let (_, id) = world.revoked().await;
        let people = &world.people;
        let acts = [
            world.engine.propose_revocation(&people.officer, id, RevocationReason::IssuedInError, WHY).await.is_err(),
            world.engine.confirm_revocation(&people.second_officer, id).await.is_err(),
            world.engine.drop_revocation(&people.officer, id, "a mistake").await.is_err(),
        ];
        assert_eq!(acts, [true; 3]);
        assert_eq!(world.certificate(id).await.state.word(), "revoked");
    }

    /// Who may: an officer asks, an officer or counsel confirms, and nobody else does either.
    async fn nobody_else_revokes(world: World) {
        let (_, id) = world.issued().await;
        let people = &world.people;
        for actor in [&people.counsel, &people.operator, &people.auditor, &people.administrator, &people.tenant, &people.stranger] {
            let asked = world.engine.propose_revocation(actor, id, RevocationReason::IssuedInError, WHY).await;
            assert!(matches!(asked, Err(Error::Denied(_))), "{asked:?}");
        }
        world.propose(id).await;
        for actor in [&people.operator, &people.auditor, &people.administrator, &people.tenant, &people.stranger] {
            assert!(matches!(world.engine.confirm_revocation(actor, id).await, Err(Error::Denied(_))));
            assert!(matches!(world.engine.drop_revocation(actor, id, "no").await, Err(Error::Denied(_))));
        }
        world.engine.drop_revocation(&people.second_officer, id, "the finding was of another tenant").await.unwrap();
        assert_eq!(world.certificate(id).await.revocation, None);
    }

    /// A system was missed: it comes into the inventory, its records are found and erased, and the corrected certificate names
    /// the revoked one, both ways.
    async fn a_corrected_certificate_takes_the_place_of_a_revoked_one(world: World) {
        let whole = world.systems.inventory();
        let (start, end) = (whole.find("[[systems.datasets]]\nname = \"tickets\"").unwrap(), whole.find("[[systems]]\nname = \"billing\"").unwrap());
        let short = format!("{}{}", &whole[..start], &whole[end..]);
        world.apply_inventory(&short).await;
        let (request, wrong) = world.issued().await;
        assert_eq!(world.systems.census("acme").await, [0, 40, 0, 0], "the tickets were missed");

        let early = world.engine.begin_correction(&world.people.officer, request).await;
        assert!(early.is_err(), "nothing is revoked yet");
        world.propose(wrong).await;
        world.engine.confirm_revocation(&world.people.second_officer, wrong).await.unwrap();
        world.run_ready().await;
        world.apply_inventory(&whole).await;
        world.engine.begin_correction(&world.people.officer, request).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.state(request).await, "planned", "{:?}", world.request(request).await.aside);
        world.approve(request).await;
        world.run_jobs().await;
        assert_eq!(world.state(request).await, "verified", "{:?}", world.request(request).await.aside);
        assert_eq!(world.systems.census("acme").await, [0; 4]);
        world.spot_check(request).await;
        let corrected = world.certify(request).await;
        world.run_ready().await;

        let (record, statement, document) = world.engine.certificate(&world.people.tenant, corrected.id).await.unwrap();
        assert!(document.is_some());
        assert_eq!((record.kind, record.replaces, record.state.word()), (CertificateKind::Corrected, Some(wrong), "issued"));
        let claims = Claims::parse(&statement.unwrap().bytes).unwrap();
        let earlier = claims.supersedes.expect("it names the revoked one");
        assert_eq!((claims.kind, earlier.id, earlier.reason.as_str()), (ClaimsKind::Corrected, wrong, WHY));
        assert_eq!(Some(earlier.statement), world.certificate(wrong).await.statement);
        let states: Vec<_> = world.list().await.certificates.iter().map(|row| row.state).collect();
        assert_eq!(states, [StandingState::Revoked, StandingState::Issued]);
        assert!(world.engine.begin_correction(&world.people.officer, request).await.is_err(), "it stands");
    }
}

/// The list is refreshed before it runs out, whoever does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_list_is_refreshed_daily() {
    let world = World::new(Kind::Sqlite).await;
    world.issued().await;
    for _ in 0..5 {
        let before = world.list().await.iat;
        world.days_go_by(1).await;
        assert!(world.list().await.iat > before);
    }
}
