//! Holds and duties, and what the fence sees of them.

use domain::hold::LegalHold;
use domain::id::{DutyId, HoldId};
use domain::port::store::StoreError;
use domain::retention::{KeeperId, RetentionDuty};
use domain::scope::TenantScope;
use domain::time::date;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{duty, hold, id, keep, key, later, released, today};

fn one(tenant: &str) -> TenantScope {
    TenantScope::One(key(tenant))
}

async fn keepers(world: &World, tenant: &str) -> Vec<KeeperId> {
    let keepers = world
        .read(async |tx| tx.holds().keepers(&key(tenant), today()).await.unwrap())
        .await;
    keepers.into_iter().map(|keeper| keeper.id).collect()
}

async fn place(world: &World, tenant: TenantScope) -> HoldId {
    let hold = hold(tenant);
    world
        .write(async |tx| tx.holds().insert(&hold).await.unwrap())
        .await;
    hold.id
}

async fn record(world: &World, duty: RetentionDuty) -> DutyId {
    world
        .write(async |tx| tx.holds().insert_duty(&duty).await.unwrap())
        .await;
    duty.id
}

on_both! {
    async fn a_hold_is_read_as_it_was_written(world) {
        let placed = hold(one("acme"));
        world.write(async |tx| tx.holds().insert(&placed).await.unwrap()).await;
        let found = world.read(async |tx| tx.holds().find(placed.id).await.unwrap()).await;
        assert_eq!(found, Some(placed));
    }

    async fn holds_are_listed_newest_first(world) {
        let (first, second) = (place(world, one("acme")).await, place(world, TenantScope::Any).await);
        let holds = world.read(async |tx| tx.holds().list().await.unwrap()).await;
        assert_eq!(holds.iter().map(|hold| hold.id).collect::<Vec<_>>(), [second, first]);
    }

    async fn a_hold_changed_by_somebody_else_is_not_overwritten(world) {
        let placed = hold(one("acme"));
        world.write(async |tx| tx.holds().insert(&placed).await.unwrap()).await;
        let drained = placed.clone().drained(later(1));
        world.write(async |tx| tx.holds().update(&drained).await.unwrap()).await;
        let late = world.attempt(async |tx| tx.holds().update(&drained).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        let unknown = world.attempt(async |tx| tx.holds().update(&hold(one("acme"))).await).await;
        assert!(matches!(unknown, StoreError::Conflict(_)), "{unknown:?}");
    }

    async fn the_scope_of_a_hold_never_changes(world) {
        let placed = hold(one("acme"));
        world.write(async |tx| tx.holds().insert(&placed).await.unwrap()).await;
        let narrowed = LegalHold { scope: keep(one("globex")), ..placed };
        let refused = world.attempt(async |tx| tx.holds().update(&narrowed).await).await;
        assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    }

    async fn keepers_are_the_tenants_and_those_of_any_tenant(world) {
        let of_acme = place(world, one("acme")).await;
        let of_any = place(world, TenantScope::Any).await;
        place(world, one("globex")).await;
        assert_eq!(keepers(world, "acme").await, [KeeperId::Hold(of_acme), KeeperId::Hold(of_any)]);
        assert_eq!(keepers(world, "founded-tomorrow").await, [KeeperId::Hold(of_any)]);
    }

    async fn a_released_hold_keeps_nothing(world) {
        let placed = hold(one("acme"));
        world.write(async |tx| tx.holds().insert(&placed).await.unwrap()).await;
        world.write(async |tx| tx.holds().update(&released(placed)).await.unwrap()).await;
        assert_eq!(keepers(world, "acme").await, []);
    }

    async fn a_duty_keeps_until_its_last_day(world) {
        record(world, duty(one("acme"), date(2026, 2, 28).unwrap())).await;
        let today_too = record(world, duty(one("acme"), today())).await;
        let of_any = record(world, duty(TenantScope::Any, date(2026, 3, 2).unwrap())).await;
        assert_eq!(keepers(world, "acme").await, [KeeperId::Duty(today_too), KeeperId::Duty(of_any)]);
    }

    async fn an_ended_duty_keeps_nothing(world) {
        let kept = duty(one("acme"), date(2027, 1, 1).unwrap());
        record(world, kept.clone()).await;
        let ended = RetentionDuty { ended: Some((later(1), id())), ..kept };
        world.write(async |tx| tx.holds().update_duty(&ended).await.unwrap()).await;
        assert_eq!(keepers(world, "acme").await, []);
        let stored = world.read(async |tx| tx.holds().find_duty(ended.id).await.unwrap()).await;
        assert_eq!(stored, Some(RetentionDuty { version: 2, ..ended.clone() }));
        let late = world.attempt(async |tx| tx.holds().update_duty(&ended).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        let listed = world.read(async |tx| tx.holds().list_duties().await.unwrap()).await;
        assert_eq!(listed.len(), 1);
    }

    async fn the_register_version_counts_changes(world) {
        let version = async || world.read(async |tx| tx.holds().register_version().await.unwrap()).await;
        assert_eq!(version().await, 0);
        let placed = hold(one("acme"));
        world.write(async |tx| tx.holds().insert(&placed).await.unwrap()).await;
        world.write(async |tx| tx.holds().update(&placed).await.unwrap()).await;
        record(world, duty(one("acme"), today())).await;
        assert_eq!(version().await, 3);
    }
}
