//! Requests.

use std::collections::BTreeSet;

use domain::port::store::StoreError;
use domain::request::{Aside, ErasureRequest, Stage};

use crate::on_both;
use crate::support::nouns::{now, request, stored_request, tenant};

on_both! {
    /// Those that have ended are looked through until their key is destroyed.
    async fn a_request_whose_key_is_destroyed_is_not_looked_at_again(world) {
        let tenant = tenant("acme");
        let open = request(&tenant);
        let ended = ErasureRequest { stage: Stage::Refused, ..request(&tenant) };
        world.write(async |tx| {
            tx.tenants().insert(&tenant).await.unwrap();
            tx.requests().insert(&open).await.unwrap();
            tx.requests().insert(&ended).await.unwrap();
        }).await;
        let found = world.read(async |tx| tx.requests().ended().await.unwrap()).await;
        assert_eq!(found, std::slice::from_ref(&ended));
        world.write(async |tx| tx.requests().update(&ended.clone().destroy(now())).await.unwrap()).await;
        assert_eq!(world.read(async |tx| tx.requests().ended().await.unwrap()).await, []);
        let rows = world.read(async |tx| tx.reading().personal_rows().await.unwrap()).await;
        assert_eq!((rows.tenants, rows.requests, rows.destroyed, rows.people), (1, 1, 1, 0));
    }

    async fn a_request_is_read_as_it_was_written(world) {
        let stored = world.write(async |tx| stored_request(tx).await).await;
        let found = world.read(async |tx| tx.requests().find(stored.id).await.unwrap()).await;
        assert_eq!(found, Some(stored));
    }

    async fn a_request_of_an_unknown_tenant_is_refused(world) {
        let refused = world.attempt(async |tx| tx.requests().insert(&request(&tenant("nobody"))).await).await;
        assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    }

    async fn a_request_changed_by_somebody_else_is_not_overwritten(world) {
        let stored = world.write(async |tx| stored_request(tx).await).await;
        let first = ErasureRequest { stage: Stage::IdentityConfirmed, ..stored.clone() };
        world.write(async |tx| tx.requests().update(&first).await.unwrap()).await;
        let late = world.attempt(async |tx| tx.requests().update(&stored).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        let found = world.read(async |tx| tx.requests().find(stored.id).await.unwrap()).await;
        assert_eq!(found, Some(ErasureRequest { version: 2, ..first }));
    }

    async fn requests_are_listed_newest_first(world) {
        let first = world.write(async |tx| stored_request(tx).await).await;
        let second = world.write(async |tx| stored_request(tx).await).await;
        let (all, of_first) = world.read(async |tx| {
            let all = tx.requests().list(None).await.unwrap();
            (all, tx.requests().list(Some(first.tenant)).await.unwrap())
        }).await;
        assert_eq!((all, of_first), (vec![second, first.clone()], vec![first]));
    }

    async fn open_requests_are_those_that_have_not_ended(world) {
        let open = world.write(async |tx| stored_request(tx).await).await;
        let ended = world.write(async |tx| stored_request(tx).await).await;
        let ended = ErasureRequest { stage: Stage::Withdrawn, ..ended };
        world.write(async |tx| tx.requests().update(&ended).await.unwrap()).await;
        assert_eq!(world.read(async |tx| tx.requests().open().await.unwrap()).await, [open]);
    }

    async fn requests_on_hold_are_found(world) {
        world.write(async |tx| stored_request(tx).await).await;
        let held = world.write(async |tx| stored_request(tx).await).await;
        let aside = Aside::OnHold { keepers: BTreeSet::new(), since: now(), resumes_at: None };
        let held = ErasureRequest { aside: Some(aside), ..held };
        world.write(async |tx| tx.requests().update(&held).await.unwrap()).await;
        let found = world.read(async |tx| tx.requests().on_hold().await.unwrap()).await;
        assert_eq!(found, [ErasureRequest { version: 2, ..held }]);
    }
}
