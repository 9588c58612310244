//! `lethe log`: recompute it, look at what it holds about an object.

use clap::Subcommand;
use domain::audit::Entry;
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
        }
    }
}

async fn verify(desk: &Desk, given: &[String]) -> Result<(), Failure> {
    let keys = match given {
        [] => open_issuer(&desk.config)?.log_keys()?,
        given => given
            .iter()
            .map(|given| log_key(given))
            .collect::<Result<_, _>>()?,
    };
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
