//! The hold check, as a lease makes it: behind the fence, in the transaction that would authorise.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::Result;
use domain::actor::Actor;
use domain::audit::Event;
use domain::hold::{Basis, Disclosure, Ground, HoldState, LegalHold};
use domain::port::store::Store as _;
use domain::scope::{KeepScope, TenantScope};
use domain::subject::TenantKey;
use domain::time::{Clock as _, Entropy as _, Timestamp, months_later};
use serde_json::json;
use storage::Database;
use uuid::Uuid;
use vault::{SystemClock, SystemEntropy};

use crate::figure::{Figure, Goal, share};
use crate::postgres::Site;

/// Checks per figure.
const CHECKS: usize = 5_000;
/// Checks before them, that warm the database's memory.
const WARMING: usize = 1_000;
/// Holds of each tenant.
const EACH: usize = 10;
/// Holds placed in one commit.
const BATCH: usize = 50_000;

/// Takes the figures on both engines, with few holds and with many.
pub async fn take() -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for holds in [1_000, 1_000_000] {
        let folder = tempfile::tempdir()?;
        let sqlite = storage::open(&format!("sqlite:{}", folder.path().join("lethe.db").display())).await?;
        let begun = Instant::now();
        place(&sqlite, holds).await?;
        let placed = begun.elapsed();
        figures.extend(check("SQLite", &sqlite, holds).await?);
        let site = Site::make().await?;
        let postgres = storage::open(&site.owner_url()?).await?;
        let begun = Instant::now();
        sqlite.copy_to(&postgres).await?;
        let copied = begun.elapsed();
        figures.extend(check("PostgreSQL", &postgres, holds).await?);
        if holds > 1_000 {
            figures.push(Figure::seconds(
                "  placing them, 50,000 to a commit (SQLite)",
                &[placed],
            ));
            figures.push(Figure::seconds(
                "  copying them from SQLite to PostgreSQL",
                &[copied],
            ));
        }
        postgres.close().await;
        site.remove().await?;
        sqlite.close().await;
    }
    Ok(figures)
}

async fn check(engine: &str, store: &Database, holds: usize) -> Result<Vec<Figure>> {
    let today = SystemClock.now().date();
    let (mut alone, mut whole) = (Vec::new(), Vec::new());
    for number in 0..WARMING + CHECKS {
        let tenant = tenant(number * 7_919 % (holds / EACH))?;
        let begun = Instant::now();
        let mut tx = store.begin().await?;
        tx.fence_authorisation(&tenant).await?;
        let behind = Instant::now();
        let found = tx.holds().keepers(&tenant, today).await?;
        let (asked, waited) = (behind.elapsed(), begun.elapsed());
        anyhow::ensure!(found.len() == EACH, "{} keepers were found", found.len());
        if number >= WARMING {
            alone.push(asked);
            whole.push(waited);
        }
    }
    let millis = |times: &[Duration], percent| {
        let times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1000.0).collect();
        vec![share(&times, percent)]
    };
    let what = match holds {
        1_000_000 => format!("hold check, 1,000,000 holds, {engine}"),
        _ => format!("hold check, {holds} holds, {engine}"),
    };
    Ok(vec![
        Figure::new(format!("{what}: median"), "ms", millis(&alone, 50)),
        Figure::new(format!("{what}: p99"), "ms", millis(&alone, 99)).goal(Goal::Under(1.0)),
        Figure::new(
            "  with its transaction and the fence: p99",
            "ms",
            millis(&whole, 99),
        ),
    ])
}

async fn place(store: &Database, holds: usize) -> Result<()> {
    let now = SystemClock.now();
    for first in (0..holds).step_by(BATCH) {
        let mut tx = store.begin().await?;
        let batch = first..holds.min(first + BATCH);
        for number in batch.clone() {
            tx.holds().insert(&hold(number % (holds / EACH), now)?).await?;
        }
        let event = Event::new("figure.taken", "figure:holds", json!({ "holds": batch.len() }));
        let mut salt = [0; 16];
        SystemEntropy.fill(&mut salt);
        let entry = event.entry(Uuid::now_v7().into(), &Actor::System("bench"), now, salt);
        tx.log().append(&entry).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn tenant(number: usize) -> Result<TenantKey> {
    Ok(TenantKey::parse(&format!("tenant-{number}"))?)
}

fn hold(number: usize, now: Timestamp) -> Result<LegalHold> {
    let scope = KeepScope {
        tenant: TenantScope::One(tenant(number)?),
        subject: None,
        systems: BTreeSet::new(),
        categories: BTreeSet::new(),
        created: None,
    };
    Ok(LegalHold {
        id: Uuid::now_v7().into(),
        matter: "Smith v. Acme".into(),
        authority: "High Court".into(),
        basis: Basis::CourtOrder,
        ground: Ground::LegalClaims,
        scope,
        custodian: "Legal".into(),
        starts_on: now.date(),
        review_on: months_later(now.date(), 6)?,
        disclosure: Disclosure::Ground,
        placed_by: Uuid::now_v7().into(),
        placed_at: now,
        state: HoldState::InForce { since: now },
        proposed_release: None,
        version: 1,
    })
}
