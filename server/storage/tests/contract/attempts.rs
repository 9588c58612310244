//! Steps and attempts.

use domain::attempt::{Attempt, Outcome, Step, StepState};
use domain::inventory::Slug;
use domain::port::store::StoreError;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{attempt, later, now, step, stored_step};

/// Two attempts in systems `crm` and `billing`, the first running out after 10 seconds, the second after 20.
async fn two_attempts(world: &World) -> (Attempt, Attempt) {
    world
        .write(async |tx| {
            let step = stored_step(tx).await;
            let (crm, billing) = (
                attempt(&step, "crm", later(10)),
                attempt(&step, "billing", later(20)),
            );
            tx.attempts().start(&crm).await.unwrap();
            tx.attempts().start(&billing).await.unwrap();
            (crm, billing)
        })
        .await
}

on_both! {
    async fn steps_are_found_by_request_and_round(world) {
        let first = world.write(async |tx| stored_step(tx).await).await;
        let second = step(first.request, first.plan, 2);
        world.write(async |tx| tx.attempts().insert_step(&second).await.unwrap()).await;
        let (found, all, round) = world.read(async |tx| {
            let found = tx.attempts().find_step(first.id).await.unwrap();
            let all = tx.attempts().steps(first.request, None).await.unwrap();
            (found, all, tx.attempts().steps(first.request, Some(2)).await.unwrap())
        }).await;
        assert_eq!((found, all, round), (Some(first.clone()), vec![first, second.clone()], vec![second]));
    }

    async fn a_step_changed_by_somebody_else_is_not_overwritten(world) {
        let stored = world.write(async |tx| stored_step(tx).await).await;
        let done = Step { state: StepState::Done, reported: u64::MAX, ..stored.clone() };
        world.write(async |tx| tx.attempts().update_step(&done).await.unwrap()).await;
        let late = world.attempt(async |tx| tx.attempts().update_step(&stored).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
        let found = world.read(async |tx| tx.attempts().find_step(stored.id).await.unwrap()).await;
        assert_eq!(found, Some(Step { version: 2, ..done }));
    }

    async fn requests_are_found_by_what_was_authorised_on_a_system_since(world) {
        let (crm, _) = two_attempts(world).await;
        world.write(async |tx| tx.attempts().end(crm.id, later(1), &Outcome::TimedOut).await.unwrap()).await;
        let found = world.read(async |tx| {
            let [system, other] = ["crm", "search"].map(|name| Slug::parse(name).unwrap());
            let since = tx.attempts().authorised_since(&system, later(9)).await.unwrap();
            let over = tx.attempts().authorised_since(&system, later(10)).await.unwrap();
            (since, over, tx.attempts().authorised_since(&other, now()).await.unwrap())
        }).await;
        assert_eq!(found, (vec![crm.request], vec![], vec![]));
    }

    async fn attempts_without_outcome_are_in_flight_until_they_expire(world) {
        let (crm, billing) = two_attempts(world).await;
        let (all, of_crm, later_on, expired) = world.read(async |tx| {
            let system = Slug::parse("crm").unwrap();
            let all = tx.attempts().in_flight(None, now()).await.unwrap();
            let of_crm = tx.attempts().in_flight(Some(&system), now()).await.unwrap();
            let later_on = tx.attempts().in_flight(None, later(10)).await.unwrap();
            (all, of_crm, later_on, tx.attempts().expired(later(10)).await.unwrap())
        }).await;
        assert_eq!((all, of_crm), (vec![crm.clone(), billing.clone()], vec![crm.clone()]));
        assert_eq!((later_on, expired), (vec![billing], vec![crm]));
    }

    async fn an_attempt_ends_once(world) {
        let (crm, billing) = two_attempts(world).await;
        let reported = Outcome::Reported { records: 7 };
        world.write(async |tx| tx.attempts().end(crm.id, later(1), &reported).await.unwrap()).await;
        let again = world.attempt(async |tx| tx.attempts().end(crm.id, later(2), &Outcome::TimedOut).await).await;
        assert!(matches!(again, StoreError::Conflict(_)), "{again:?}");
        let (of_step, in_flight) = world.read(async |tx| {
            let of_step = tx.attempts().of_step(crm.step).await.unwrap();
            (of_step, tx.attempts().in_flight(None, now()).await.unwrap())
        }).await;
        let ended = Attempt { outcome: Some((later(1), reported)), ..crm };
        assert_eq!((of_step, in_flight), (vec![ended, billing.clone()], vec![billing]));
    }
}
