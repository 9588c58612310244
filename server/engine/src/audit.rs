//! The log at work: giving entries their place, signing checkpoints, proving, recomputing.

mod mailed;
mod outside;
mod tiles;

use std::sync::Arc;

use domain::actor::{Actor, Permission};
use domain::audit::{Checkpoint, Entry, merkle};
use domain::digest::Digest;
use domain::id::EntryId;
use domain::port::store::{Store, Tx};
#[cfg(feature = "probe")]
use domain::signature::note::Note;
use domain::signature::note::VerifierKey;
use futures::{Stream, StreamExt as _};

use crate::{Engine, Error};
pub use outside::Consistency;

pub(crate) use outside::{consistency, prove_at};
use tiles::Tiles;

/// Entries that get their place in one commit.
const BATCH: u32 = 10_000;

/// What recomputing the log showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReport {
    /// Leaves in the signed checkpoint.
    pub size: u64,
    /// Its root, which the leaves give again.
    pub root: Digest,
    /// The log's name.
    pub origin: String,
    /// Entries that wait for the next checkpoint.
    pub waiting: u64,
}

/// An entry with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenEntry {
    /// Its index.
    pub index: u64,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
    /// C2SP tlog-proof to a signed checkpoint.
    pub proof: String,
}

impl Engine {
    /// Gives waiting entries their places and signs a checkpoint, if this process may sign and nobody else is at it. Gives how many
    /// entries were placed.
    pub async fn sequence_log(&self) -> Result<u64, Error> {
        let signer = self
            .ports
            .signer
            .as_ref()
            .ok_or(Error::NotEquipped("the log key"))?;
        let Some(mut sequencer) = self.ports.store.sequencer().await? else {
            return Ok(0);
        };
        let mut placed = 0;
        loop {
            let (size, edge) = sequencer.edge().await?;
            let waiting = sequencer.unsequenced(BATCH).await?;
            let mut tiles = Tiles::of(edge);
            let mut tree =
                merkle::Tree::resume(size, &tiles).map_err(|error| Error::Broken(error.to_string()))?;
            for (_, bytes) in &waiting {
                tree.append(merkle::leaf(bytes), |node| tiles.put(node));
            }
            if !waiting.is_empty() {
                let ids: Vec<EntryId> = waiting.iter().map(|(id, _)| *id).collect();
                sequencer.sequence(size, &ids, &tiles.changed()).await?;
                placed += waiting.len() as u64;
            }
            if waiting.len() as u32 == BATCH {
                continue;
            }
            let published = sequencer.published().await?.map_or(0, |(size, _)| size);
            if tree.size() > published {
                let now = self.now();
                let checkpoint = Checkpoint {
                    origin: signer.log_origin().to_owned(),
                    size: tree.size(),
                    root: tree.root(),
                };
                let note = signer.sign_checkpoint(&checkpoint.text(), now).await?;
                sequencer.publish(tree.size(), &note, now).await?;
            }
            return Ok(placed);
        }
    }

    /// An entry's place and proof, once a checkpoint covers it.
    pub(crate) async fn prove(&self, tx: &mut dyn Tx, id: EntryId) -> Result<Option<ProvenEntry>, Error> {
        let index = tx.log().index_of(id).await?;
        let (Some(index), Some((size, note))) = (index, tx.log().checkpoint().await?) else {
            return Ok(None);
        };
        if index >= size {
            return Ok(None);
        }
        let proof = prove_at(tx, index, size, &note).await?;
        let entry = tx.log().find(id).await?.ok_or(Error::NotFound("that entry"))?;
        Ok(Some(ProvenEntry {
            index,
            bytes: entry.bytes,
            proof: proof.to_string(),
        }))
    }

    /// Entries about an object, oldest first.
    pub async fn log_about(&self, actor: &Actor, object: &str) -> Result<Vec<Entry>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::VerifyLog])?;
        Ok(self.ports.store.read().await?.log().about(object).await?)
    }

    /// Recomputes the whole log from its leaves: every index, the root, the signature, and that every entry says what its bytes say.
    pub async fn verify_log(&self, actor: &Actor, keys: &[VerifierKey]) -> Result<LogReport, Error> {
        actor.require(Permission::VerifyLog)?;
        let mut tx = self.ports.store.read().await?;
        let Some((size, note)) = tx.log().checkpoint().await? else {
            return Err(Error::NotNow("the log has no checkpoint yet".into()));
        };
        let checkpoint = Checkpoint::open(&note, keys)
            .map_err(|error| Error::Broken(format!("the checkpoint: {error}")))?;
        if checkpoint.size != size {
            return Err(Error::Broken(format!(
                "the checkpoint says {} entries, the log {size}",
                checkpoint.size
            )));
        }
        let mut tree = merkle::Tree::new();
        let mut hashes = std::pin::pin!(self.leaf_hashes(size));
        while let Some(batch) = hashes.next().await {
            batch?.into_iter().for_each(|hash| tree.append(hash, |_| {}));
        }
        if tree.root() != checkpoint.root {
            return Err(Error::Broken(
                "the entries give another root than the one that was signed".into(),
            ));
        }
        let sequenced = tx.log().size().await?;
        let waiting = sequenced.saturating_sub(size);
        Ok(LogReport {
            size,
            root: tree.root(),
            origin: checkpoint.origin,
            waiting,
        })
    }

    /// The hashes of the first leaves of the log, in order, computed by all cores. Leaves never change, so that it does
    /// not matter that they are read in several transactions.
    fn leaf_hashes(&self, size: u64) -> impl Stream<Item = Result<Vec<Digest>, Error>> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let store = Arc::clone(&self.ports.store);
        let batches = (0..size).step_by(BATCH as usize).map(move |first| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { hash_batch(&*store, first, size.min(first + u64::from(BATCH))).await })
        });
        futures::stream::iter(batches)
            .buffered(cores)
            .map(|batch| batch.unwrap_or_else(|died| Err(Error::Broken(died.to_string()))))
    }
}

/// Hashes of the leaves `first..end`, none of which may be missing.
async fn hash_batch(store: &dyn Store, first: u64, end: u64) -> Result<Vec<Digest>, Error> {
    let wanted = u32::try_from(end - first).unwrap_or(BATCH);
    let leaves = store.read().await?.log().leaves(first, wanted).await?;
    let mut hashes = Vec::with_capacity(leaves.len());
    for (leaf, index) in leaves.iter().zip(first..) {
        if leaf.index != index {
            return Err(Error::Broken(format!("entry {index} is missing")));
        }
        hashes.push(merkle::leaf(&leaf.bytes));
    }
    match first + hashes.len() as u64 {
        reached if reached == end => Ok(hashes),
        reached => Err(Error::Broken(format!(
            "the log ends at {reached} instead of {end}"
        ))),
    }
}

#[cfg(feature = "probe")]
/// The root that a signed note states; its signature is checked by those who rely on it.
pub(crate) fn root_of_note(note: &str) -> Result<Digest, Error> {
    let broken = |why: String| Error::Broken(format!("the stored checkpoint: {why}"));
    let note = Note::parse(note).map_err(|error| broken(error.to_string()))?;
    let checkpoint: Checkpoint = note
        .text()
        .parse()
        .map_err(|error: domain::audit::CheckpointError| broken(error.to_string()))?;
    Ok(checkpoint.root)
}
