//! Switches and small settings; mails.

use domain::mail::Mail;
use domain::port::store::{Store as _, StoreError};
use domain::switches::{Pause, Switches};

use crate::on_both;
use crate::support::nouns::{later, mail, now, stored_request};

on_both! {
    async fn the_switches_are_off_until_somebody_sets_them(world) {
        assert_eq!(world.read(async |tx| tx.settings().switches().await.unwrap()).await, Switches::default());
        let pause = Pause { by: "person:1".into(), since: now(), reason: "incident".into() };
        let paused = Switches { all: Some(pause), ..Switches::default() };
        world.write(async |tx| tx.settings().set_switches(&paused).await.unwrap()).await;
        let stored = world.read(async |tx| tx.settings().switches().await.unwrap()).await;
        assert_eq!(stored, Switches { version: 1, ..paused.clone() });
        let late = world.attempt(async |tx| tx.settings().set_switches(&paused).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        world.write(async |tx| tx.settings().set_switches(&Switches { all: None, ..stored }).await.unwrap()).await;
        let stored = world.read(async |tx| tx.settings().switches().await.unwrap()).await;
        assert_eq!(stored, Switches { version: 2, ..Switches::default() });
    }

    async fn a_text_is_set_and_set_again(world) {
        let text = async || world.read(async |tx| tx.settings().text("log_origin").await.unwrap()).await;
        assert_eq!(text().await, None);
        for value in ["one", "two"] {
            world.write(async |tx| tx.settings().set_text("log_origin", value).await.unwrap()).await;
            assert_eq!(text().await.as_deref(), Some(value));
        }
    }

    async fn a_text_is_claimed_by_one(world) {
        let claim = async |value| world.write(async |tx| tx.settings().claim("key-warned:k:60", value).await.unwrap()).await;
        assert!(claim("first").await);
        assert!(!claim("second").await);
        let kept = world.read(async |tx| tx.settings().text("key-warned:k:60").await.unwrap()).await;
        assert_eq!(kept.as_deref(), Some("first"));
    }

    async fn mails_need_no_entry_and_are_found_by_request(world) {
        let request = world.write(async |tx| stored_request(tx).await).await;
        let (about, other) = (mail(Some(request.id)), mail(None));
        let mut tx = world.store.begin().await.unwrap();
        tx.outbox().insert(&about).await.unwrap();
        tx.outbox().insert(&other).await.unwrap();
        tx.commit().await.unwrap();
        let sent = Mail { sent_at: Some(later(1)), ..about.clone() };
        let mut tx = world.store.begin().await.unwrap();
        tx.outbox().update(&sent).await.unwrap();
        tx.commit().await.unwrap();
        let late = world.attempt(async |tx| tx.outbox().update(&sent).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        let (found, of_request) = world.read(async |tx| {
            let found = tx.outbox().find(other.id).await.unwrap();
            (found, tx.outbox().of_request(request.id).await.unwrap())
        }).await;
        assert_eq!((found, of_request), (Some(other), vec![Mail { version: 2, ..sent }]));
    }

    async fn a_mail_that_goes_to_nobody_is_deleted(world) {
        let nobody = mail(None);
        let mut tx = world.store.begin().await.unwrap();
        tx.outbox().insert(&nobody).await.unwrap();
        tx.outbox().delete(nobody.id).await.unwrap();
        assert_eq!(tx.outbox().find(nobody.id).await.unwrap(), None);
        assert_eq!(tx.commit().await, Ok(()));
    }
}
