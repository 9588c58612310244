//! Work in the background: jobs, the order of the log, and what recurs.

mod bounces;
mod runner;
mod schedule;
mod sequencer;
mod stop;

use engine::Engine;

pub use runner::Runner;
pub use stop::{Stop, Stopper, stop_pair, until_signal};

use crate::wiring::{Role, Wired};

/// Runs everything that a role does in the background, until told to stop.
pub async fn work(wired: &Wired, role: Role, concurrency: usize, stop: Stop) {
    let engine = wired.engine.clone();
    let runner = Runner::new(engine.clone(), role.queues(), concurrency);
    let sequencer = async {
        if wired.issuer.is_some() {
            sequencer::keep_order(&engine, stop.clone()).await;
        }
    };
    let schedule = async {
        if role.queues().contains(&domain::job::Queue::Process) {
            schedule::recur(&engine, stop.clone()).await;
        }
    };
    let bounces = async {
        if let Some(folder) = &wired.bounces {
            bounces::watch(&engine, folder, stop.clone()).await;
        }
    };
    tokio::join!(runner.run(stop.clone()), sequencer, schedule, bounces);
    settle_log(wired, &engine).await;
}

/// What the last jobs logged gets its place before the process ends.
async fn settle_log(wired: &Wired, engine: &Engine) {
    if wired.issuer.is_some()
        && let Err(error) = engine.sequence_log().await
    {
        tracing::warn!(%error, "the last entries of the log wait for the next start");
    }
}
