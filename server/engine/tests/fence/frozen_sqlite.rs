//! A process that stands still in the middle of its transaction on a SQLite file: when it wakes, it looks at the clock
//! and takes everything back.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _};

use crate::database::Kind;
use crate::frozen::{Elsewhere, SOON, Scene, open_file, until};
use crate::site::Site;

fn file(system: &Elsewhere) -> &std::path::Path {
    match system {
        Elsewhere::File(file) => file,
        Elsewhere::Server(_) => panic!("a file is needed"),
    }
}

/// Frozen now, woken after the deadline: nothing is gone.
async fn nothing_is_deleted(mut scene: Scene, users: i64) {
    let attempt = scene.attempt().await;
    let hold = scene.place().await;
    assert!(!scene.in_force(&hold).await);
    until(attempt.deadline.after(SOON)).await;
    assert!(
        !scene.in_force(&hold).await,
        "in force while an attempt without a report may live"
    );
    scene.child.thaw();
    assert!(scene.outcome().await.contains("TooLate"));
    scene.child.says("disposition").await;
    scene.until_in_force(&hold).await;
    assert_eq!(scene.system.users().await, users);
    scene.nothing_goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_before_the_lock_of_the_file() {
    let mut scene = Scene::before_the_call(Site::open(Kind::Sqlite).await, 50, 10).await;
    let mut blocker = open_file(file(&scene.system)).await;
    blocker.execute("BEGIN IMMEDIATE").await.unwrap();
    scene.child.go_on();
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.child.freeze();
    blocker.execute("ROLLBACK").await.unwrap();
    nothing_is_deleted(scene, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_amid_the_transaction() {
    const USERS: u32 = 300_000;
    let mut scene = Scene::before_the_call(Site::open(Kind::Sqlite).await, USERS, USERS).await;
    let options = SqliteConnectOptions::new()
        .filename(file(&scene.system))
        .busy_timeout(Duration::ZERO);
    let mut other = options.connect().await.unwrap();
    scene.child.go_on();
    // As soon as another cannot write, the process is inside its transaction, with a large deletion before it.
    while other.execute("BEGIN IMMEDIATE").await.is_ok() {
        other.execute("ROLLBACK").await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    scene.child.freeze();
    nothing_is_deleted(scene, i64::from(USERS)).await;
}
