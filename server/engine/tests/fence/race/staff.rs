//! Those who race: workers that erase, and counsel that place and release holds.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::id::HoldId;
use domain::job::{Disposition, Job, Queue};
use domain::port::store::{Store, StoreError};
use engine::Engine;

use super::rng::Rng;
use super::{DEADLINE, LEASE, Placed, Race};
use crate::call::{Course, End, NoteTaking};
use crate::order::{Commits, Watched};
use crate::scopes::{Kept, Known};
use crate::site::{counsel, hold, is_in_force, policy, ports};

/// How the next call goes: nearly always well within its time.
fn course(rng: &mut Rng) -> Course {
    let mut course = Course {
        lead: rng.micros(0, 30_000),
        work: rng.micros(0, 20_000),
        ..Course::default()
    };
    match rng.below(1_000) {
        0..20 => course.frozen_before = rng.micros(160_000, 500_000),
        20..30 => course.frozen_amid = rng.micros(20_000, 300_000),
        30..60 => course.lead = rng.micros(20_000, 180_000),
        _ => {}
    }
    course.end = match rng.below(1_000) {
        0..60 => End::Last,
        60..80 => End::Failed,
        80..83 => End::Refused,
        _ => End::More,
    };
    course
}

/// A worker with its own connections: leases one job at a time, and notes what becomes of holds.
pub async fn work(race: Arc<Race>, number: u64) {
    let store = storage::open(&race.url).await.unwrap();
    let rng = Arc::new(Mutex::new(Rng::of(race.seed, number)));
    let chance = Arc::clone(&rng);
    let commits = Arc::new(Commits::stalling(&race.order, move || {
        let mut rng = chance.lock().unwrap();
        match rng.below(1_000) {
            0..3 => rng.micros(20_000, 200_000),
            3..60 => rng.micros(100, 3_000),
            _ => Duration::ZERO,
        }
    }));
    let chance = Arc::clone(&rng);
    let erasers = NoteTaking {
        order: Arc::clone(&race.order),
        commits: Arc::clone(&commits),
        notes: Arc::clone(&race.notes),
        course: move || course(&mut chance.lock().unwrap()),
    };
    let watched: Arc<dyn Store> = Arc::new(Watched {
        inner: store,
        commits,
    });
    let engine = Engine::new(
        ports(Arc::clone(&watched), Some(Arc::new(erasers)), None),
        policy(DEADLINE, LEASE),
    );
    while race.working.load(Ordering::SeqCst) {
        let leased = watched
            .lease(&[Queue::EraseStep, Queue::Process], 1, engine.now(), LEASE)
            .await
            .unwrap();
        if leased.is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        for leased in leased {
            let disposition = engine.run(&leased).await;
            if let Disposition::Retry { why, .. } | Disposition::Park { why } = &disposition {
                race.complaints
                    .lock()
                    .unwrap()
                    .push((format!("{:?}", leased.job), why.clone()));
            }
            if let Job::Drain { hold } = leased.job {
                look(&race, &*watched, hold).await;
            }
            match watched.finish(&leased, &disposition).await {
                // A worker that stood still lost its lease.
                Ok(()) | Err(StoreError::Conflict(_)) => {}
                Err(error) => panic!("the end of a lease: {error}"),
            }
        }
    }
}

/// Notes when a hold is first seen to read InForce: after the read.
async fn look(race: &Race, store: &dyn Store, id: HoldId) {
    if is_in_force(store, id).await {
        let seen = race.order.next();
        race.in_force.lock().unwrap().entry(id).or_insert(seen);
    }
}

/// A scope of any kind.
fn scope(rng: &mut Rng) -> Kept {
    let mut kept = Kept {
        tenant: Some(rng.pick(&Race::tenant_names())),
        ..Kept::default()
    };
    match rng.below(12) {
        0..3 => {}
        3..6 => {
            kept.person = Some(Known {
                by: rng.pick(&["email", "user_id"]),
                number: rng.below(3),
            })
        }
        6 => kept.system = Some(rng.pick(&["crm", "billing", "logs"])),
        7 => kept.category = Some(rng.pick(&["contact", "support", "billing", "usage"])),
        8 => kept.dates = true,
        9 => kept.tenant = None,
        10 => {
            kept = Kept {
                tenant: None,
                system: Some(rng.pick(&["crm", "billing", "logs"])),
                ..kept
            }
        }
        _ => {
            kept = Kept {
                category: Some("contact"),
                person: Some(Known {
                    by: "email",
                    number: rng.below(3),
                }),
                ..kept
            }
        }
    }
    kept
}

/// A counsel with connections of their own.
pub async fn place_and_release(race: Arc<Race>, number: u64) {
    let store = storage::open(&race.url).await.unwrap();
    let mut rng = Rng::of(race.seed, number);
    let commits = Arc::new(Commits::of(&race.order));
    let watched = Arc::new(Watched {
        inner: store,
        commits: Arc::clone(&commits),
    });
    let engine = Engine::new(ports(watched.clone(), None, None), policy(DEADLINE, LEASE));
    let (first, second) = (counsel(), counsel());
    while race.placing.load(Ordering::SeqCst) {
        tokio::time::sleep(rng.micros(1_000, 150_000)).await;
        let kept = scope(&mut rng);
        let scope = kept.scope();
        let began = Instant::now();
        let placed = engine.place_hold(&first, hold(scope)).await.unwrap();
        let took = began.elapsed();
        race.took(took);
        let known = Placed {
            kept,
            placed: commits.durable(),
            releasing: None,
        };
        race.holds.lock().unwrap().insert(placed.id, known);
        if rng.chance(0.5) {
            // Waits until nothing is in flight, as counsel would.
            while race.working.load(Ordering::SeqCst) && !is_in_force(&*watched, placed.id).await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            look(&race, &*watched, placed.id).await;
        }
        tokio::time::sleep(rng.micros(1_000, 80_000)).await;
        release(&race, &engine, &first, &second, placed.id).await;
    }
}

async fn release(
    race: &Race,
    engine: &Engine,
    first: &domain::actor::Actor,
    second: &domain::actor::Actor,
    id: HoldId,
) {
    for (actor, last) in [(first, false), (second, true)] {
        if last {
            let now = race.order.next();
            race.holds.lock().unwrap().get_mut(&id).unwrap().releasing = Some(now);
        }
        // A worker may be writing that the hold is drained: counsel look again and repeat what they meant.
        loop {
            match engine.release_hold(actor, id, "settled").await {
                Ok(_) => break,
                Err(engine::Error::Store(StoreError::Conflict(_))) => {
                    race.refused.fetch_add(1, Ordering::SeqCst)
                }
                Err(error) => panic!("releasing: {error}"),
            };
        }
    }
}
