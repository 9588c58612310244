//! Each job run twice where the straight thread does not come: residue, the looks after the issue, alarms (invariant 5). The
//! straight thread itself is run twice, and killed, by `crash`.

use std::collections::BTreeMap;

use crate::world::{Kind, World};

type Counted = BTreeMap<String, usize>;

/// Residue is erased again; a request that everybody forgot becomes overdue; the looks after the issue begin, and one of them is
/// blind until somebody mends it. What was logged, and what was mailed.
async fn two_months(kind: Kind, twice: bool) -> (Counted, Counted) {
    let mut world = World::new(kind).await;
    world.twice = twice;
    let lie = r#"lie = "deletes_half", lie_attempts = 1"#;
    world
        .apply_inventory(&world.systems.lying_inventory("crm", lie))
        .await;
    let forgotten = world.open_person_request(&["email=user9@acme.example"]).await;
    let (request, _) = world.issued().await;
    assert_eq!(world.request(request).await.round, 2, "there was residue");
    world
        .systems
        .run("crm", "ALTER TABLE users RENAME TO users_elsewhere")
        .await;
    world.days_go_by(25).await;
    world.run_jobs().await;
    let parked = world.engine.parked_jobs(&world.people.operator).await.unwrap();
    assert_eq!(parked.len(), 1, "the blind look waits for a person");
    world
        .systems
        .run("crm", "ALTER TABLE users_elsewhere RENAME TO users")
        .await;
    world
        .engine
        .retry_job(&world.people.operator, parked[0].0)
        .await
        .unwrap();
    world.days_go_by(35).await;
    assert_eq!(world.state(forgotten.id).await, "received");
    (world.entries_by_kind().await, world.mails.by_kind())
}

async fn same_once_and_twice(kind: Kind) {
    let (once, mails) = two_months(kind, false).await;
    for alarm in [
        "request.erased_again",
        "certificate.look_overdue",
        "request.overdue",
        "certificate.looked_again",
        "storage.probed",
    ] {
        assert!(once.contains_key(alarm), "{alarm} is not in this story: {once:?}");
    }
    let (twice, mails_twice) = two_months(kind, true).await;
    assert_eq!(twice, once, "what ran twice was logged twice");
    assert_eq!(mails_twice, mails, "what ran twice was mailed twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_months_with_each_job_run_twice_leave_the_same_on_sqlite() {
    same_once_and_twice(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_months_with_each_job_run_twice_leave_the_same_on_postgres() {
    same_once_and_twice(Kind::Postgres).await;
}
