//! Proofs of a log of ten million entries: how large they are, and how long making and checking one takes.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use domain::audit::checkpoint::Checkpoint;
use domain::audit::merkle::{self, Place, Tree};
use domain::audit::proof::Proof;
use domain::digest::Digest;
use domain::port::signer::Signer as _;

use crate::figure::{Figure, Goal};
use crate::memory;
use crate::world::World;

const ENTRIES: u64 = 10_000_000;
/// Proofs of one round.
const PROOFS: u64 = 1_000;

/// Takes the figures. The tree is in memory, so that the reading of tiles is not measured.
pub async fn take(rounds: u32) -> Result<Vec<Figure>> {
    let world = World::make(None).await?;
    let signer = world.wired.issuer.clone().context("the signing keys")?;
    let keys = signer.log_keys()?;
    memory::forget_peak();
    let begun = Instant::now();
    let mut levels: Vec<Vec<Digest>> = Vec::new();
    let mut tree = Tree::new();
    for index in 0..ENTRIES {
        tree.append(merkle::leaf(&entry(index)), |node| {
            let level = usize::from(node.place.level);
            levels.resize_with(levels.len().max(level + 1), Vec::new);
            levels[level].push(node.hash);
        });
    }
    let grown = ENTRIES as f64 / begun.elapsed().as_secs_f64();
    let nodes = |place: Place| {
        let level = levels.get(usize::from(place.level))?;
        level.get(usize::try_from(place.index).ok()?).copied()
    };
    let checkpoint = Checkpoint {
        origin: signer.log_origin().to_owned(),
        size: ENTRIES,
        root: tree.root(),
    };
    let note = signer
        .sign_checkpoint(&checkpoint.text(), world.wired.engine.now())
        .await?;
    let (mut making, mut checking, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..u64::from(rounds) {
        let mut proofs = Vec::new();
        let begun = Instant::now();
        for n in 0..PROOFS {
            // Spread over the log: a prime step.
            let index = (round * PROOFS + n) * 7_919 % ENTRIES;
            let hashes = merkle::inclusion(index, ENTRIES, &nodes)?;
            proofs.push((index, Proof::new(index, hashes, &note)?.to_string()));
        }
        making.push(each(begun.elapsed()));
        sizes.extend(proofs.iter().map(|(_, proof)| proof.len() as f64));
        let begun = Instant::now();
        for (index, proof) in &proofs {
            let proof: Proof = proof.parse()?;
            proof.verify(&entry(*index), &keys)?;
        }
        checking.push(each(begun.elapsed()));
    }
    let peak = memory::peak();
    world.close().await;
    Ok(vec![
        Figure::new(
            "log of 10,000,000 entries: size of a proof with its checkpoint",
            "byte",
            sizes,
        )
        .goal(Goal::Under(2_000.0)),
        Figure::new("  a proof made", "ms", making),
        Figure::new("  a proof read and checked, signature included", "ms", checking),
        Figure::new("  leaves hashed and placed in the tree", "1/s", vec![grown]),
        Figure::new(
            "  resident memory at most, with the whole tree in memory",
            "MB",
            peak.into_iter().collect(),
        ),
    ])
}

fn entry(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

/// Milliseconds for one of a round.
fn each(round: Duration) -> f64 {
    round.as_secs_f64() * 1_000.0 / PROOFS as f64
}
