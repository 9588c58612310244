//! Checks, spot checks, attestations.

use domain::port::store::StoreError;
use domain::verification::{Check, CheckState, Finding, Preservation, SpotCheck, SpotCheckResult, Verdict};

use crate::on_both;
use crate::support::nouns::{
    attestation, check, dataset, later, now, spot_check, stored_plan, stored_request,
};

fn absent() -> CheckState {
    CheckState::Found(Finding {
        verdict: Verdict::Absent,
        kept: Preservation::Preserved,
        count: Some(0),
        looked_up: 1_000,
        found: 0,
        control_found: true,
        residue_ids: None,
        looked_at: now(),
        prober: "test 1".into(),
        accepted: None,
    })
}

on_both! {
    async fn checks_are_found_by_request_and_round(world) {
        let plan = world.write(async |tx| stored_plan(tx).await).await;
        let (first, second) = (check(plan.request, plan.id, 1), check(plan.request, plan.id, 2));
        world.write(async |tx| {
            tx.findings().insert_check(&first).await.unwrap();
            tx.findings().insert_check(&second).await.unwrap();
        }).await;
        let (found, all, round) = world.read(async |tx| {
            let found = tx.findings().find_check(first.id).await.unwrap();
            let all = tx.findings().checks(plan.request, None).await.unwrap();
            (found, all, tx.findings().checks(plan.request, Some(2)).await.unwrap())
        }).await;
        assert_eq!((found, all, round), (Some(first.clone()), vec![first, second.clone()], vec![second]));
    }

    async fn a_check_changed_by_somebody_else_is_not_overwritten(world) {
        let plan = world.write(async |tx| stored_plan(tx).await).await;
        let waiting = check(plan.request, plan.id, 1);
        world.write(async |tx| tx.findings().insert_check(&waiting).await.unwrap()).await;
        let found = Check { state: absent(), ..waiting.clone() };
        world.write(async |tx| tx.findings().update_check(&found).await.unwrap()).await;
        let late = world.attempt(async |tx| tx.findings().update_check(&waiting).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        let stored = world.read(async |tx| tx.findings().find_check(waiting.id).await.unwrap()).await;
        assert_eq!(stored, Some(Check { version: 2, ..found }));
    }

    async fn a_spot_check_gets_its_result(world) {
        let request = world.write(async |tx| stored_request(tx).await).await;
        let shown = spot_check(request.id);
        world.write(async |tx| tx.findings().insert_spot_check(&shown).await.unwrap()).await;
        let result = SpotCheckResult { recorded_at: later(60), still_there: 0, decoy_seen: true, note: "gone".into() };
        let looked = SpotCheck { result: Some(result), ..shown.clone() };
        world.write(async |tx| tx.findings().update_spot_check(&looked).await.unwrap()).await;
        let late = world.attempt(async |tx| tx.findings().update_spot_check(&shown).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        let (found, all) = world.read(async |tx| {
            let found = tx.findings().find_spot_check(shown.id).await.unwrap();
            (found, tx.findings().spot_checks(request.id).await.unwrap())
        }).await;
        let stored = SpotCheck { version: 2, ..looked };
        assert_eq!((found, all), (Some(stored.clone()), vec![stored]));
    }

    async fn the_newest_attestation_counts(world) {
        let plan = world.write(async |tx| stored_plan(tx).await).await;
        let (old, new) = (attestation(plan.request, plan.id, "Old"), attestation(plan.request, plan.id, "New"));
        for attestation in [&old, &new] {
            world.write(async |tx| tx.findings().insert_attestation(attestation).await.unwrap()).await;
        }
        let (newest, other) = world.read(async |tx| {
            let newest = tx.findings().attestation(plan.id, &dataset("partner.users")).await.unwrap();
            (newest, tx.findings().attestation(plan.id, &dataset("partner.orders")).await.unwrap())
        }).await;
        assert_eq!((newest, other), (Some(new), None));
    }
}
