//! The main job, from a tenant's request to a certificate that a stranger can check.

use domain::certificate::{Answer, Beside, Claims, File, check};
use domain::mail::MailKind;
use domain::register::{CertificateKind, CertificateState};

use crate::world::{Kind, World};

journeys! {
    /// The thread through the whole product.
    async fn a_tenants_request_ends_in_a_certificate(world: World) {
        let id = world.verified().await;
        assert_eq!(world.systems.census("acme").await, [0, 0, 0, 0]);
        assert_eq!(world.systems.census("globex").await, [40, 40, 40, 40]);
        world.spot_check(id).await;
        let record = world.certify(id).await;
        world.run_jobs().await;

        let (record, statement, document) = world.engine.certificate(&world.people.tenant, record.id).await.unwrap();
        assert_eq!(record.state, CertificateState::Issued);
        assert_eq!(record.kind, CertificateKind::Complete);
        assert_eq!(world.mails.sent(MailKind::CertificateIssued), 1);
        let (statement, document) = (statement.unwrap(), document.unwrap());
        let claims = Claims::parse(&statement.bytes).unwrap();
        assert_eq!(claims.systems.len(), 3);

        let keys = world.keys.document_keys().unwrap();
        let attached = domain::certificate::pdf::attachments(&document.pdf).unwrap();
        let beside = Beside { raw: Some(&document.signature), ..Beside::default() };
        let answer = check(File::Pdf { bytes: &document.pdf, attached: &attached }, &keys, beside);
        assert!(matches!(answer, Answer::Genuine(_)), "{answer}");
        let mut flipped = document.pdf.clone();
        flipped[1_000] ^= 1;
        let beside = Beside { raw: Some(&document.signature), ..Beside::default() };
        let answer = check(File::Pdf { bytes: &flipped, attached: &attached }, &keys, beside);
        assert!(!answer.is_genuine(), "{answer}");

        let report = world.engine.verify_log(&world.people.auditor, &world.keys.log_keys().unwrap()).await.unwrap();
        assert!(report.size > 20);
        assert_eq!(world.state(id).await, "certified");
    }

    /// One person, known by different keys in different systems, is erased everywhere; everybody else stays.
    async fn one_person_is_erased_by_every_key_they_have(world: World) {
        let request = world.open_person_request(&["email=User7@ACME.example"]).await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        world.approve(request.id).await;
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "verified", "{:?}", world.request(request.id).await.aside);
        assert_eq!(world.systems.census("acme").await, [39, 39, 39, 39]);
        assert_eq!(world.systems.census("globex").await, [40, 40, 40, 40]);
        assert_eq!(world.systems.count("crm", "SELECT COUNT(*) FROM users WHERE id = 7").await, 0);
        assert_eq!(world.systems.count("crm", "SELECT COUNT(*) FROM users WHERE id = 1007").await, 1);
        world.spot_check(request.id).await;
        let record = world.certify(request.id).await;
        world.run_jobs().await;
        let (record, ..) = world.engine.certificate(&world.people.auditor, record.id).await.unwrap();
        assert_eq!(record.state, CertificateState::Issued);
    }
}
