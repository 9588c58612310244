//! The verdict on a race: first from the order in which things happened, then from what the records say.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::attempt::Attempt;
use domain::hold::{HoldState, LegalHold};
use domain::id::{HoldId, StepId};
use domain::port::store::Store as _;

use super::{CHUNKS, DEADLINE, PLACEMENTS, Placed, Race, Stepped};
use crate::call::Call;
use crate::site::{Site, is_in_force};

/// Holds that stand are drained soon: no hold waits for ever.
pub async fn everything_standing_comes_into_force(race: &Race, site: &Site) {
    let standing: Vec<HoldId> = race
        .holds
        .lock()
        .unwrap()
        .iter()
        .filter(|(_, hold)| hold.releasing.is_none())
        .map(|(id, _)| *id)
        .collect();
    for id in standing {
        let mut waited = Duration::ZERO;
        while !is_in_force(&site.database.store, id).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waited += Duration::from_millis(20);
            assert!(
                waited < DEADLINE * 2 + Duration::from_secs(10),
                "hold {id} drains for ever"
            );
        }
    }
}

fn covered(step: &Stepped, id: HoldId, hold: &Placed) -> bool {
    hold.kept.covers(&step.wanted) && !step.honours.contains(&id)
}

/// Judges everything, and says how much there was to judge.
pub async fn verdict(race: &Race, site: &Site, took: Duration) {
    let calls = race.notes.all();
    let holds = std::mem::take(&mut *race.holds.lock().unwrap());
    let steps = std::mem::take(&mut *race.steps.lock().unwrap());
    let in_force = std::mem::take(&mut *race.in_force.lock().unwrap());
    let by_order = judge_order(&calls, &steps, &holds, &in_force);

    let store = &site.database.store;
    let mut tx = store.read().await.unwrap();
    let register: HashMap<HoldId, LegalHold> = tx
        .holds()
        .list()
        .await
        .unwrap()
        .into_iter()
        .map(|hold| (hold.id, hold))
        .collect();
    let mut attempts: HashMap<String, Vec<Attempt>> = HashMap::new();
    let mut stopped = 0;
    for id in steps.keys() {
        attempts.insert(id.to_string(), tx.attempts().of_step(*id).await.unwrap());
        let step = tx.attempts().find_step(*id).await.unwrap().unwrap();
        stopped += usize::from(step.state.word() == "stopped");
    }
    let by_records = judge_records(&attempts, &steps, &holds, &register);
    judge_deadlines(&calls, &attempts);

    let authorised: usize = attempts.values().map(Vec::len).sum();
    let deleted = calls.iter().filter(|call| call.deleted.is_some()).count();
    let unreported = attempts
        .values()
        .flatten()
        .filter(|one| one.outcome.is_none())
        .count();
    let complaints = std::mem::take(&mut *race.complaints.lock().unwrap());
    eprintln!(
        "{:?}: {authorised} chunks authorised ({} per second), {deleted} deleted in time, {} too late; {} holds placed, \
         {} of them while {} covered chunks were in flight, {} seen in force; {stopped} steps stopped by the fence; \
         {unreported} attempts never reported; {} conflicts; \
         the slowest placement took {} ms",
        site.database.kind,
        authorised as u64 / took.as_secs().max(1),
        calls.len() - deleted,
        holds.len(),
        by_order.drained,
        by_order.in_flight,
        in_force.len(),
        complaints.len(),
        race.slowest.lock().unwrap().as_millis(),
    );
    // After a conflict the job is simply run again.
    let not_conflicts: Vec<_> = complaints
        .iter()
        .filter(|(_, why)| !why.ends_with(" was changed by somebody else meanwhile"))
        .collect();
    assert!(not_conflicts.is_empty(), "{not_conflicts:?}");
    assert_eq!(
        by_order.violations,
        Vec::<String>::new(),
        "by the order of things, seed {}",
        race.seed
    );
    assert_eq!(
        by_records,
        Vec::<String>::new(),
        "by the records, seed {}",
        race.seed
    );
    assert!(
        authorised >= CHUNKS && holds.len() >= PLACEMENTS,
        "too slow a machine to prove anything"
    );
    assert!(
        stopped > 20 && by_order.in_flight > 10 && in_force.len() > 20,
        "the race was none"
    );
    assert!(
        race.refused.load(Ordering::SeqCst) < holds.len(),
        "counsel were sent away over and over"
    );
}

struct ByOrder {
    violations: Vec<String>,
    /// Holds that were placed while something they cover was in flight.
    drained: usize,
    in_flight: usize,
}

fn judge_order(
    calls: &[Call],
    steps: &HashMap<StepId, Stepped>,
    holds: &HashMap<HoldId, Placed>,
    in_force: &HashMap<HoldId, u64>,
) -> ByOrder {
    let mut found = ByOrder {
        violations: Vec::new(),
        drained: 0,
        in_flight: 0,
    };
    for (id, hold) in holds {
        let releasing = hold.releasing.unwrap_or(u64::MAX);
        let seen = in_force.get(id).copied().unwrap_or(u64::MAX);
        let mut in_flight = 0;
        for call in calls {
            let step = &steps[&call.mark.parse::<StepId>().unwrap()];
            if !covered(step, *id, hold) || call.authorised > releasing {
                continue;
            }
            if call.authorised > hold.placed {
                found
                    .violations
                    .push(format!("authorised behind hold {id} ({:?}): {call:?}", hold.kept));
            }
            if call.deleted.is_some_and(|(_, end)| end > seen) {
                found.violations.push(format!(
                    "deleted when hold {id} read InForce (at {seen}): {call:?}"
                ));
            }
            in_flight += usize::from(call.deleted.is_some_and(|(_, end)| end > hold.placed));
        }
        found.drained += usize::from(in_flight > 0);
        found.in_flight += in_flight;
    }
    found
}

/// What the moments in the records say: each authorisation is before a covering hold or after its release, and none
/// was without an outcome and alive when the hold came into force.
fn judge_records(
    attempts: &HashMap<String, Vec<Attempt>>,
    steps: &HashMap<StepId, Stepped>,
    holds: &HashMap<HoldId, Placed>,
    register: &HashMap<HoldId, LegalHold>,
) -> Vec<String> {
    let mut violations = Vec::new();
    for (id, hold) in holds {
        let record = &register[id];
        let ended = match &record.state {
            HoldState::Released { second, .. } => Some(second.at),
            _ => None,
        };
        for attempt in attempts
            .values()
            .flatten()
            .filter(|attempt| covered(&steps[&attempt.step], *id, hold))
        {
            let authorised = attempt.authorised_at;
            if authorised > record.placed_at && ended.is_none_or(|ended| authorised < ended) {
                violations.push(format!(
                    "authorised {authorised} under hold {id} of {}",
                    record.placed_at
                ));
            }
            let over = attempt
                .outcome
                .as_ref()
                .map_or(attempt.expires_at, |(at, _)| attempt.expires_at.min(*at));
            if let HoldState::InForce { since } = record.state
                && authorised < record.placed_at
                && over > since
            {
                violations.push(format!(
                    "in flight until {over}, but hold {id} is in force since {since}"
                ));
            }
        }
    }
    violations
}

/// Every call had an attempt with exactly its deadline, started before it, and no attempt had two calls.
fn judge_deadlines(calls: &[Call], attempts: &HashMap<String, Vec<Attempt>>) {
    let mut used = HashMap::new();
    for call in calls {
        let of_step = &attempts[&call.mark];
        let attempt = of_step
            .iter()
            .find(|attempt| attempt.deadline == call.deadline && !used.contains_key(&attempt.id));
        let attempt = attempt.unwrap_or_else(|| panic!("nobody authorised {call:?}"));
        used.insert(attempt.id, ());
        assert!(
            attempt.deadline <= attempt.authorised_at.after(DEADLINE),
            "{attempt:?}"
        );
        assert!(attempt.expires_at >= attempt.deadline, "{attempt:?}");
        assert!(
            call.started_at
                .is_none_or(|at| at < attempt.deadline && at > attempt.authorised_at),
            "{call:?}"
        );
    }
}
