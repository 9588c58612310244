//! What recurs: a look each minute for what is overdue.

use std::time::Duration;

use domain::job::Job;
use domain::port::store::StoreError;
use engine::Engine;

use super::Stop;

/// How often somebody looks for what is overdue. Many processes leave one job: the same job is not queued twice.
const EVERY: Duration = Duration::from_secs(60);

/// Leaves the recurring jobs until told to stop.
pub(super) async fn recur(engine: &Engine, mut stop: Stop) {
    while !stop.is_said() {
        if let Err(error) = leave(engine).await {
            tracing::warn!(%error, "the watch could not be queued; it is tried again in a minute");
        }
        stop.or_after(EVERY).await;
    }
}

async fn leave(engine: &Engine) -> Result<(), StoreError> {
    let mut tx = engine.store().begin().await?;
    tx.jobs().enqueue(&Job::Watch, engine.now()).await?;
    tx.commit().await
}
