//! The fence between authorising a chunk and placing a hold, across connections.

use std::time::Duration;

use domain::port::store::{Store as _, Tx};
use domain::scope::TenantScope;
use storage::Database;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{entry, hold, key, today};

/// Long enough for a statement that does not wait.
const MOMENT: Duration = Duration::from_millis(300);

fn one(tenant: &str) -> TenantScope {
    TenantScope::One(key(tenant))
}

/// Places a hold; answers when it is committed.
async fn place(store: Database, scope: TenantScope) {
    let mut tx = store.begin().await.unwrap();
    tx.fence_placement(&scope).await.unwrap();
    tx.holds().insert(&hold(scope)).await.unwrap();
    tx.log().append(&entry("hold:1")).await.unwrap();
    tx.commit().await.unwrap();
}

async fn authorising(world: &World, tenant: &str) -> Box<dyn Tx> {
    let mut tx = world.store.begin().await.unwrap();
    tx.fence_authorisation(&key(tenant)).await.unwrap();
    tx
}

async fn standing(tx: &mut dyn Tx, tenant: &str) -> usize {
    tx.holds().keepers(&key(tenant), today()).await.unwrap().len()
}

on_both! {
    async fn a_placement_waits_for_authorisations_it_covers(world) {
        let other = storage::open(&world.url).await.unwrap();
        for scope in [one("acme"), TenantScope::Any] {
            let mut tx = authorising(world, "acme").await;
            let before = standing(&mut *tx, "acme").await;
            let mut placing = tokio::spawn(place(other.clone(), scope));
            assert!(tokio::time::timeout(MOMENT, &mut placing).await.is_err(), "it must wait");
            assert_eq!(standing(&mut *tx, "acme").await, before, "no hold while authorising");
            drop(tx);
            placing.await.unwrap();
        }
        other.close().await;
    }

    async fn an_authorisation_waits_for_a_placement_and_sees_its_hold(world) {
        let other = storage::open(&world.url).await.unwrap();
        for scope in [one("acme"), TenantScope::Any] {
            let before = world.read(async |tx| standing(tx, "acme").await).await;
            let mut tx = world.store.begin().await.unwrap();
            tx.fence_placement(&scope).await.unwrap();
            tx.holds().insert(&hold(scope)).await.unwrap();
            let store = other.clone();
            let mut authorising = tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                tx.fence_authorisation(&key("acme")).await.unwrap();
                standing(&mut *tx, "acme").await
            });
            assert!(tokio::time::timeout(MOMENT, &mut authorising).await.is_err(), "it must wait");
            tx.log().append(&entry("hold:1")).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(authorising.await.unwrap(), before + 1);
        }
        other.close().await;
    }
}

/// SQLite lets one writer in at a time, whatever they do.
#[tokio::test]
async fn on_postgres_authorisations_and_other_tenants_do_not_wait() {
    let world = World::postgres().await;
    world
        .run(async |world| {
            let _acme = authorising(world, "acme").await;
            let parallel = async {
                let _again = authorising(world, "acme").await;
                let _globex = authorising(world, "globex").await;
                place(world.store.clone(), one("initech")).await;
            };
            tokio::time::timeout(Duration::from_secs(5), parallel)
                .await
                .unwrap();
        })
        .await;
}
