//! Certificates rendered, sealed and signed, by one core: a real one of a small request, again and again.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use domain::certificate::Claims;
use domain::inventory::DatasetRef;
use domain::port::press::Manuscript;
use domain::port::signer::Signer;
use domain::selection::RecordId;
use domain::time::Timestamp;
use engine::inventory::InventoryDraft;
use samples::{AURORA, About, FolderSample, Sample as _};
use serde_json::json;

use crate::figure::{Figure, Goal};
use crate::inventory::Credentials;
use crate::memory;
use crate::run::{Eyes, erase_tenant};
use crate::world::World;

/// How long each round goes on.
const ROUND: Duration = Duration::from_secs(3);
/// Systems of a long certificate, which has 25 pages, and of a very long one.
const LONG: u64 = 115;
const LONGEST: u64 = 500;
const FILES: About = About {
    name: "files",
    title: "Letters",
    owner: "Customer care",
    location: "Dublin, IE",
    settle_seconds: 0,
};

struct Folder(FolderSample);

impl Eyes for Folder {
    async fn see(&self, dataset: &DatasetRef, ids: &[RecordId]) -> Result<Vec<bool>> {
        let mut seen = Vec::new();
        for id in ids {
            seen.push(self.0.exists(dataset.dataset.as_str(), &id.0).await?);
        }
        Ok(seen)
    }
}

/// Takes the figure. Where the system tells it, a round counts the time that this process had a processor, so that
/// others on the machine do not disturb it.
pub async fn take(rounds: u32) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let files = Folder(FolderSample::make(
        FILES,
        folder.path().join("files"),
        "letters",
        &["contact"],
        5,
    )?);
    memory::forget_peak();
    let world = World::make(None).await?;
    let draft: InventoryDraft = serde_json::from_value(json!({ "systems": [files.0.entry()] }))?;
    let engine = &world.wired.engine;
    engine
        .apply_inventory(&world.operator, draft, &Credentials::default())
        .await?;
    let customer = world.customer(AURORA.key).await?;
    let certificate = erase_tenant(&world, &customer, &files).await?.certificate;
    let (record, statement, document) = engine.certificate(&world.auditor, certificate).await?;
    let (statement, document) = statement
        .zip(document)
        .context("the certificate is not rendered")?;
    let proven = engine.certificate_proof(&world.auditor, certificate).await?;
    let manuscript = Manuscript {
        statement: statement.bytes,
        jws: statement.jws,
        log_entry: proven.bytes,
        log_proof: document.log_proof,
        log_index: proven.index,
        logo: None,
    };
    let signer = world.wired.issuer.clone().context("the signing keys")?;
    let of = |systems| {
        Ok::<_, anyhow::Error>(Manuscript {
            statement: with_systems(&manuscript.statement, systems)?,
            ..manuscript.clone()
        })
    };
    let (long, longest) = (of(LONG)?, of(LONGEST)?);
    let at = record.certified_at;
    let mut figures = vec![
        rate(&manuscript, &*signer, at, rounds)
            .await?
            .goal(Goal::Over(177.0)),
        rate(&long, &*signer, at, rounds).await?.goal(Goal::Over(24.0)),
        rate(&longest, &*signer, at, rounds).await?,
    ];
    world.close().await;
    figures.push(Figure::new(
        "  resident memory at most meanwhile",
        "MB",
        memory::peak().into_iter().collect(),
    ));
    Ok(figures)
}

/// How many certificates of a manuscript a core makes in a second.
async fn rate(manuscript: &Manuscript, signer: &dyn Signer, at: Timestamp, rounds: u32) -> Result<Figure> {
    let sealed = || press::render_sealed(manuscript, signer, at);
    let first = sealed()?;
    ensure!(first == sealed()?, "the same manuscript gives the same bytes");
    let pages = lopdf::Document::load_mem(&first)?.get_pages().len();
    let mut rates = Vec::new();
    for _ in 0..rounds {
        let (begun, before, mut rendered) = (Instant::now(), processor_time(), 0_u32);
        while begun.elapsed() < ROUND {
            let pdf = sealed()?;
            signer.sign_document(&pdf, at).await?;
            rendered += 1;
        }
        let spent = before
            .zip(processor_time())
            .map(|(before, after)| after.saturating_sub(before));
        rates.push(f64::from(rendered) / spent.unwrap_or(begun.elapsed()).as_secs_f64());
    }
    let what = format!("certificates of {pages} pages, rendered, sealed and signed by a core");
    Ok(Figure::new(what, "1/s", rates))
}

/// The statement with its system so many times over, each under a name of its own: what the pages of a large inventory cost.
fn with_systems(statement: &[u8], systems: u64) -> Result<Vec<u8>> {
    let mut claims = Claims::parse(statement)?;
    let one = claims.systems.first().cloned().context("a system")?;
    let named = |number| {
        let mut system = one.clone();
        system.name = format!("{} {number}", one.name);
        system
    };
    claims.systems = (1..=systems).map(named).collect();
    claims.inventory.systems = systems;
    Ok(claims.bytes())
}

/// What this process has used of a processor (Linux). Ticks are hundredths of a second.
pub fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<_> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}
