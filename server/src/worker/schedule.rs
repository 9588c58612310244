//! What recurs: a look each minute for what is overdue, and each hour a sweep of sessions that are over.

use std::time::Duration;

use domain::job::Job;
use domain::port::store::StoreError;
use engine::Engine;

use super::Stop;

/// How often somebody looks for what is overdue. Many processes leave one job: the same job is not queued twice.
const EVERY: Duration = Duration::from_secs(60);
/// So many looks go by from one sweep to the next.
const LOOKS_PER_SWEEP: u32 = 60;

/// Leaves the recurring jobs until told to stop.
pub(super) async fn recur(engine: &Engine, mut stop: Stop) {
    for look in 0_u32.. {
        if stop.is_said() {
            return;
        }
        let sweep = look % LOOKS_PER_SWEEP == 0;
        if let Err(error) = leave(engine, sweep).await {
            tracing::warn!(%error, "the watch could not be queued; it is tried again in a minute");
        }
        stop.or_after(EVERY).await;
    }
}

async fn leave(engine: &Engine, sweep: bool) -> Result<(), StoreError> {
    let mut tx = engine.store().begin().await?;
    tx.jobs().enqueue(&Job::Watch, engine.now()).await?;
    if sweep {
        tx.jobs().enqueue(&Job::Sweep, engine.now()).await?;
    }
    tx.commit().await
}
