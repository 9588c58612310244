//! What a commit refuses, and what a transaction sees.

use std::time::Duration;

use domain::job::Job;
use domain::port::store::{Store as _, StoreError};
use domain::scope::TenantScope;
use futures::FutureExt as _;

use crate::on_both;
use crate::support::nouns::{entry, hold, key, mail, now, person, tenant};

on_both! {
    async fn a_change_without_an_entry_is_not_committed(world) {
        let mut tx = world.store.begin().await.unwrap();
        let ada = person("ada@example.com");
        tx.people().insert(&ada).await.unwrap();
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged));
        assert_eq!(world.read(async |tx| tx.people().find(ada.id).await.unwrap()).await, None);
    }

    async fn jobs_and_mails_need_no_entry(world) {
        let mut tx = world.store.begin().await.unwrap();
        tx.jobs().enqueue(&Job::Watch, now()).await.unwrap();
        tx.outbox().insert(&mail(None)).await.unwrap();
        assert_eq!(tx.commit().await, Ok(()));
    }

    async fn every_noun_needs_an_entry(world) {
        let mut tx = world.store.begin().await.unwrap();
        tx.settings().set_text("name", "text").await.unwrap();
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged));
        let mut tx = world.store.begin().await.unwrap();
        tx.holds().insert(&hold(TenantScope::Any)).await.unwrap();
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged));
    }

    async fn a_dropped_transaction_leaves_nothing(world) {
        let mut tx = world.store.begin().await.unwrap();
        tx.tenants().insert(&tenant("acme")).await.unwrap();
        tx.log().append(&entry("tenant:1")).await.unwrap();
        drop(tx);
        assert_eq!(world.read(async |tx| tx.tenants().list().await.unwrap()).await, []);
    }

    async fn after_a_taken_key_the_transaction_goes_on(world) {
        world.write(async |tx| tx.tenants().insert(&tenant("acme")).await.unwrap()).await;
        world.write(async |tx| {
            assert!(matches!(tx.tenants().insert(&tenant("acme")).await, Err(StoreError::Exists(_))));
            tx.tenants().insert(&tenant("globex")).await.unwrap();
        }).await;
        assert_eq!(world.read(async |tx| tx.tenants().list().await.unwrap().len()).await, 2);
    }

    async fn after_a_refused_statement_nothing_is_committed(world) {
        let mut tx = world.store.begin().await.unwrap();
        tx.tenants().insert(&tenant("acme")).await.unwrap();
        tx.log().append(&entry("tenant:1")).await.unwrap();
        let orphan = crate::support::nouns::request(&tenant("nobody"));
        assert!(matches!(tx.requests().insert(&orphan).await, Err(StoreError::Refused(_))));
        assert!(matches!(tx.commit().await, Err(StoreError::Refused(_))));
        assert_eq!(world.read(async |tx| tx.tenants().list().await.unwrap()).await, []);
    }

    async fn a_reading_transaction_cannot_write_or_fence(world) {
        let mut tx = world.store.read().await.unwrap();
        assert!(matches!(tx.tenants().insert(&tenant("acme")).await, Err(StoreError::Refused(_))));
        let mut tx = world.store.read().await.unwrap();
        assert!(tx.fence_authorisation(&key("acme")).await.is_err());
        assert!(tx.fence_placement(&TenantScope::Any).await.is_err());
    }

    async fn a_reading_transaction_sees_one_state(world) {
        let mut tx = world.store.read().await.unwrap();
        assert_eq!(tx.tenants().list().await.unwrap(), []);
        world.write(async |tx| tx.tenants().insert(&tenant("acme")).await.unwrap()).await;
        assert_eq!(tx.tenants().list().await.unwrap(), []);
        drop(tx);
        assert_eq!(world.read(async |tx| tx.tenants().list().await.unwrap().len()).await, 1);
    }

    async fn whoever_goes_away_before_a_transaction_is_open_leaves_none_open(world) {
        for round in 0..20 {
            // Begun and not waited for, as when a browser closes the connection.
            match round % 2 {
                0 => drop(world.store.read().now_or_never()),
                _ => drop(world.store.begin().now_or_never()),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            let key = format!("acme{round}");
            world.write(async |tx| tx.tenants().insert(&tenant(&key)).await.unwrap()).await;
        }
        assert_eq!(world.read(async |tx| tx.tenants().list().await.unwrap().len()).await, 20);
    }

    async fn a_row_that_cannot_be_read_is_named_without_its_values(world) {
        let ada = person("ada@example.com");
        world.write(async |tx| tx.people().insert(&ada).await.unwrap()).await;
        let sql = "UPDATE people SET document = '{\"id\": \"secret@example.com\"}'";
        assert_eq!(world.bare().await.execute(sql).await, Ok(1));
        let error = world.attempt(async |tx| tx.people().find(ada.id).await.map(drop)).await;
        match error {
            StoreError::Unreadable { table, column, id, why } => {
                assert_eq!((table, column, id), ("people", "document", ada.id.to_string()));
                assert!(!why.contains("secret"), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
}
