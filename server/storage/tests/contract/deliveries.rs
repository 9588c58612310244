//! What became of mails; links that give a certificate once; copies of certificates, and objects written only to be read.

use domain::archive::{CopiedObject, DocumentCopy};
use domain::digest::Digest;
use domain::download::DownloadLink;
use domain::mail::{Fate, Mail, MailKind};
use domain::port::store::{Store as _, StoreError};
use domain::register::{CertificateKind, CertificateRecord, CertificateState};

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{certificate, id, later, mail, now, stored_plan};

/// A certificate that was issued, stored.
async fn issued(world: &World) -> CertificateRecord {
    world
        .write(async |tx| {
            let plan = stored_plan(tx).await;
            let record = CertificateRecord {
                state: CertificateState::Issued,
                ..certificate(plan.request, plan.id, CertificateKind::Complete)
            };
            tx.certificates().insert(&record).await.unwrap();
            record
        })
        .await
}

fn copy(record: &CertificateRecord) -> DocumentCopy {
    let object = CopiedObject {
        key: "certificates/1/certificate.pdf".into(),
        version: "v1".into(),
        digest: Digest::of(b"pdf"),
    };
    DocumentCopy {
        certificate: record.id,
        place: "copies".into(),
        objects: vec![object],
        kept_until: later(1_000),
        copied_at: now(),
    }
}

on_both! {
    async fn mails_that_did_not_arrive_are_found_until_somebody_saw_to_them(world) {
        let record = issued(world).await;
        let about = |kind| Mail { kind, certificate: Some(record.id), ..mail(Some(record.request)) };
        let (lost, staff) = (about(MailKind::CertificateIssued), about(MailKind::DeliveryFailed));
        let mut tx = world.store.begin().await.unwrap();
        tx.outbox().insert(&lost).await.unwrap();
        tx.outbox().insert(&staff).await.unwrap();
        tx.outbox().update(&lost.clone().sent(now())).await.unwrap();
        tx.outbox().update(&staff.refused("no".into())).await.unwrap();
        tx.commit().await.unwrap();
        let unreached = async || world.read(async |tx| tx.outbox().unreached().await.unwrap()).await;
        assert_eq!(unreached().await, [], "of mails to staff nobody is asked");
        let sent = world.read(async |tx| tx.outbox().of_certificate(record.id).await.unwrap()).await.remove(0);
        let back = sent.told(&Fate::Bounced { code: None }, later(5)).unwrap();
        let mut tx = world.store.begin().await.unwrap();
        tx.outbox().update(&back).await.unwrap();
        tx.commit().await.unwrap();
        let found = unreached().await.remove(0);
        assert_eq!(found, Mail { version: 3, ..back });
        let mut tx = world.store.begin().await.unwrap();
        tx.outbox().update(&found.settle(id(), later(6), "called").unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(unreached().await, []);
    }

    async fn a_download_link_is_taken_once_and_in_time(world) {
        let record = issued(world).await;
        let link = DownloadLink { digest: Digest::of(b"token"), certificate: record.id, mail: id(), expires_at: later(60) };
        let mut tx = world.store.begin().await.unwrap();
        tx.downloads().insert(&link).await.unwrap();
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged), "it belongs to an act");
        world.write(async |tx| tx.downloads().insert(&link).await.unwrap()).await;
        let found = world.read(async |tx| tx.downloads().find(link.digest).await.unwrap()).await;
        assert_eq!(found, Some(link.clone()));
        world.write(async |tx| {
            assert!(!tx.downloads().take(link.digest, later(60)).await.unwrap(), "it is over");
            assert!(tx.downloads().take(link.digest, later(59)).await.unwrap());
            assert!(!tx.downloads().take(link.digest, later(59)).await.unwrap(), "it was used");
            tx.downloads().insert(&link).await.unwrap();
        }).await;
        let mut tx = world.store.begin().await.unwrap();
        assert_eq!(tx.downloads().sweep(later(59)).await.unwrap(), 0);
        assert_eq!(tx.downloads().sweep(later(60)).await.unwrap(), 1);
        assert_eq!(tx.commit().await, Ok(()));
    }

    async fn a_copy_is_written_down_once_for_good(world) {
        let record = issued(world).await;
        let missing = async || world.read(async |tx| tx.copies().missing(10).await.unwrap()).await;
        assert_eq!(missing().await, [record.id]);
        world.write(async |tx| tx.copies().insert(&copy(&record)).await.unwrap()).await;
        let found = world.read(async |tx| tx.copies().find(record.id).await.unwrap()).await;
        assert_eq!(found, Some(copy(&record)));
        assert!(missing().await.is_empty());
        let twice = world.attempt(async |tx| tx.copies().insert(&copy(&record)).await).await;
        assert!(matches!(twice, StoreError::Exists(_)), "{twice:?}");
    }

    async fn test_objects_come_back_as_they_were_written_and_need_no_entry(world) {
        let digest = Digest::of(b"bytes");
        let mut tx = world.store.begin().await.unwrap();
        tx.copies().put_trial(digest, b"bytes", now()).await.unwrap();
        assert_eq!(tx.commit().await, Ok(()));
        let read = async || world.read(async |tx| tx.copies().trial(digest).await.unwrap()).await;
        assert_eq!(read().await.as_deref(), Some(&b"bytes"[..]));
        let mut tx = world.store.begin().await.unwrap();
        tx.copies().drop_trials().await.unwrap();
        assert_eq!(tx.commit().await, Ok(()));
        assert_eq!(read().await, None);
    }
}
