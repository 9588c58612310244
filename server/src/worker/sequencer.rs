//! The order of the log: entries get their place, and a checkpoint is signed, soon after their commit.

use std::time::Duration;

use engine::Engine;

use super::Stop;

/// How long an entry waits at most where no bell rings (entries of other processes).
const LONGEST: Duration = Duration::from_millis(200);
/// How soon after one look the next may come: entries of one burst share a checkpoint.
const SHORTEST: Duration = Duration::from_millis(20);
/// How long to leave the database alone after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// Sequences until told to stop. One complaint per row of failures.
pub(super) async fn keep_order(engine: &Engine, mut stop: Stop) {
    let mut failing = false;
    while !stop.is_said() {
        match engine.sequence_log().await {
            Ok(_) => failing = false,
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::error!(%error, "the log cannot be put in order; entries wait");
                }
                stop.or_after(AFTER_FAILURE).await;
                continue;
            }
        }
        stop.or_after(SHORTEST).await;
        tokio::select! {
            () = engine.store().wait_for_work(LONGEST) => {}
            () = stop.said() => {}
        }
    }
}
