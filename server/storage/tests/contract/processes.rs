//! Several processes on one database: the test binary starts itself again as a worker.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use domain::job::{Disposition, Job, Queue};
use domain::port::store::Store as _;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{entry, id, now, tenant};

/// Names the database to a child.
const DATABASE: &str = "LETHE_TEST_CHILD_DATABASE";
/// What a child says when it holds the sequencer.
const HELD: &str = "the sequencer is held";

/// Another process that runs one of the children below.
fn start(child: &str, world: &World) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            &format!("processes::{child}"),
            "--ignored",
            "--nocapture",
        ])
        .env(DATABASE, &world.url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Leases and finishes jobs until none are left, and writes a tenant for each.
async fn work(url: &str) {
    let store = storage::open(url).await.unwrap();
    loop {
        let leased = store
            .lease(&Queue::ALL, 3, now(), Duration::from_secs(600))
            .await
            .unwrap();
        if leased.is_empty() {
            break;
        }
        for leased in leased {
            let mut tx = store.begin().await.unwrap();
            assert!(tx.jobs().holds(&leased, now()).await.unwrap());
            tx.tenants()
                .insert(&tenant(&leased.id.to_string()))
                .await
                .unwrap();
            tx.log().append(&entry("work:1")).await.unwrap();
            tx.commit().await.unwrap();
            store.finish(&leased, &Disposition::Done).await.unwrap();
        }
    }
    store.close().await;
}

fn database() -> String {
    std::env::var(DATABASE).expect("only started by the tests of this file")
}

#[tokio::test]
#[ignore = "a child process of the tests below"]
async fn child_that_works() {
    work(&database()).await;
}

#[tokio::test]
#[ignore = "a child process of the tests below"]
#[expect(clippy::print_stdout, reason = "the parent reads it")]
async fn child_that_holds_the_sequencer() {
    let store = storage::open(&database()).await.unwrap();
    let _sequencer = store.sequencer().await.unwrap().unwrap();
    println!("\n{HELD}");
    tokio::time::sleep(Duration::from_secs(120)).await;
}

on_both! {
    async fn processes_share_the_work_and_nothing_is_done_twice(world) {
        let mut tx = world.store.begin().await.unwrap();
        for _ in 0..60 {
            tx.jobs().enqueue(&Job::EraseStep { step: id() }, now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let children: Vec<_> = (0..2).map(|_| start("child_that_works", world)).collect();
        work(&world.url).await;
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
        let (tenants, entries, jobs) = world.read(async |tx| {
            let tenants = tx.tenants().list().await.unwrap().len();
            (tenants, tx.log().about("work:1").await.unwrap().len(), tx.jobs().counts().await.unwrap())
        }).await;
        assert_eq!((tenants, entries, jobs), (60, 60, vec![]));
    }

    async fn the_sequencer_of_a_killed_process_is_succeeded(world) {
        let mut child = start("child_that_holds_the_sequencer", world);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let held = tokio::task::spawn_blocking(move || lines.map_while(Result::ok).any(|line| line == HELD));
        assert!(held.await.unwrap());
        assert!(world.store.sequencer().await.unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let mut sequencer = None;
        for _ in 0..100 {
            sequencer = world.store.sequencer().await.unwrap();
            if sequencer.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(sequencer.is_some());
    }
}
