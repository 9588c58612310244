//! A million of two million rows of PostgreSQL, chunk by chunk behind the fence, next to one plain DELETE.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use crate::figure::{Figure, Goal};
use crate::inventory::{apply, dataset};
use crate::postgres::Site;
use crate::run::{Run, erase_tenant};
use crate::world::World;

const ROWS: u64 = 2_000_000;
/// Records per chunk: what the inventory may say for so large a table, and what it says by itself.
const LARGE: u32 = 500_000;
const MIDDLE: u32 = 100_000;
const USUAL: u32 = 10_000;

/// Takes the figures. What is compared alternates, so that a busy moment meets both.
pub async fn take(rounds: u32) -> Result<Vec<Figure>> {
    let site = Site::make().await?;
    site.run(format!(
        "CREATE TABLE template AS
         SELECT n::bigint AS id, 'other' || n % 50 AS tenant, repeat('x', 60) AS note FROM generate_series(1, {ROWS}) n"
    ))
    .await?;
    let world = World::make(None).await?;
    let rounds = rounds.min(3);
    let (mut large, mut middle, mut usual, mut plain) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        plain.push(delete(&site, &fill(&site, &format!("plain{round}")).await?)?);
        large.push(erase(&site, &world, &format!("large{round}"), LARGE).await?);
        middle.push(erase(&site, &world, &format!("middle{round}"), MIDDLE).await?);
        if round == 0 {
            usual.push(erase(&site, &world, "usual", USUAL).await?);
        }
    }
    world.close().await;
    site.remove().await?;
    let erasing = |runs: &[Run]| runs.iter().map(|run| run.erasing).collect::<Vec<_>>();
    let whole: Vec<Duration> = large.iter().map(|run| run.whole).collect();
    Ok(vec![
        Figure::seconds(
            "erase 1,000,000 of 2,000,000 rows, chunks of 500,000",
            &erasing(&large),
        )
        .peer("one DELETE by psql", &plain)
        .goal(Goal::Under(1.15)),
        Figure::seconds(
            "erase 1,000,000 of 2,000,000 rows, chunks of 100,000",
            &erasing(&middle),
        )
        .peer("one DELETE by psql", &plain),
        Figure::seconds(
            "erase 1,000,000 of 2,000,000 rows, chunks of 10,000",
            &erasing(&usual),
        )
        .peer("one DELETE by psql", &plain),
        Figure::seconds("  the whole request, opened to issued", &whole),
    ])
}

/// A fresh table in which every second row is the tenant's.
async fn fill(site: &Site, tenant: &str) -> Result<String> {
    site.run(format!(
        "DROP TABLE IF EXISTS records;
         CREATE TABLE records (id bigint NOT NULL, tenant text NOT NULL, note text NOT NULL);
         INSERT INTO records SELECT 0, 'synthetic', '';
         INSERT INTO records SELECT id, CASE WHEN id % 2 = 0 THEN '{tenant}' ELSE tenant END, note FROM template;
         ALTER TABLE records ADD PRIMARY KEY (id);
         CREATE INDEX ON records (tenant)"
    ))
    .await?;
    site.run("VACUUM ANALYZE records".into()).await?;
    site.run("CHECKPOINT".into()).await?;
    Ok(tenant.to_owned())
}

async fn erase(site: &Site, world: &World, tenant: &str, chunk: u32) -> Result<Run> {
    fill(site, tenant).await?;
    let records = dataset("records", "records", Some("id"), "0");
    apply(
        world,
        "postgres",
        chunk,
        json!({}),
        vec![records],
        &site.credentials(),
    )
    .await?;
    let customer = world.customer(tenant).await?;
    let run = erase_tenant(world, &customer, site).await?;
    ensure!(run.reported == ROWS / 2, "{} records were reported", run.reported);
    Ok(run)
}

/// The time that psql itself says the statement took.
fn delete(site: &Site, tenant: &str) -> Result<Duration> {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command=\\timing on"]);
    psql.arg(format!("--command=DELETE FROM records WHERE tenant = '{tenant}'"));
    let output = psql
        .arg(site.owner_url()?)
        .output()
        .context("psql (package postgresql-client)")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !text.contains(&format!("DELETE {}", ROWS / 2)) {
        bail!("psql: {text}{}", String::from_utf8_lossy(&output.stderr));
    }
    let millis = text.lines().find_map(|line| {
        line.strip_prefix("Time: ")?
            .split(' ')
            .next()?
            .parse::<f64>()
            .ok()
    });
    Ok(Duration::from_secs_f64(
        millis.context("psql tells no time")? / 1000.0,
    ))
}
