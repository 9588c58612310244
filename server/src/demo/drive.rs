//! Runs the jobs that are due, side by side as a worker does, until none is left or the story stops them.

use std::time::{Duration, Instant};

use domain::id::RequestId;
use domain::job::{Disposition, Queue};
use domain::port::store::StoreError;
use domain::request::{ErasureRequest, Stage};
use engine::Engine;
use tokio::task::JoinSet;

use super::DemoError;

/// Jobs at the same time.
const TOGETHER: u32 = 16;
/// What is due so soon is waited for; the clock is not moved for it.
const SOON: Duration = Duration::from_secs(2);
/// No stretch of the story takes longer than this.
const LONGEST: Duration = Duration::from_secs(120);

/// Runs everything that is due.
pub(super) async fn run_due(engine: &Engine) -> Result<(), DemoError> {
    run_until(engine, async || Ok(false)).await
}

/// Runs what is due until a request is at a stage.
pub(super) async fn run_to(
    engine: &Engine,
    id: RequestId,
    stage: Stage,
) -> Result<ErasureRequest, DemoError> {
    run_until(engine, async || Ok(request(engine, id).await?.stage == stage)).await?;
    let request = request(engine, id).await?;
    match request.stage == stage {
        true => Ok(request),
        false => Err(DemoError::NotAsTold(format!(
            "the request is {}, not {}",
            request.state_word(),
            stage.word()
        ))),
    }
}

async fn request(engine: &Engine, id: RequestId) -> Result<ErasureRequest, DemoError> {
    let found = engine.store().read().await?.requests().find(id).await?;
    found.ok_or_else(|| DemoError::NotAsTold("the request is gone".into()))
}

async fn run_until(
    engine: &Engine,
    enough: impl AsyncFn() -> Result<bool, DemoError>,
) -> Result<(), DemoError> {
    let begun = Instant::now();
    while !enough().await? {
        if begun.elapsed() > LONGEST {
            return Err(DemoError::NotAsTold(
                "the jobs of this stretch come to no end".into(),
            ));
        }
        let leased = engine
            .store()
            .lease(&Queue::ALL, TOGETHER, engine.now(), engine.policy().lease)
            .await?;
        if leased.is_empty() {
            match engine.store().next_job_at(&Queue::ALL).await? {
                Some(at) if at <= engine.now().after(SOON) => {
                    tokio::time::sleep(Duration::from_millis(2)).await
                }
                _ => return Ok(()),
            }
            continue;
        }
        let mut running = JoinSet::new();
        for leased in leased {
            let engine = engine.clone();
            running.spawn(async move {
                let disposition = engine.run(&leased).await;
                match engine.store().finish(&leased, &disposition).await {
                    Ok(()) | Err(StoreError::Conflict(_)) => Ok(disposition),
                    Err(error) => Err(error),
                }
            });
        }
        for ended in running.join_all().await {
            if let Disposition::Park { why } = ended? {
                return Err(DemoError::NotAsTold(format!("a job was parked: {why}")));
            }
        }
    }
    Ok(())
}
