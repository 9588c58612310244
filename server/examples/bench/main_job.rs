//! The main job: a tenant leaves, its records in ten tables of PostgreSQL go, and there is a certificate.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::figure::{Figure, Goal};
use crate::inventory::{apply, dataset};
use crate::postgres::Site;
use crate::run::{Run, erase_tenant};
use crate::world::World;

const TABLES: usize = 10;
const ROWS: u64 = 1_000;
/// Records per chunk where the inventory says nothing.
const CHUNK: u32 = 10_000;

/// Takes the figure: each round another tenant of the same tables.
pub async fn take(rounds: u32) -> Result<Vec<Figure>> {
    let site = Site::make().await?;
    for table in 0..TABLES {
        site.run(format!(
            "CREATE TABLE t{table} (id bigint PRIMARY KEY, tenant text NOT NULL, email text NOT NULL, note text NOT NULL);
             INSERT INTO t{table} SELECT 0, 'synthetic', 'nobody@example.com', '';
             INSERT INTO t{table} SELECT n, 'tenant' || n % ({rounds} + 2), 'person' || n || '@example.com', repeat('x', 60)
             FROM generate_series(1, {ROWS} * ({rounds} + 2)) n;
             CREATE INDEX ON t{table} (tenant);
             ANALYZE t{table}"
        ))
        .await?;
    }
    let world = World::make(None).await?;
    let datasets =
        (0..TABLES).map(|table| dataset(&format!("t{table}"), &format!("t{table}"), Some("id"), "0"));
    apply(
        &world,
        "postgres",
        CHUNK,
        json!({}),
        datasets.collect(),
        &site.credentials(),
    )
    .await?;
    let mut runs: Vec<Run> = Vec::new();
    // The first one warms what a server that has run for a while has warm.
    for round in 0..=rounds {
        let customer = world.customer(&format!("tenant{round}")).await?;
        let run = erase_tenant(&world, &customer, &site).await?;
        ensure!(
            run.reported == TABLES as u64 * ROWS,
            "{} records were reported",
            run.reported
        );
        runs.push(run);
    }
    world.close().await;
    site.remove().await?;
    let first = runs.remove(0);
    let whole: Vec<_> = runs.iter().map(|run| run.whole).collect();
    let erasing: Vec<_> = runs.iter().map(|run| run.erasing).collect();
    Ok(vec![
        Figure::seconds("main job: 10 tables x 1,000 rows, opened to issued", &whole).goal(Goal::Under(0.25)),
        Figure::seconds("  of which erasing", &erasing),
        Figure::seconds("  the first one after the start", &[first.whole]),
    ])
}
