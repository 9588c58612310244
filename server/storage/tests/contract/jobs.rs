//! Jobs: leases, fences, twins.

use std::time::Duration;

use domain::id::StepId;
use domain::job::{Disposition, Job, Leased, Queue};
use domain::port::store::{Store as _, StoreError};
use domain::time::Timestamp;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{id, later, now};

fn erase(step: StepId) -> Job {
    Job::EraseStep { step }
}

async fn enqueue(world: &World, job: &Job, at: Timestamp) {
    let mut tx = world.store.begin().await.unwrap();
    tx.jobs().enqueue(job, at).await.unwrap();
    tx.commit().await.unwrap();
}

/// Leases for ten seconds.
async fn lease(world: &World, at: Timestamp) -> Vec<Leased> {
    world
        .store
        .lease(&Queue::ALL, 10, at, Duration::from_secs(10))
        .await
        .unwrap()
}

async fn lease_one(world: &World, at: Timestamp) -> Leased {
    let leased = lease(world, at).await;
    assert_eq!(leased.len(), 1, "{leased:?}");
    leased.into_iter().next().unwrap()
}

async fn counts(world: &World) -> Vec<(String, String, i64)> {
    world.read(async |tx| tx.jobs().counts().await.unwrap()).await
}

async fn holds(world: &World, leased: &Leased, at: Timestamp) -> bool {
    let mut tx = world.store.begin().await.unwrap();
    tx.jobs().holds(leased, at).await.unwrap()
}

on_both! {
    async fn a_job_is_leased_not_before_its_moment_and_by_one_worker(world) {
        let job = erase(id());
        enqueue(world, &job, later(5)).await;
        assert_eq!(lease(world, later(4)).await, []);
        let leased = lease_one(world, later(5)).await;
        assert_eq!((&leased.job, leased.attempt, leased.leased_until), (&job, 1, later(15)));
        assert_eq!(lease(world, later(6)).await, []);
    }

    async fn a_worker_leases_only_its_queues(world) {
        enqueue(world, &erase(id()), now()).await;
        enqueue(world, &Job::RunCheck { check: id() }, now()).await;
        let leased = world.store.lease(&[Queue::Probe], 10, now(), Duration::from_secs(10)).await.unwrap();
        assert!(matches!(leased[..], [Leased { job: Job::RunCheck { .. }, .. }]), "{leased:?}");
    }

    async fn jobs_are_leased_in_the_order_in_which_they_are_due(world) {
        let jobs = [erase(id()), erase(id()), erase(id())];
        for (job, at) in jobs.iter().zip([later(2), now(), later(1)]) {
            enqueue(world, job, at).await;
        }
        let first = world.store.lease(&Queue::ALL, 2, later(9), Duration::from_secs(10)).await.unwrap();
        let first: Vec<_> = first.into_iter().map(|leased| leased.job).collect();
        assert!(first.contains(&jobs[1]) && first.contains(&jobs[2]), "{first:?}");
    }

    async fn a_job_enqueued_in_a_transaction_that_is_rolled_back_does_not_exist(world) {
        let mut tx = world.store.begin().await.unwrap();
        tx.jobs().enqueue(&Job::Watch, now()).await.unwrap();
        drop(tx);
        assert_eq!(lease(world, now()).await, []);
    }

    async fn the_same_job_waits_once_at_the_earlier_moment(world) {
        enqueue(world, &Job::Watch, later(20)).await;
        enqueue(world, &Job::Watch, later(10)).await;
        enqueue(world, &Job::Watch, later(30)).await;
        assert_eq!(counts(world).await, [("process".into(), "ready".into(), 1)]);
        assert_eq!(world.store.next_job_at(&Queue::ALL).await.unwrap(), Some(later(10)));
    }

    async fn a_job_enqueued_while_it_runs_runs_again_afterwards(world) {
        enqueue(world, &Job::Watch, now()).await;
        let first = lease_one(world, now()).await;
        enqueue(world, &Job::Watch, now()).await;
        assert_eq!(lease(world, now()).await, [], "the same job runs once at a time");
        world.store.finish(&first, &Disposition::Done).await.unwrap();
        let second = lease_one(world, now()).await;
        assert_ne!(first.id, second.id);
    }

    async fn an_expired_lease_is_leased_again_under_a_higher_fence(world) {
        enqueue(world, &Job::Watch, now()).await;
        let first = lease_one(world, now()).await;
        assert!(holds(world, &first, later(9)).await);
        assert!(!holds(world, &first, later(10)).await);
        assert_eq!(lease(world, later(9)).await, []);
        let second = lease_one(world, later(10)).await;
        assert_eq!((second.id, second.attempt), (first.id, 2));
        assert!(second.fence > first.fence);
        assert!(!holds(world, &first, later(10)).await && holds(world, &second, later(10)).await);
        for disposition in [Disposition::Done, Disposition::Again { at: now() }, Disposition::Park { why: "x".into() }] {
            let lost = world.store.finish(&first, &disposition).await.unwrap_err();
            assert!(matches!(lost, StoreError::Conflict(_)), "{lost:?}");
        }
        let lost = world.store.extend(&first, later(99)).await.unwrap_err();
        assert!(matches!(lost, StoreError::Conflict(_)), "{lost:?}");
        world.store.finish(&second, &Disposition::Done).await.unwrap();
        assert_eq!(counts(world).await, []);
    }

    async fn an_expired_lease_goes_before_its_twin(world) {
        enqueue(world, &Job::Watch, now()).await;
        let first = lease_one(world, now()).await;
        enqueue(world, &Job::Watch, now()).await;
        let again = lease_one(world, later(10)).await;
        assert_eq!(again.id, first.id);
    }

    async fn a_lease_is_prolonged(world) {
        enqueue(world, &Job::Watch, now()).await;
        let leased = lease_one(world, now()).await;
        world.store.extend(&leased, later(60)).await.unwrap();
        assert!(holds(world, &leased, later(59)).await);
        assert_eq!(lease(world, later(59)).await, []);
    }

    async fn a_retry_counts_and_giving_back_does_not(world) {
        enqueue(world, &Job::Watch, now()).await;
        let first = lease_one(world, now()).await;
        let retry = Disposition::Retry { at: later(5), why: "no answer".into() };
        world.store.finish(&first, &retry).await.unwrap();
        assert_eq!(lease(world, later(4)).await, []);
        let second = lease_one(world, later(5)).await;
        assert_eq!(second.attempt, 2);
        world.store.finish(&second, &Disposition::Again { at: later(5) }).await.unwrap();
        assert_eq!(lease_one(world, later(5)).await.attempt, 2);
    }

    async fn a_retry_and_its_twin_become_one_at_the_earlier_moment(world) {
        enqueue(world, &Job::Watch, now()).await;
        let first = lease_one(world, now()).await;
        enqueue(world, &Job::Watch, later(3)).await;
        let retry = Disposition::Retry { at: later(5), why: "no answer".into() };
        world.store.finish(&first, &retry).await.unwrap();
        assert_eq!(counts(world).await, [("process".into(), "ready".into(), 1)]);
        assert_eq!(lease_one(world, later(3)).await.attempt, 2);
    }

    async fn a_parked_job_waits_for_a_person(world) {
        let job = erase(id());
        enqueue(world, &job, now()).await;
        let leased = lease_one(world, now()).await;
        world.store.finish(&leased, &Disposition::Park { why: "no right to delete".into() }).await.unwrap();
        assert_eq!(lease(world, later(9_999)).await, []);
        assert_eq!(world.store.next_job_at(&Queue::ALL).await.unwrap(), None);
        let parked = world.read(async |tx| tx.jobs().parked().await.unwrap()).await;
        assert_eq!(parked, [(leased.id, job, "no right to delete".to_owned())]);

        let mut tx = world.store.begin().await.unwrap();
        tx.jobs().unpark(leased.id, later(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(lease_one(world, later(1)).await.attempt, 1);
    }

    async fn an_unparked_job_and_its_twin_become_one(world) {
        enqueue(world, &Job::Watch, now()).await;
        let leased = lease_one(world, now()).await;
        world.store.finish(&leased, &Disposition::Park { why: "x".into() }).await.unwrap();
        enqueue(world, &Job::Watch, later(50)).await;
        let mut tx = world.store.begin().await.unwrap();
        tx.jobs().unpark(leased.id, later(1)).await.unwrap();
        let gone = tx.jobs().unpark(leased.id, later(1)).await.unwrap_err();
        assert!(matches!(gone, StoreError::Conflict(_)), "{gone:?}");
        tx.commit().await.unwrap();
        assert_eq!(lease_one(world, later(1)).await.id, leased.id);
        assert_eq!(counts(world).await, [("process".into(), "leased".into(), 1)]);
    }

    async fn a_job_that_cannot_be_read_is_parked_and_the_others_run(world) {
        enqueue(world, &Job::Watch, now()).await;
        let sql = "UPDATE jobs SET document = '{\"job\": \"of a later release\"}'";
        assert_eq!(world.bare().await.execute(sql).await, Ok(1));
        let good = erase(id());
        enqueue(world, &good, now()).await;
        assert_eq!(lease_one(world, now()).await.job, good);
        let parked = ("process".to_owned(), "parked".to_owned(), 1);
        assert!(counts(world).await.contains(&parked));
        assert_eq!(world.read(async |tx| tx.jobs().parked().await.unwrap()).await, []);
    }

    async fn the_next_moment_is_that_of_the_queues_asked_for(world) {
        assert_eq!(world.store.next_job_at(&Queue::ALL).await.unwrap(), None);
        enqueue(world, &Job::Watch, later(7)).await;
        enqueue(world, &erase(id()), later(3)).await;
        assert_eq!(world.store.next_job_at(&[Queue::Process]).await.unwrap(), Some(later(7)));
        assert_eq!(world.store.next_job_at(&Queue::ALL).await.unwrap(), Some(later(3)));
        lease_one(world, later(3)).await;
        assert_eq!(world.store.next_job_at(&[Queue::EraseStep]).await.unwrap(), Some(later(13)), "the lease's end");
    }

    async fn a_commit_wakes_workers_at_once(world) {
        let store = world.store.clone();
        let waiting = tokio::spawn(async move {
            let begun = std::time::Instant::now();
            store.wait_for_work(Duration::from_secs(60)).await;
            begun.elapsed()
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        enqueue(world, &Job::Watch, now()).await;
        assert!(waiting.await.unwrap() < Duration::from_millis(200));
    }

    /// Not only by the look that every worker takes from time to time.
    async fn a_commit_of_another_process_wakes_workers_soon(world) {
        let other = storage::open(&world.url).await.unwrap();
        let mut best = Duration::MAX;
        // The best of some, so that a busy machine fails nobody.
        for _ in 0..5 {
            // A permit of an earlier commit is used up.
            while let Ok(()) = tokio::time::timeout(Duration::from_millis(100), other.wait_for_work(Duration::from_secs(60))).await {}
            let waiting = other.clone();
            let waiting = tokio::spawn(async move {
                waiting.wait_for_work(Duration::from_secs(60)).await;
                std::time::Instant::now()
            });
            tokio::time::sleep(Duration::from_millis(20)).await;
            enqueue(world, &erase(id()), now()).await;
            let committed = std::time::Instant::now();
            best = best.min(waiting.await.unwrap().saturating_duration_since(committed));
        }
        assert!(best < Duration::from_millis(120), "{best:?}");
        other.close().await;
    }

    async fn the_end_of_a_job_wakes_those_who_wait_for_its_twin(world) {
        enqueue(world, &Job::Watch, now()).await;
        let leased = lease_one(world, now()).await;
        enqueue(world, &Job::Watch, now()).await;
        // The permit that the commit left is used up.
        world.store.wait_for_work(Duration::from_secs(60)).await;
        let waiting = async {
            let begun = std::time::Instant::now();
            world.store.wait_for_work(Duration::from_secs(60)).await;
            begun.elapsed()
        };
        let finish = async { world.store.finish(&leased, &Disposition::Done).await.unwrap() };
        let (waited, ()) = futures::join!(waiting, finish);
        assert!(waited < Duration::from_millis(200), "{waited:?}");
    }

    async fn many_workers_never_share_a_job(world) {
        let other = storage::open(&world.url).await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        for _ in 0..60 {
            tx.jobs().enqueue(&erase(id()), now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let workers = (0..6).map(|number| {
            let store = if number % 2 == 0 { world.store.clone() } else { other.clone() };
            tokio::spawn(async move {
                let mut done = Vec::new();
                loop {
                    let leased = store.lease(&Queue::ALL, 3, now(), Duration::from_secs(60)).await.unwrap();
                    if leased.is_empty() {
                        return done;
                    }
                    for job in leased {
                        store.finish(&job, &Disposition::Done).await.unwrap();
                        done.push(job.id);
                    }
                }
            })
        });
        let mut done = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            done.extend(worker.await.unwrap());
        }
        done.sort();
        done.dedup();
        assert_eq!(done.len(), 60);
        assert_eq!(counts(world).await, []);
        other.close().await;
    }
}
