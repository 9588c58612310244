//! What outsiders have of the log (C2SP tlog-tiles, tlog-proof, tlog-witness): tiles, proofs, and the cosignatures of
//! witnesses. Nothing beyond the newest signed checkpoint is given out.
//!
//! Hashes tell nothing but how many entries there are and when they came. Entries tell what happened to which request:
//! that a hold stopped it, for example, which is not everybody's business.

use domain::actor::{Actor, Permission};
use domain::audit::proof::lines;
use domain::audit::tile::{Holds, Tile, of_entries};
use domain::audit::{Proof, merkle};
use domain::digest::Digest;
use domain::port::store::Tx;
use domain::signature::cosignature::WitnessKey;
use domain::signature::note::{Note, NoteError, SignatureLine};

use super::tiles::Tiles;
use crate::{Engine, Error};

/// The log of one size is that of another, with entries appended (RFC 6962, 2.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// The smaller size.
    pub old: u64,
    /// Its root.
    pub old_root: Digest,
    /// The larger size.
    pub new: u64,
    /// Its root.
    pub new_root: Digest,
    /// What leads from one to the other.
    pub hashes: Vec<Digest>,
}

impl Engine {
    /// The bytes of a tile of hashes; absent where the log is not that large.
    pub async fn log_tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, Error> {
        let mut tx = self.ports.store.read().await?;
        let Holds::Hashes(level) = tile.holds else {
            return Ok(None);
        };
        if !tile.exists_at(published(&mut *tx).await?) {
            return Ok(None);
        }
        let mut bytes = tx
            .log()
            .tile(level, tile.number)
            .await?
            .ok_or_else(|| Error::Broken(format!("the log lacks {tile}")))?;
        // It may have grown since, and gives what was asked for.
        bytes.truncate(usize::try_from(tile.width * 32).unwrap_or(usize::MAX));
        Ok(Some(bytes))
    }

    /// The bytes of a tile of entries, for those who read the log; for anybody only where the operator publishes entries.
    pub async fn log_entries(&self, actor: Option<&Actor>, tile: Tile) -> Result<Option<Vec<u8>>, Error> {
        if !self.policy.public_entries {
            let actor = actor.ok_or(Error::WrongCredentials)?;
            actor.require_any(&[Permission::ReadAll, Permission::VerifyLog])?;
        }
        let mut tx = self.ports.store.read().await?;
        if tile.holds != Holds::Entries || !tile.exists_at(published(&mut *tx).await?) {
            return Ok(None);
        }
        let wanted = u32::try_from(tile.width).unwrap_or(u32::MAX);
        let leaves = tx.log().leaves(tile.indices().start, wanted).await?;
        if leaves.len() as u64 != tile.width {
            return Err(Error::Broken(format!("the log lacks entries of {tile}")));
        }
        let bundle = of_entries(leaves.iter().map(|leaf| leaf.bytes.as_slice()));
        bundle.map(Some).map_err(|error| Error::Broken(error.to_string()))
    }

    /// The proof that the entry of an index is in the log, under the newest checkpoint with what witnesses signed of it.
    pub async fn log_proof(&self, index: u64) -> Result<Option<String>, Error> {
        let mut tx = self.ports.store.read().await?;
        let Some((size, note)) = tx.log().checkpoint().await?.filter(|(size, _)| index < *size) else {
            return Ok(None);
        };
        let note = cosigned(&mut *tx, size, note).await?;
        Ok(Some(prove_at(&mut *tx, index, size, &note).await?.to_string()))
    }

    /// The proof that the log only grew between two sizes, none beyond the newest checkpoint.
    pub async fn log_consistency(&self, old: u64, new: u64) -> Result<Option<Consistency>, Error> {
        let mut tx = self.ports.store.read().await?;
        if old == 0 || old > new || new > published(&mut *tx).await? {
            return Ok(None);
        }
        consistency(&mut *tx, old, new).await.map(Some)
    }

    /// The newest signed checkpoint, with what witnesses signed of it.
    pub async fn checkpoint(&self) -> Result<Option<String>, Error> {
        let mut tx = self.ports.store.read().await?;
        match tx.log().checkpoint().await? {
            Some((size, note)) => cosigned(&mut *tx, size, note).await.map(Some),
            None => Ok(None),
        }
    }

    /// The signed checkpoint of a size, where there is one.
    pub async fn checkpoint_at(&self, size: u64) -> Result<Option<String>, Error> {
        let mut tx = self.ports.store.read().await?;
        match tx.log().checkpoint_at(size).await? {
            Some(note) => cosigned(&mut *tx, size, note).await.map(Some),
            None => Ok(None),
        }
    }

    /// The newest checkpoint that a witness has signed.
    pub async fn cosigned_checkpoint(&self) -> Result<Option<String>, Error> {
        let size = self.ports.store.read().await?.log().cosigned().await?;
        match size {
            Some(size) => self.checkpoint_at(size).await,
            None => Ok(None),
        }
    }

    /// What a witness that last saw a size is sent (C2SP tlog-witness, `add-checkpoint`): that size, the proof that the log
    /// only grew since, and the checkpoint of another size, or the newest.
    pub async fn add_checkpoint(&self, old: u64, new: Option<u64>) -> Result<Option<String>, Error> {
        let mut tx = self.ports.store.read().await?;
        let checkpoint = match new {
            Some(size) => tx.log().checkpoint_at(size).await?.map(|note| (size, note)),
            None => tx.log().checkpoint().await?,
        };
        let Some((size, note)) = checkpoint.filter(|(size, _)| old <= *size) else {
            return Ok(None);
        };
        let hashes = match old {
            0 => Vec::new(),
            old => consistency(&mut *tx, old, size).await?.hashes,
        };
        Ok(Some(format!("old {old}\n{}\n{note}", lines(&hashes))))
    }

    /// Keeps what witnesses answered about the checkpoint of a size: signature lines, each by a witness that the operator
    /// has named, or none is kept. Gives how many were new.
    pub async fn keep_cosignatures(&self, size: u64, lines: &str) -> Result<u64, Error> {
        let refused = |error: NoteError| Error::invalid("lines", error.to_string());
        let lines = SignatureLine::parse_all(lines).map_err(refused)?;
        let note = self.ports.store.read().await?.log().checkpoint_at(size).await?;
        let note = note.ok_or(Error::NotFound("a checkpoint of that size"))?;
        let note = Note::parse(&note).map_err(|error| Error::Broken(error.to_string()))?;
        let mut witnessed = Vec::new();
        for line in &lines {
            let mut witnesses = self.policy.witnesses.iter();
            let witness = witnesses
                .find(|witness| witness.is_of(line))
                .ok_or_else(|| Error::invalid("lines", format!("{} is no witness of this log", line.name)))?;
            witness.verify(line, note.text()).map_err(refused)?;
            witnessed.push((witness, line.to_string()));
        }
        let mut sequencer = self.ports.store.sequencer().await?.ok_or_else(|| {
            Error::NotNow("the log is being written to: send the lines again in a moment".into())
        })?;
        let mut kept = 0;
        for (witness, line) in witnessed {
            kept += u64::from(sequencer.cosign(size, witness.name(), &line, self.now()).await?);
        }
        Ok(kept)
    }

    /// Whom to believe (C2SP tlog-policy): the key of the log, and its witnesses, of which one is enough.
    pub fn log_policy(&self, log_key: &str) -> String {
        let url = format!("{}/log", self.policy.public_url);
        let named = |(place, key): (usize, &WitnessKey)| format!("witness w{} {key}\n", place + 1);
        let witnesses: String = self.policy.witnesses.iter().enumerate().map(named).collect();
        let names: String = (1..=self.policy.witnesses.len())
            .map(|place| format!(" w{place}"))
            .collect();
        let quorum = match names.is_empty() {
            true => "quorum none\n".to_owned(),
            false => format!("group witnesses any{names}\nquorum witnesses\n"),
        };
        format!("log {log_key} {url}\n{witnesses}{quorum}")
    }
}

/// The proof of an index under a checkpoint.
pub(crate) async fn prove_at(tx: &mut dyn Tx, index: u64, size: u64, note: &str) -> Result<Proof, Error> {
    let places = merkle::needed_for_inclusion(index, size).map_err(broken)?;
    let nodes = Tiles::load(tx, &places).await?;
    let hashes = merkle::inclusion(index, size, &nodes).map_err(broken)?;
    Proof::new(index, hashes, note).map_err(broken)
}

pub(crate) async fn consistency(tx: &mut dyn Tx, old: u64, new: u64) -> Result<Consistency, Error> {
    let mut places = merkle::needed_for_consistency(old, new).map_err(broken)?;
    places.extend(merkle::needed_for_root(old));
    places.extend(merkle::needed_for_root(new));
    let nodes = Tiles::load(tx, &places).await?;
    let root = |size| merkle::Tree::resume(size, &nodes).map(|tree| tree.root());
    Ok(Consistency {
        old,
        old_root: root(old).map_err(broken)?,
        new,
        new_root: root(new).map_err(broken)?,
        hashes: merkle::consistency(old, new, &nodes).map_err(broken)?,
    })
}

/// A checkpoint with the lines of its witnesses.
pub(super) async fn cosigned(tx: &mut dyn Tx, size: u64, mut note: String) -> Result<String, Error> {
    for line in tx.log().cosignatures(size).await? {
        note.push_str(&line);
        note.push('\n');
    }
    Ok(note)
}

/// The size of the newest checkpoint.
async fn published(tx: &mut dyn Tx) -> Result<u64, Error> {
    Ok(tx.log().checkpoint().await?.map_or(0, |(size, _)| size))
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(error.to_string())
}
