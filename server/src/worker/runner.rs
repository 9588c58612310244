//! The lease loop: takes jobs, runs them side by side, keeps their leases alive, and ends each lease.

use std::collections::HashMap;
use std::time::Duration;

use domain::job::{Disposition, Leased, Queue, backoff};
use domain::port::store::StoreError;
use engine::Engine;
use tokio::task::{Id, JoinError, JoinSet};
use tracing::Instrument as _;

use super::Stop;

/// How long a worker sleeps at most before it looks again.
const LONGEST: Duration = Duration::from_secs(5);
/// How long it sleeps at least: what is due may be held back by its twin.
const SHORTEST: Duration = Duration::from_millis(5);
/// How long to leave the database alone when it does not answer.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How long running jobs may take to end after a stop, before they are given back.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Runs the jobs of some queues.
pub struct Runner {
    engine: Engine,
    queues: &'static [Queue],
    concurrency: usize,
    last_words: Duration,
}

impl Runner {
    /// A runner of so many jobs at the same time.
    pub fn new(engine: Engine, queues: &'static [Queue], concurrency: usize) -> Self {
        Self {
            engine,
            queues,
            concurrency,
            last_words: LAST_WORDS,
        }
    }

    /// Runs until told to stop; then waits briefly and gives back what is not finished.
    pub async fn run(&self, mut stop: Stop) {
        let mut running = Running::default();
        let mut failing = false;
        while !stop.is_said() {
            self.clear(&mut running).await;
            let free =
                u32::try_from(self.concurrency.saturating_sub(running.tasks.len())).unwrap_or(u32::MAX);
            let leased = match free {
                0 => Ok(Vec::new()),
                _ => {
                    self.engine
                        .store()
                        .lease(self.queues, free, self.engine.now(), self.engine.policy().lease)
                        .await
                }
            };
            match leased {
                Ok(jobs) if jobs.is_empty() => self.wait(&mut running, &mut stop, free == 0).await,
                Ok(jobs) => jobs
                    .into_iter()
                    .for_each(|leased| self.start(&mut running, leased)),
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(%error, "no jobs can be leased; trying again");
                    }
                    stop.or_after(AFTER_FAILURE).await;
                    continue;
                }
            }
            failing = false;
        }
        self.give_back(running).await;
    }

    fn start(&self, running: &mut Running, leased: Leased) {
        let (engine, job) = (self.engine.clone(), leased.clone());
        let span = tracing::debug_span!("job", id = %leased.id, queue = leased.job.queue().word(), attempt = leased.attempt);
        let handle = running
            .tasks
            .spawn(async move { run_alive(&engine, &job).await }.instrument(span));
        running.leases.insert(handle.id(), leased);
    }

    /// Waits for work, for the end of a job, or for the stop.
    async fn wait(&self, running: &mut Running, stop: &mut Stop, full: bool) {
        let nothing_runs = running.tasks.is_empty();
        let idle = async {
            let next = self.engine.store().next_job_at(self.queues).await.ok().flatten();
            let due = next.map_or(LONGEST, |at| at.since(self.engine.now()));
            self.engine
                .store()
                .wait_for_work(due.clamp(SHORTEST, LONGEST))
                .await;
        };
        tokio::select! {
            Some(left) = running.tasks.join_next_with_id(), if !nothing_runs => self.left(&mut running.leases, left).await,
            () = idle, if !full => {}
            () = stop.said() => {}
        }
    }

    /// Takes note of jobs that ended.
    async fn clear(&self, running: &mut Running) {
        while let Some(left) = running.tasks.try_join_next_with_id() {
            self.left(&mut running.leases, left).await;
        }
    }

    /// A job left. A panic is a failure like any other, and never takes the worker with it.
    async fn left(&self, leases: &mut HashMap<Id, Leased>, left: Result<(Id, ()), JoinError>) {
        match left {
            Ok((id, ())) => drop(leases.remove(&id)),
            Err(error) => {
                let Some(leased) = leases.remove(&error.id()).filter(|_| error.is_panic()) else {
                    return;
                };
                tracing::error!(job = %leased.id, queue = leased.job.queue().word(), "a job panicked; it is tried again");
                let failures = u32::try_from(leased.attempt).unwrap_or(u32::MAX);
                let at = self.engine.now().after(backoff(failures));
                finish(
                    &self.engine,
                    &leased,
                    &Disposition::Retry {
                        at,
                        why: "the worker panicked".into(),
                    },
                )
                .await;
            }
        }
    }

    /// Lets running jobs end, and gives back those that do not.
    async fn give_back(&self, mut running: Running) {
        let ending = async {
            while let Some(left) = running.tasks.join_next_with_id().await {
                self.left(&mut running.leases, left).await;
            }
        };
        if tokio::time::timeout(self.last_words, ending).await.is_ok() {
            return;
        }
        running.tasks.shutdown().await;
        tracing::info!(jobs = running.leases.len(), "unfinished jobs are given back");
        for leased in running.leases.into_values() {
            finish(
                &self.engine,
                &leased,
                &Disposition::Again {
                    at: self.engine.now(),
                },
            )
            .await;
        }
    }
}

/// What runs, and the lease of each task.
#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    leases: HashMap<Id, Leased>,
}

/// Runs a job while its lease is kept alive, and ends the lease. When it is lost, the work is dropped where it stands:
/// somebody else has the job.
async fn run_alive(engine: &Engine, leased: &Leased) {
    tokio::select! {
        disposition = engine.run(leased) => {
            tell(leased, &disposition);
            finish(engine, leased, &disposition).await;
        }
        () = keep_alive(engine, leased) => tracing::warn!(job = %leased.id, "the lease was lost; the work is dropped"),
    }
}

/// Prolongs a lease three times in its length; returns when it is lost.
async fn keep_alive(engine: &Engine, leased: &Leased) {
    let lease = engine.policy().lease;
    let mut until = leased.leased_until;
    loop {
        tokio::time::sleep(lease / 3).await;
        let wanted = engine.now().after(lease);
        match engine.store().extend(leased, wanted).await {
            Ok(()) => until = wanted,
            Err(StoreError::Conflict(_)) => return,
            Err(error) => tracing::warn!(job = %leased.id, %error, "a lease could not be prolonged"),
        }
        if engine.now() >= until {
            return;
        }
    }
}

/// Ends a lease. What cannot be written ends by itself, when the lease does.
async fn finish(engine: &Engine, leased: &Leased, disposition: &Disposition) {
    for pause in [10, 100, 1_000] {
        match engine.store().finish(leased, disposition).await {
            Ok(()) => return,
            Err(StoreError::Conflict(_)) => {
                tracing::debug!(job = %leased.id, "the lease was lost; the result is dropped");
                return;
            }
            Err(error) => {
                tracing::warn!(job = %leased.id, %error, "the end of a lease could not be written");
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
        }
    }
}

/// Says once how a job ended.
fn tell(leased: &Leased, disposition: &Disposition) {
    let (job, queue) = (leased.id, leased.job.queue().word());
    match disposition {
        Disposition::Done => tracing::debug!(%job, queue, "done"),
        Disposition::Again { at } => tracing::trace!(%job, queue, %at, "again"),
        Disposition::Retry { at, why } => {
            tracing::info!(%job, queue, attempt = leased.attempt, %at, why, "to be tried again")
        }
        Disposition::Park { why } => tracing::warn!(%job, queue, why, "parked: a person must act"),
    }
}

#[cfg(test)]
mod tests;
