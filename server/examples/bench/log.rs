//! The log: entries appended and given their place under a signed checkpoint, and the whole of it recomputed.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use domain::actor::Actor;
use domain::audit::Event;
use domain::time::Entropy as _;
use engine::Engine;
use serde_json::json;
use uuid::Uuid;
use vault::SystemEntropy;

use crate::figure::{Figure, Goal};
use crate::memory;
use crate::world::World;

/// Entries in all.
const ENTRIES: u64 = 1_000_000;
/// Entries of one measurement.
const ROUND: u64 = 100_000;
/// Entries in one commit.
const COMMIT: u64 = 1_000;
/// Commits of one entry each.
const SINGLE: u64 = 500;

/// Takes the figures on the embedded store.
pub async fn take(rounds: u32) -> Result<Vec<Figure>> {
    let world = World::make(None).await?;
    let engine = &world.wired.engine;
    let (mut appending, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..ENTRIES / ROUND {
        let begun = Instant::now();
        for _ in 0..ROUND / COMMIT {
            append(engine, COMMIT).await?;
        }
        let appended = begun.elapsed();
        engine.sequence_log().await?;
        appending.push(ROUND as f64 / appended.as_secs_f64());
        whole.push(ROUND as f64 / begun.elapsed().as_secs_f64());
    }
    let keys = world
        .wired
        .issuer
        .as_ref()
        .context("the signing keys")?
        .log_keys()?;
    let mut verifying = Vec::new();
    memory::forget_peak();
    for _ in 0..rounds {
        let begun = Instant::now();
        let report = engine.verify_log(&world.auditor, &keys).await?;
        verifying.push(begun.elapsed());
        ensure!(
            report.size >= ENTRIES && report.waiting == 0,
            "the log has {} entries",
            report.size
        );
    }
    let peak = memory::peak();
    let begun = Instant::now();
    for _ in 0..SINGLE {
        append(engine, 1).await?;
    }
    let single = SINGLE as f64 / begun.elapsed().as_secs_f64();
    world.close().await;
    Ok(vec![
        Figure::new("log: entries appended, placed and signed, SQLite", "1/s", whole)
            .goal(Goal::Over(20_000.0)),
        Figure::new("  appending them, 1,000 to a commit", "1/s", appending),
        Figure::new("  appending with a commit for each", "1/s", vec![single]),
        Figure::seconds("log: 1,000,000 entries recomputed and verified", &verifying).goal(Goal::Under(2.0)),
        Figure::new(
            "  resident memory at most meanwhile",
            "MB",
            peak.into_iter().collect(),
        ),
    ])
}

/// One commit of some entries such as use cases write.
async fn append(engine: &Engine, entries: u64) -> Result<()> {
    let actor = Actor::System("eraser");
    let mut tx = engine.store().begin().await?;
    for chunk in 0..entries {
        let id = Uuid::now_v7();
        let details = json!({ "step": id, "dataset": "crm.users", "deadline": engine.now(), "chunk": chunk });
        let event = Event::new("attempt.authorised", format!("attempt:{id}"), details);
        let mut salt = [0; 16];
        SystemEntropy.fill(&mut salt);
        tx.log()
            .append(&event.entry(id.into(), &actor, engine.now(), salt))
            .await?;
    }
    Ok(tx.commit().await?)
}
