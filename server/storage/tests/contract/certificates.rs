//! Certificates, statements, documents.

use domain::certificate::StandingState;
use domain::digest::Digest;
use domain::id::{PlanId, RequestId};
use domain::port::store::StoreError;
use domain::register::{
    CertificateKind, CertificateRecord, CertificateState, Document, PublishedList, StandingRecord, Statement,
};
use domain::revocation::RevocationReason;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{certificate, entry, id, later, now, stored_plan};

async fn planned(world: &World) -> (RequestId, PlanId) {
    let plan = world.write(async |tx| stored_plan(tx).await).await;
    (plan.request, plan.id)
}

async fn draft(world: &World, kind: CertificateKind) -> CertificateRecord {
    let (request, plan) = planned(world).await;
    let record = certificate(request, plan, kind);
    world
        .write(async |tx| tx.certificates().insert(&record).await.unwrap())
        .await;
    record
}

on_both! {
    async fn certificates_of_a_request_are_listed_oldest_first(world) {
        let base = draft(world, CertificateKind::Partial).await;
        let addendum = certificate(base.request, base.plan, CertificateKind::Addendum);
        world.write(async |tx| tx.certificates().insert(&addendum).await.unwrap()).await;
        let (found, all) = world.read(async |tx| {
            let found = tx.certificates().find(base.id).await.unwrap();
            (found, tx.certificates().of_request(base.request).await.unwrap())
        }).await;
        assert_eq!((found, all), (Some(base.clone()), vec![base, addendum]));
    }

    async fn a_request_has_one_base_certificate_in_force(world) {
        let base = draft(world, CertificateKind::Complete).await;
        let corrected = certificate(base.request, base.plan, CertificateKind::Corrected);
        let refused = world.attempt(async |tx| tx.certificates().insert(&corrected).await).await;
        assert!(matches!(refused, StoreError::Exists(_)), "{refused:?}");
        let state = CertificateState::Revoked { reason: RevocationReason::ResidueFound };
        // An addendum that fell with its base before it was issued is in no list.
        let addendum = certificate(base.request, base.plan, CertificateKind::Addendum);
        let fallen = CertificateRecord { state: state.clone(), ..addendum };
        world.write(async |tx| tx.certificates().insert(&fallen).await.unwrap()).await;
        assert_eq!(world.read(async |tx| tx.certificates().issued().await.unwrap()).await, []);
        let revoked = CertificateRecord { state, issued_at: Some(now()), ..base };
        world.write(async |tx| tx.certificates().update(&revoked).await.unwrap()).await;
        world.write(async |tx| tx.certificates().insert(&corrected).await.unwrap()).await;
    }

    async fn a_superseded_certificate_makes_room(world) {
        let base = draft(world, CertificateKind::Partial).await;
        let complete = certificate(base.request, base.plan, CertificateKind::Complete);
        let superseded = CertificateRecord { state: CertificateState::Superseded { by: complete.id }, ..base };
        world.write(async |tx| {
            tx.certificates().update(&superseded).await.unwrap();
            tx.certificates().insert(&complete).await.unwrap();
        }).await;
    }

    async fn a_revoked_certificate_stays_revoked(world) {
        let base = draft(world, CertificateKind::Complete).await;
        let state = CertificateState::Revoked { reason: RevocationReason::ResidueFound };
        let revoked = CertificateRecord { state, ..base.clone() };
        world.write(async |tx| tx.certificates().update(&revoked).await.unwrap()).await;
        let back = CertificateRecord { state: CertificateState::Issued, version: 2, ..base };
        let refused = world.attempt(async |tx| tx.certificates().update(&back).await).await;
        assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    }

    async fn a_certificate_changed_by_somebody_else_is_not_overwritten(world) {
        let base = draft(world, CertificateKind::Complete).await;
        let signed = CertificateRecord { state: CertificateState::Signed, ..base };
        world.write(async |tx| tx.certificates().update(&signed).await.unwrap()).await;
        let late = world.attempt(async |tx| tx.certificates().update(&signed).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
    }

    async fn a_code_belongs_to_one_certificate(world) {
        let base = draft(world, CertificateKind::Complete).await;
        let (request, plan) = planned(world).await;
        let same = CertificateRecord { code: base.code, ..certificate(request, plan, CertificateKind::Complete) };
        let refused = world.attempt(async |tx| tx.certificates().insert(&same).await).await;
        assert!(matches!(refused, StoreError::Exists(_)), "{refused:?}");
    }

    async fn statement_and_document_are_kept_as_exact_bytes_once(world) {
        let base = draft(world, CertificateKind::Complete).await;
        let logged = entry("certificate:1");
        let statement = Statement {
            certificate: base.id,
            bytes: b"{\"b\":1, \"a\":2}\0\xFF".into(),
            jws: "a.b.c".into(),
            entry: logged.id,
        };
        let document = Document {
            certificate: base.id,
            pdf: vec![0, 159, 146, 150],
            signature: vec![7; 64],
            sshsig: "-----BEGIN SSH SIGNATURE-----".into(),
            digest: Digest::of(b"pdf"),
            log_proof: "c2sp.org/tlog-proof@v1\n".into(),
        };
        world.write(async |tx| {
            tx.log().append(&logged).await.unwrap();
            tx.certificates().insert_statement(&statement).await.unwrap();
            tx.certificates().insert_document(&document).await.unwrap();
        }).await;
        let (kept_statement, kept_document) = world.read(async |tx| {
            let kept = tx.certificates().statement(base.id).await.unwrap();
            (kept, tx.certificates().document(base.id).await.unwrap())
        }).await;
        assert_eq!((kept_statement, kept_document), (Some(statement.clone()), Some(document.clone())));
        let again = world.attempt(async |tx| tx.certificates().insert_statement(&statement).await).await;
        assert!(matches!(again, StoreError::Exists(_)), "{again:?}");
        let again = world.attempt(async |tx| tx.certificates().insert_document(&document).await).await;
        assert!(matches!(again, StoreError::Exists(_)), "{again:?}");
        let none = world.read(async |tx| tx.certificates().statement(id()).await.unwrap()).await;
        assert_eq!(none, None);
    }

    async fn a_document_is_found_by_the_digest_of_its_bytes(world) {
        let base = draft(world, CertificateKind::Complete).await;
        let document = Document {
            certificate: base.id,
            pdf: b"%PDF-1.7".to_vec(),
            signature: vec![7; 64],
            sshsig: "-----BEGIN SSH SIGNATURE-----".into(),
            digest: Digest::of(base.id.to_string().as_bytes()),
            log_proof: "c2sp.org/tlog-proof@v1\n".into(),
        };
        let logged = entry("certificate:1");
        world.write(async |tx| {
            tx.log().append(&logged).await.unwrap();
            tx.certificates().insert_document(&document).await.unwrap();
        }).await;
        let (found, other, all) = world.read(async |tx| {
            let found = tx.certificates().of_document(document.digest).await.unwrap();
            let other = tx.certificates().of_document(Digest::of(b"another file")).await.unwrap();
            (found, other, tx.certificates().document_digests().await.unwrap())
        }).await;
        assert_eq!((found, other), (Some(base.id), None));
        assert_eq!(all, [(base.id, document.digest)]);
    }

    async fn what_was_issued_is_listed_and_its_end_is_stated_once(world) {
        let base = draft(world, CertificateKind::Complete).await;
        assert_eq!(world.read(async |tx| tx.certificates().issued().await.unwrap()).await, []);
        let state = CertificateState::Revoked { reason: RevocationReason::ResidueFound };
        // An addendum that fell with its base before it was issued is in no list.
        let addendum = certificate(base.request, base.plan, CertificateKind::Addendum);
        let fallen = CertificateRecord { state: state.clone(), ..addendum };
        world.write(async |tx| tx.certificates().insert(&fallen).await.unwrap()).await;
        assert_eq!(world.read(async |tx| tx.certificates().issued().await.unwrap()).await, []);
        let revoked = CertificateRecord { state, issued_at: Some(now()), ..base };
        let logged = entry("certificate:1");
        let standing = StandingRecord {
            certificate: revoked.id,
            state: StandingState::Revoked,
            bytes: b"{}".to_vec(),
            jws: "a.b.c".into(),
            entry: logged.id,
        };
        world.write(async |tx| {
            tx.certificates().update(&revoked).await.unwrap();
            tx.log().append(&logged).await.unwrap();
            tx.certificates().insert_standing(&standing).await.unwrap();
        }).await;
        let twice = world.attempt(async |tx| tx.certificates().insert_standing(&standing).await).await;
        assert!(matches!(twice, StoreError::Exists(_)), "{twice:?}");
        let (issued, stated) = world.read(async |tx| {
            let issued = tx.certificates().issued().await.unwrap();
            (issued, tx.certificates().standings(revoked.id).await.unwrap())
        }).await;
        assert_eq!((issued.len(), stated), (1, vec![standing]));
    }

    async fn the_newest_status_list_is_the_present_one(world) {
        let list = |number, jws: &str, hours: u64| PublishedList {
            number,
            jws: jws.into(),
            issued_at: later(hours * 3_600),
            expires_at: later((hours + 36) * 3_600),
        };
        for list in [list(1, "a.b.c", 0), list(2, "d.e.f", 24)] {
            world.write(async |tx| tx.certificates().publish_list(&list).await.unwrap()).await;
        }
        let late = list(2, "made.by.somebody.who.knew.less", 25);
        let refused = world.attempt(async |tx| tx.certificates().publish_list(&late).await).await;
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
        let present = world.read(async |tx| tx.certificates().status_list().await.unwrap()).await;
        assert_eq!(present, Some(list(2, "d.e.f", 24)));
    }
}
