//! What people see with their own eyes: spot checks and attestations.

use std::path::PathBuf;

use domain::id::{RequestId, SpotCheckId};
use domain::inventory::DatasetRef;
use domain::time::{Date, parse_date};
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::{Failure, out};

/// Reads `system.dataset`.
fn dataset(text: &str) -> Result<DatasetRef, String> {
    DatasetRef::try_from(text.to_owned()).map_err(|error| format!("expected SYSTEM.DATASET: {error}"))
}

/// Options of `attest`.
#[derive(Debug, clap::Args)]
pub(crate) struct Attest {
    /// The request
    request: RequestId,
    /// The dataset
    #[arg(long, value_name = "SYSTEM.DATASET", value_parser = dataset)]
    dataset: DatasetRef,
    /// Who attests
    #[arg(long)]
    party: String,
    /// The document: only its SHA-256 is kept
    #[arg(long, value_name = "FILE")]
    document: PathBuf,
    /// The document's date
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    dated_on: Date,
}

impl Attest {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let document = std::fs::read(&self.document)
            .map_err(|error| Failure::failed(format!("{}: {error}", self.document.display())))?;
        let id = desk
            .engine
            .record_attestation(
                &desk.actor,
                self.request,
                &self.dataset,
                &self.party,
                &document,
                self.dated_on,
            )
            .await?;
        out::line(format_args!("attestation {id} is recorded"));
        Ok(())
    }
}

/// Options of `spot-check`.
#[derive(Debug, clap::Args)]
pub(crate) struct SpotCheck {
    /// The request
    request: RequestId,
    /// The dataset
    #[arg(long, value_name = "SYSTEM.DATASET", value_parser = dataset)]
    dataset: DatasetRef,
}

impl SpotCheck {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let (id, shown) = desk
            .engine
            .open_spot_check(&desk.actor, self.request, &self.dataset)
            .await?;
        if desk.json {
            out::json(&json!({ "spot_check": id, "shown": shown }));
            return Ok(());
        }
        out::line(
            "Look each of these up yourself, in the system. One of them is known to exist. They are shown once.",
        );
        for (number, one) in shown.iter().enumerate() {
            out::line(format_args!("{:>3}. {}", number + 1, one.id.0));
            out::line(format_args!("     {}", one.native_query));
        }
        out::line(format_args!(
            "Then: lethe request record-spot-check {id} --shown {} --exists NUMBERS --note TEXT (none: --exists none)",
            shown.len()
        ));
        Ok(())
    }
}

/// Options of `record-spot-check`.
#[derive(Debug, clap::Args)]
pub(crate) struct RecordSpotCheck {
    /// The spot check
    spot_check: SpotCheckId,
    /// Numbers of the ids that exist, with commas between them, or none
    #[arg(long, value_name = "NUMBERS")]
    exists: String,
    /// How many were shown, the decoy included
    #[arg(long, default_value_t = 6)]
    shown: usize,
    /// What was seen, without identifiers
    #[arg(long, default_value = "")]
    note: String,
}

impl RecordSpotCheck {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let seen = seen(&self.exists, self.shown)?;
        let result = desk
            .engine
            .record_spot_check(&desk.actor, self.spot_check, &seen, &self.note)
            .await?;
        if desk.json {
            out::json(&json!({ "decoy_seen": result.decoy_seen, "still_there": result.still_there }));
            return Ok(());
        }
        match (result.decoy_seen, result.still_there) {
            (false, _) => out::line("the check is void: the one id that is known to exist was not seen"),
            (true, 0) => out::line("recorded: none of the erased records was seen"),
            (true, still) => out::line(format_args!(
                "recorded: {still} records exist that should be gone; the request stops"
            )),
        }
        Ok(())
    }
}

/// Yes or no for each of the ids shown.
fn seen(exists: &str, shown: usize) -> Result<Vec<bool>, Failure> {
    let mut seen = vec![false; shown];
    if exists.trim() == "none" {
        return Ok(seen);
    }
    for word in exists.split(',') {
        let number = word
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        match number.and_then(|place| seen.get_mut(place)) {
            Some(place) => *place = true,
            None => {
                return Err(Failure::usage(format!(
                    "--exists: {:?} is no number from 1 to {shown}",
                    word.trim()
                )));
            }
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_say_which_exist() {
        assert_eq!(seen("2, 3", 3).unwrap(), [false, true, true]);
        assert_eq!(seen("none", 2).unwrap(), [false, false]);
        assert!(seen("0", 3).is_err() && seen("4", 3).is_err() && seen("", 3).is_err());
    }
}
