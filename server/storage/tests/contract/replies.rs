//! Answers to calls that may be repeated.

use domain::digest::Digest;
use domain::port::replies::StoredReply;
use domain::port::store::{Store as _, StoreError};

use crate::on_both;
use crate::support::nouns::{later, now, sealed};

fn call(key: &str) -> StoredReply {
    StoredReply {
        key: Digest::of(key.as_bytes()),
        fingerprint: Digest::of(b"POST /requests"),
        created_at: now(),
        answer: None,
    }
}

on_both! {
    async fn a_call_and_its_answer_need_no_entry(world) {
        let call = call("a");
        let mut tx = world.store.begin().await.unwrap();
        tx.replies().begin(&call).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        tx.replies().answer(call.key, &sealed()).await.unwrap();
        tx.commit().await.unwrap();
        let found = world.read(async |tx| tx.replies().find(call.key).await.unwrap()).await;
        assert_eq!(found, Some(StoredReply { answer: Some(sealed()), ..call }));
    }

    async fn a_key_is_begun_once(world) {
        let call = call("a");
        let mut tx = world.store.begin().await.unwrap();
        tx.replies().begin(&call).await.unwrap();
        let again = tx.replies().begin(&call).await.unwrap_err();
        assert!(matches!(again, StoreError::Exists(_)), "{again:?}");
        tx.commit().await.unwrap();
    }

    async fn a_call_is_answered_once(world) {
        let call = call("a");
        let mut tx = world.store.begin().await.unwrap();
        tx.replies().begin(&call).await.unwrap();
        tx.replies().answer(call.key, &sealed()).await.unwrap();
        let again = tx.replies().answer(call.key, &sealed()).await.unwrap_err();
        assert!(matches!(again, StoreError::Conflict(_)), "{again:?}");
        tx.replies().forget(call.key).await.unwrap();
        assert!(tx.replies().find(call.key).await.unwrap().is_some(), "an answer is not forgotten");
    }

    async fn what_is_old_is_forgotten(world) {
        let (old, young) = (call("old"), StoredReply { created_at: later(10), ..call("young") });
        let mut tx = world.store.begin().await.unwrap();
        tx.replies().begin(&old).await.unwrap();
        tx.replies().begin(&young).await.unwrap();
        assert_eq!(tx.replies().expire(later(10)).await.unwrap(), 1);
        assert_eq!(tx.replies().find(old.key).await.unwrap(), None);
        assert_eq!(tx.replies().find(young.key).await.unwrap(), Some(young));
    }
}
