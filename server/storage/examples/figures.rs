//! Figures of the storage, on a SQLite file in a temporary folder and, where LETHE_TEST_POSTGRES names a database
//! (an empty one: it is filled), on PostgreSQL.
//!
//! `cargo run --release -p storage --example figures -- [holds [tenants]]`
#![expect(clippy::print_stdout, reason = "it is there to print")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::actor::Actor;
use domain::audit::{Entry, Event};
use domain::hold::{Basis, Disclosure, Ground, HoldState, LegalHold};
use domain::job::{Disposition, Job, Queue};
use domain::port::store::{Store, StoreError};
use domain::scope::{KeepScope, TenantScope};
use domain::subject::{IdentifierError, Tenant, TenantKey};
use domain::time::{Date, TimeError, Timestamp, date};
use storage::Database;
use uuid::Uuid;

/// How many jobs a request of some size has.
const JOBS: usize = 60;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Open(#[from] storage::OpenError),
    #[error(transparent)]
    Copy(#[from] storage::CopyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] IdentifierError),
    #[error(transparent)]
    Time(#[from] TimeError),
    #[error(transparent)]
    File(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let argument = |number, default| {
        std::env::args()
            .nth(number)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (holds, tenants) = (argument(1, 1_000_000), argument(2, 100_000));
    let folder = tempfile::tempdir()?;
    let sqlite = storage::open(&format!("sqlite://{}", folder.path().join("lethe.db").display())).await?;
    requests("SQLite", &sqlite).await?;
    let begun = Instant::now();
    place(&sqlite, holds, tenants).await?;
    println!("SQLite: {holds} holds placed in {:.1?}", begun.elapsed());
    keepers("SQLite", &sqlite, tenants).await?;
    let begun = Instant::now();
    let copied = sqlite.backup(&folder.path().join("backup.db")).await?;
    println!(
        "SQLite: backup of {} rows in {:.1?}",
        copied.rows,
        begun.elapsed()
    );
    if let Ok(url) = std::env::var("LETHE_TEST_POSTGRES") {
        let postgres = storage::open(&url).await?;
        let begun = Instant::now();
        let copied = sqlite.copy_to(&postgres).await?;
        println!(
            "SQLite to PostgreSQL: {} rows in {:.1?}",
            copied.rows,
            begun.elapsed()
        );
        keepers("PostgreSQL", &postgres, tenants).await?;
        requests("PostgreSQL", &postgres).await?;
        postgres.close().await;
    }
    sqlite.close().await;
    Ok(())
}

/// Runs the jobs of a request: each leased, done in a transaction of some statements with its entry, and finished.
async fn requests(engine: &str, store: &Database) -> Result<(), Error> {
    for workers in [1, 2, 4, 1] {
        let mut tx = store.begin().await?;
        for _ in 0..JOBS {
            tx.jobs()
                .enqueue(
                    &Job::EraseStep {
                        step: Uuid::now_v7().into(),
                    },
                    now()?,
                )
                .await?;
        }
        tx.commit().await?;
        let begun = Instant::now();
        let running: Vec<_> = (0..workers).map(|_| tokio::spawn(work(store.clone()))).collect();
        for worker in running {
            worker.await.map_err(std::io::Error::other)??;
        }
        println!(
            "{engine}: {JOBS} jobs by {workers} workers in {:.1?}",
            begun.elapsed()
        );
    }
    Ok(())
}

async fn work(store: Database) -> Result<(), Error> {
    loop {
        let leased = store
            .lease(&Queue::ALL, 4, now()?, Duration::from_secs(60))
            .await?;
        if leased.is_empty() {
            return Ok(());
        }
        for leased in leased {
            let mut tx = store.begin().await?;
            let key = TenantKey::parse(&leased.id.to_string())?;
            tx.fence_authorisation(&key).await?;
            tx.jobs().holds(&leased, now()?).await?;
            tx.settings().switches().await?;
            tx.holds().keepers(&key, today()?).await?;
            let contacts = Vec::new();
            let name = key.to_string();
            let id = Uuid::now_v7().into();
            tx.tenants()
                .insert(&Tenant {
                    id,
                    key,
                    name,
                    contacts,
                    synthetic: true,
                    created_at: now()?,
                })
                .await?;
            tx.log().append(&entry(now()?)).await?;
            tx.commit().await?;
            store.finish(&leased, &Disposition::Done).await?;
        }
    }
}

/// Places holds, evenly over the tenants.
async fn place(store: &Database, holds: usize, tenants: usize) -> Result<(), Error> {
    let mut tx = store.begin().await?;
    for number in 0..holds {
        tx.holds().insert(&hold(number % tenants)?).await?;
    }
    tx.log().append(&entry(now()?)).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for the keepers of many tenants, in one transaction each, as the fence does.
async fn keepers(engine: &str, store: &Database, tenants: usize) -> Result<(), Error> {
    let mut times = Vec::new();
    let mut found = 0;
    for number in 0..2_000 {
        let key = TenantKey::parse(&format!("tenant-{}", number * 7_919 % tenants))?;
        let mut tx = store.read().await?;
        let begun = Instant::now();
        found += tx.holds().keepers(&key, today()?).await?.len();
        times.push(begun.elapsed());
    }
    times.sort();
    let at = |share: usize| times[times.len() * share / 100];
    println!(
        "{engine}: keepers of a tenant ({} found on average): median {:.0?}, p99 {:.0?}",
        found / 2_000,
        at(50),
        at(99)
    );
    Ok(())
}

fn now() -> Result<Timestamp, TimeError> {
    "2026-03-01T12:00:00Z".parse()
}

fn today() -> Result<Date, TimeError> {
    date(2026, 3, 1)
}

fn entry(at: Timestamp) -> Entry {
    let details = serde_json::json!({"of": "figures"});
    let actor = Actor::System("figures");
    Event::new("figure.taken", "figure:1", details).entry(
        Uuid::now_v7().into(),
        &actor,
        at,
        Uuid::now_v7().into_bytes(),
    )
}

fn hold(tenant: usize) -> Result<LegalHold, Error> {
    let tenant = TenantScope::One(TenantKey::parse(&format!("tenant-{tenant}"))?);
    let (systems, categories) = (BTreeSet::new(), BTreeSet::new());
    Ok(LegalHold {
        id: Uuid::now_v7().into(),
        matter: "Smith v. Acme".into(),
        authority: "High Court".into(),
        basis: Basis::CourtOrder,
        ground: Ground::LegalClaims,
        scope: KeepScope {
            tenant,
            subject: None,
            systems,
            categories,
            created: None,
        },
        custodian: "Legal".into(),
        starts_on: today()?,
        review_on: date(2026, 9, 1)?,
        disclosure: Disclosure::Ground,
        placed_by: Uuid::now_v7().into(),
        placed_at: now()?,
        state: HoldState::InForce { since: now()? },
        proposed_release: None,
        version: 1,
    })
}
