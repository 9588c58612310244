//! `lethe log`: recompute it, look at what it holds about an object, prove that it only grew, and deal with witnesses.

use std::path::PathBuf;

use clap::Subcommand;
use domain::audit::proof::lines;
use domain::audit::{Checkpoint, Entry};
use domain::digest::Digest;
use domain::port::signer::Signer as _;
use domain::signature::note::VerifierKey;
use serde_json::json;

use super::check_certificate::log_key;
use super::desk::Desk;
use super::{Failure, Options, out};
use crate::wiring::open_issuer;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Recompute every entry, the root and its signature
    Verify {
        /// A key of the log (a file, or the line itself); our own keys, when absent; may be repeated
        #[arg(long = "log-vkey", value_name = "FILE")]
        log_keys: Vec<String>,
    },
    /// Show the entries about an object, such as request:<id>, hold:<id>, certificate:<id>
    Show {
        /// The object
        object: String,
    },
    /// Print the newest signed checkpoint
    Checkpoint,
    /// Prove that the log only grew between two checkpoints, and that it is the log of both
    Consistency {
        /// The older one: a file with a checkpoint that somebody kept, or a size
        old: String,
        /// The newer one, likewise; the newest checkpoint, when absent
        new: Option<String>,
        /// A key of the log (a file, or the line itself); our own keys, when absent; may be repeated
        #[arg(long = "log-vkey", value_name = "FILE")]
        log_keys: Vec<String>,
    },
    /// Print whom to believe: the key of the log and its witnesses (C2SP tlog-policy)
    Policy,
    /// Print what a witness is sent (C2SP tlog-witness, add-checkpoint)
    AddCheckpoint {
        /// The size that the witness last saw
        old: u64,
    },
    /// Keep what witnesses answered: signature lines, from a file
    Cosign {
        /// The size of the checkpoint that they signed
        size: u64,
        /// The file
        lines: PathBuf,
    },
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        match self {
            Self::Verify { log_keys } => verify(&desk, &log_keys).await,
            Self::Show { object } => show(&desk, &object).await,
            Self::Checkpoint => {
                let note = desk.engine.checkpoint().await?;
                out::line(
                    note.ok_or_else(|| Failure::failed("the log has no checkpoint yet"))?
                        .trim_end(),
                );
                Ok(())
            }
            Self::Consistency { old, new, log_keys } => {
                consistency(&desk, &old, new.as_deref(), &log_keys).await
            }
            Self::Policy => {
                let key = open_issuer(&desk.config)?
                    .public_keys(desk.engine.now())?
                    .log_vkey;
                out::line(desk.engine.log_policy(&key).trim_end());
                Ok(())
            }
            Self::AddCheckpoint { old } => {
                let sent = desk.engine.add_checkpoint(old, None).await?;
                out::line(
                    sent.ok_or_else(|| {
                        Failure::failed("the log has no checkpoint of that size or a larger one")
                    })?
                    .trim_end(),
                );
                Ok(())
            }
            Self::Cosign { size, lines } => {
                let lines = std::fs::read_to_string(&lines)?;
                let kept = desk.engine.keep_cosignatures(size, &lines).await?;
                out::line(format_args!(
                    "kept {kept} cosignatures of the checkpoint of {size} entries"
                ));
                Ok(())
            }
        }
    }
}

/// The keys that were given, else our own.
fn keys_of(desk: &Desk, given: &[String]) -> Result<Vec<VerifierKey>, Failure> {
    match given {
        [] => Ok(open_issuer(&desk.config)?.log_keys()?),
        given => given.iter().map(|given| log_key(given)).collect(),
    }
}

/// A checkpoint that somebody kept, or a size.
enum Kept {
    Checkpoint(Checkpoint),
    Size(u64),
}

impl Kept {
    fn read(given: &str, keys: &[VerifierKey]) -> Result<Self, Failure> {
        if let Ok(size) = given.parse() {
            return Ok(Self::Size(size));
        }
        let note = std::fs::read_to_string(given)
            .map_err(|error| Failure::failed(format!("{given:?} is neither a size nor a file: {error}")))?;
        let checkpoint = Checkpoint::open(&note, keys);
        let checkpoint = checkpoint.map_err(|error| Failure::failed(format!("{given}: {error}")))?;
        Ok(Self::Checkpoint(checkpoint))
    }

    const fn size(&self) -> u64 {
        match self {
            Self::Checkpoint(checkpoint) => checkpoint.size,
            Self::Size(size) => *size,
        }
    }

    /// Whether the log of its size had this root. Of a bare size nothing is claimed.
    fn has_root(&self, root: &Digest) -> bool {
        match self {
            Self::Checkpoint(checkpoint) => checkpoint.root == *root,
            Self::Size(_) => true,
        }
    }
}

async fn consistency(desk: &Desk, old: &str, new: Option<&str>, given: &[String]) -> Result<(), Failure> {
    let keys = keys_of(desk, given)?;
    let old = Kept::read(old, &keys)?;
    let new = match new {
        Some(new) => Kept::read(new, &keys)?,
        None => {
            let newest = desk.engine.checkpoint().await?;
            let newest = newest.ok_or_else(|| Failure::failed("the log has no checkpoint yet"))?;
            Kept::Checkpoint(
                Checkpoint::open(&newest, &keys).map_err(|error| Failure::failed(error.to_string()))?,
            )
        }
    };
    let proof = desk.engine.log_consistency(old.size(), new.size()).await?;
    let proof = proof.ok_or_else(|| {
        Failure::failed("the sizes are not those of this log: expected an older one above 0 and a newer one it has reached")
    })?;
    for (kept, root) in [(&old, &proof.old_root), (&new, &proof.new_root)] {
        if !kept.has_root(root) {
            return Err(Failure::failed(format!(
                "this log had another root at {} entries than the checkpoint says: it was forked or rewritten",
                kept.size()
            )));
        }
    }
    if desk.json {
        out::json(&json!({ "old": { "size": proof.old, "root": proof.old_root },
            "new": { "size": proof.new, "root": proof.new_root }, "hashes": proof.hashes }));
        return Ok(());
    }
    out::line("the log only grew: the newer checkpoint is the older one with entries appended");
    out::fact("old", format!("{} entries, root {}", proof.old, proof.old_root));
    out::fact("new", format!("{} entries, root {}", proof.new, proof.new_root));
    out::fact("proof", format!("{} hashes (RFC 6962)", proof.hashes.len()));
    out::line(lines(&proof.hashes).trim_end());
    Ok(())
}

async fn verify(desk: &Desk, given: &[String]) -> Result<(), Failure> {
    let keys = keys_of(desk, given)?;
    let report = desk.engine.verify_log(&desk.actor, &keys).await?;
    if desk.json {
        out::json(
            &json!({ "origin": report.origin, "size": report.size, "root": report.root, "waiting": report.waiting }),
        );
        return Ok(());
    }
    out::line(
        "the log is whole: every entry is there, in its place, and the root is the one that was signed",
    );
    out::fact("log", report.origin);
    out::fact("entries", report.size);
    out::fact("root", report.root);
    out::fact(
        "waiting",
        format!("{} entries for the next checkpoint", report.waiting),
    );
    Ok(())
}

async fn show(desk: &Desk, object: &str) -> Result<(), Failure> {
    let entries = desk.engine.log_about(&desk.actor, object).await?;
    let details = |entry: &Entry| entry.details.as_ref().map(|details| details.text.clone());
    if desk.json {
        let row = |entry: &Entry| json!({ "entry": entry.claims, "details": details(entry) });
        out::json(&entries.iter().map(row).collect());
        return Ok(());
    }
    let row = |entry: &Entry| {
        let claims = &entry.claims;
        [
            claims.time.to_string(),
            claims.kind.clone(),
            claims.actor.clone(),
            details(entry).unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    out::table(
        ["TIME", "WHAT", "WHO", "DETAILS"],
        &rows,
        "the log holds nothing about that",
    );
    Ok(())
}
