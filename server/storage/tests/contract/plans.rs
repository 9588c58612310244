//! Plans and manifests.

use domain::port::store::StoreError;

use crate::on_both;
use crate::support::nouns::{manifest, plan, stored_plan};

on_both! {
    async fn a_plan_is_read_as_it_was_written(world) {
        let stored = world.write(async |tx| stored_plan(tx).await).await;
        let found = world.read(async |tx| tx.plans().find(stored.id).await.unwrap()).await;
        assert_eq!(found, Some(stored));
    }

    async fn plans_of_a_request_are_listed_oldest_first(world) {
        let first = world.write(async |tx| stored_plan(tx).await).await;
        let second = plan(first.request);
        world.write(async |tx| tx.plans().insert(&second).await.unwrap()).await;
        let plans = world.read(async |tx| tx.plans().of_request(first.request).await.unwrap()).await;
        assert_eq!(plans, [first, second]);
    }

    async fn a_plan_has_one_manifest(world) {
        let stored = world.write(async |tx| stored_plan(tx).await).await;
        let drawn = manifest(stored.id);
        world.write(async |tx| tx.plans().insert_manifest(&drawn).await.unwrap()).await;
        let refused = world.attempt(async |tx| tx.plans().insert_manifest(&drawn).await).await;
        assert!(matches!(refused, StoreError::Exists(_)), "{refused:?}");
        let found = world.read(async |tx| tx.plans().manifest(stored.id).await.unwrap()).await;
        assert_eq!(found, Some(drawn));
    }
}
