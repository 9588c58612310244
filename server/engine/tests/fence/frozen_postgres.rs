//! A process that stands still in the middle of its transaction on PostgreSQL: the server ends it and undoes it, with
//! nobody's help.

use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::database::Kind;
use crate::frozen::{Elsewhere, Scene, until};
use crate::site::{Site, now};

/// Sessions of erasers on the database of the system, and how many of them wait for a lock.
const SESSIONS: &str = "
    SELECT COUNT(*), COUNT(*) FILTER (WHERE wait_event_type = 'Lock'),
           COUNT(*) FILTER (WHERE state = 'idle in transaction')
    FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'lethe-erase'";

struct Server(PgConnection);

impl Server {
    async fn of(system: &Elsewhere) -> Self {
        let Elsewhere::Server(database) = system else {
            panic!("a server is needed")
        };
        Self(PgConnection::connect(&database.url).await.unwrap())
    }

    /// Waits until the counts of sessions are as wanted.
    async fn until(&mut self, what: &str, wanted: impl Fn((i64, i64, i64)) -> bool) {
        let longest = now().after(Duration::from_secs(15));
        loop {
            let counts = sqlx::query_as(SESSIONS).fetch_one(&mut self.0).await.unwrap();
            if wanted(counts) {
                return;
            }
            assert!(now() < longest, "never {what}: {counts:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The process waits for `lock`; then it is frozen, and the lock is given back.
async fn frozen_behind(lock: &'static str) -> (Scene, Server) {
    let site = Site::open(Kind::Postgres).await;
    let mut scene = Scene::before_the_call(site, 50, 10).await;
    let mut server = Server::of(&scene.system).await;
    let mut blocker = Server::of(&scene.system).await;
    blocker.0.execute("BEGIN").await.unwrap();
    blocker.0.execute(lock).await.unwrap();
    scene.child.go_on();
    server
        .until("behind the lock", |(_, waiting, _)| waiting == 1)
        .await;
    scene.child.freeze();
    blocker.0.execute("ROLLBACK").await.unwrap();
    server
        .until("idle in its transaction", |(_, waiting, idle)| {
            waiting == 0 && idle == 1
        })
        .await;
    (scene, server)
}

/// The server ends the session of the frozen process before its attempt runs out; nothing is gone, then or later.
async fn nothing_is_deleted(mut scene: Scene, mut server: Server) {
    let attempt = scene.attempt().await;
    let hold = scene.place().await;
    assert!(!scene.in_force(&hold).await);
    server
        .until("ended by the server", |(sessions, _, _)| sessions == 0)
        .await;
    assert!(
        now() < attempt.expires_at,
        "the server let the transaction live until {}",
        now()
    );
    assert_eq!(scene.system.users().await, 50);
    assert!(
        !scene.in_force(&hold).await,
        "in force while an attempt without a report may live"
    );
    until(attempt.deadline).await;
    scene.child.thaw();
    assert!(scene.outcome().await.starts_with("outcome: Err(Transient("));
    scene.child.says("disposition").await;
    scene.until_in_force(&hold).await;
    assert_eq!(scene.system.users().await, 50);
    scene.nothing_goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_between_begin_and_delete() {
    let (scene, server) = frozen_behind("LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await;
    nothing_is_deleted(scene, server).await;
}

/// The server has done the deletion; it was never committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_between_delete_and_commit() {
    let (scene, server) = frozen_behind("SELECT id FROM users WHERE id = 5 FOR UPDATE").await;
    nothing_is_deleted(scene, server).await;
}
