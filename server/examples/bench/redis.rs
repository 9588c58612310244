//! A hundred thousand of two hundred thousand keys of Redis, next to SCAN and UNLINK page by page.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use domain::inventory::DatasetRef;
use domain::selection::RecordId;
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use serde_json::json;

use crate::figure::Figure;
use crate::inventory::{Credentials, apply, dataset};
use crate::run::{Eyes, Run, erase_tenant};
use crate::world::World;

const KEYS: u64 = 200_000;
const CHUNK: u32 = 20_000;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Keys of one page.
const PAGE: usize = 1_000;

struct Keys(MultiplexedConnection);

/// Takes the figures.
pub async fn take(rounds: u32) -> Result<Vec<Figure>> {
    let url = crate::server("LETHE_TEST_REDIS")?;
    let patient = AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
    let client = redis::Client::open(url.as_str())?;
    let mut keys = Keys(
        client
            .get_multiplexed_async_connection_with_config(&patient)
            .await?,
    );
    let world = World::make(None).await?;
    let credentials = Credentials {
        erase: url.clone(),
        probe: url,
    };
    let sessions = dataset("sessions", "bench:{tenant}:*", None, "bench:synthetic:1");
    apply(&world, "redis", CHUNK, json!({}), vec![sessions], &credentials).await?;
    let (mut runs, mut plain): (Vec<Run>, Vec<Duration>) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let tenant = format!("tenant{round}");
        keys.fill(&tenant).await?;
        plain.push(keys.unlink(&tenant).await?);
        keys.fill(&tenant).await?;
        let customer = world.customer(&tenant).await?;
        let run = erase_tenant(&world, &customer, &keys).await?;
        ensure!(run.reported == KEYS / 2, "{} keys were reported", run.reported);
        runs.push(run);
    }
    for tenant in ["other", "synthetic"] {
        keys.unlink(tenant).await?;
    }
    world.close().await;
    let erasing: Vec<_> = runs.iter().map(|run| run.erasing).collect();
    let whole: Vec<_> = runs.iter().map(|run| run.whole).collect();
    Ok(vec![
        Figure::seconds("erase 100,000 of 200,000 Redis keys", &erasing).peer("SCAN and UNLINK", &plain),
        Figure::seconds("  the whole request, opened to issued", &whole),
    ])
}

impl Keys {
    /// Half of all keys are the tenant's.
    async fn fill(&mut self, tenant: &str) -> Result<()> {
        redis::cmd("SET")
            .arg("bench:synthetic:1")
            .arg("x")
            .query_async::<()>(&mut self.0)
            .await?;
        for page in 0..KEYS / 2 / PAGE as u64 {
            let mut writes = redis::pipe();
            for n in (page * PAGE as u64..).take(PAGE) {
                writes.set(format!("bench:{tenant}:{n}"), "a session").ignore();
                writes.set(format!("bench:other:{n}"), "a session").ignore();
            }
            writes.query_async::<()>(&mut self.0).await?;
        }
        Ok(())
    }

    /// What a careful person would type.
    async fn unlink(&mut self, tenant: &str) -> Result<Duration> {
        let begun = Instant::now();
        let mut cursor = 0_u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor)
                .arg("MATCH")
                .arg(format!("bench:{tenant}:*"))
                .arg("COUNT")
                .arg(PAGE);
            let (next, keys): (u64, Vec<String>) = scan.query_async(&mut self.0).await?;
            if !keys.is_empty() {
                redis::cmd("UNLINK")
                    .arg(keys)
                    .query_async::<()>(&mut self.0)
                    .await?;
            }
            if next == 0 {
                return Ok(begun.elapsed());
            }
            cursor = next;
        }
    }
}

impl Eyes for Keys {
    async fn see(&self, _dataset: &DatasetRef, ids: &[RecordId]) -> Result<Vec<bool>> {
        let mut db = self.0.clone();
        let mut asks = redis::pipe();
        for id in ids {
            asks.exists(&id.0);
        }
        Ok(asks.query_async(&mut db).await?)
    }
}
