use std::sync::Arc;

use async_trait::async_trait;
use domain::id::MailId;
use domain::job::Job;
use domain::mail::{Mail, MailError, MailKind};
use domain::port::mailer::Mailer;
use domain::port::store::Store;
use engine::{Policy, Ports};
use vault::{KeyRing, SystemClock, SystemEntropy};

use super::*;
use crate::worker::stop_pair;

const MAIL: &[Queue] = &[Queue::Mail];

/// A next hop that never answers.
struct Silent;

/// A next hop whose code is broken.
struct Broken;

#[async_trait]
impl Mailer for Silent {
    async fn send(&self, _mail: &Mail) -> Result<(), MailError> {
        std::future::pending().await
    }
}

#[async_trait]
impl Mailer for Broken {
    async fn send(&self, _mail: &Mail) -> Result<(), MailError> {
        panic!("a fault of ours");
    }
}

/// A worker with one mail to send, and the folder of its database.
async fn worker(mailer: impl Mailer + 'static, lease: Duration) -> (Runner, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = storage::open(&format!("sqlite:{}", folder.path().join("lethe.db").display()))
        .await
        .unwrap();
    let ports = Ports {
        store: Arc::new(database),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        vault: Arc::new(KeyRing::new([], Arc::new(SystemEntropy)).unwrap()),
        erasers: None,
        probes: None,
        signer: None,
        destroyed: None,
        keeper: None,
        press: None,
        mailer: Some(Arc::new(mailer)),
        archive: None,
    };
    let engine = Engine::new(
        ports,
        Policy {
            lease,
            ..Policy::default()
        },
    );
    let now = engine.now();
    let id = MailId::new(now, [7; 10]);
    let mail = Mail::queued(id, MailKind::ConfirmRegister, "ada@example.com".into(), now);
    let mut tx = engine.store().begin().await.unwrap();
    tx.outbox().insert(&mail).await.unwrap();
    tx.jobs()
        .enqueue(&Job::SendMail { mail: mail.id }, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let last_words = Duration::from_millis(50);
    (
        Runner {
            last_words,
            ..Runner::new(engine, MAIL, 4)
        },
        folder,
    )
}

/// Runs a worker for a while, and meanwhile something else.
async fn run_for<T>(runner: &Runner, time: Duration, meanwhile: impl Future<Output = T>) -> T {
    let (stopper, stop) = stop_pair();
    let other = async {
        tokio::time::sleep(time).await;
        let seen = meanwhile.await;
        stopper.stop();
        seen
    };
    tokio::join!(runner.run(stop), other).1
}

async fn lease(store: &dyn Store, runner: &Runner) -> Vec<Leased> {
    store
        .lease(MAIL, 9, runner.engine.now(), Duration::from_secs(60))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_job_that_panics_is_tried_again_and_the_worker_lives() {
    let (runner, _folder) = worker(Broken, Duration::from_secs(60)).await;
    run_for(&runner, Duration::from_millis(500), async {}).await;
    let store = runner.engine.store();
    assert!(
        lease(&**store, &runner).await.is_empty(),
        "it waits before it is tried again"
    );
    assert!(store.next_job_at(MAIL).await.unwrap().unwrap() > runner.engine.now());
}

#[tokio::test]
async fn what_is_not_finished_at_the_stop_is_given_back_and_does_not_count() {
    let (runner, _folder) = worker(Silent, Duration::from_secs(60)).await;
    run_for(&runner, Duration::from_millis(300), async {}).await;
    let again = lease(&**runner.engine.store(), &runner).await;
    assert_eq!(again.iter().map(|leased| leased.attempt).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_long_job_keeps_its_lease() {
    let (runner, _folder) = worker(Silent, Duration::from_millis(300)).await;
    let taken = run_for(
        &runner,
        Duration::from_secs(1),
        lease(&**runner.engine.store(), &runner),
    )
    .await;
    assert!(taken.is_empty());
}
