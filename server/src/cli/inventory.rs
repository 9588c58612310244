//! `lethe inventory`: apply a file, show what is in force, try what a probe sees.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::inventory::{Slug, System};
use domain::subject::TenantKey;
use engine::inventory::{InventoryDraft, Tried};
use serde_json::json;

use super::credential::FromHere;
use super::desk::Desk;
use super::{Failure, Options, out};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Put a whole inventory in force, or refuse it whole (legal counsel, operator)
    Apply {
        /// The inventory: .toml, .yaml or .json
        file: PathBuf,
    },
    /// Show the inventory in force
    Show,
    /// Look at a system through its probe, for one tenant (operator, legal counsel)
    Try {
        /// The system's name
        system: String,
        /// The tenant's key
        #[arg(long, value_name = "KEY")]
        tenant: String,
    },
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        match self {
            Self::Apply { file } => apply(&desk, &file).await,
            Self::Show => show(&desk).await,
            Self::Try { system, tenant } => {
                let system = Slug::parse(&system).map_err(Failure::usage)?;
                let tenant = TenantKey::parse(&tenant).map_err(Failure::usage)?;
                tried(
                    &desk.engine.try_system(&desk.actor, &system, &tenant).await?,
                    desk.json,
                )
            }
        }
    }
}

async fn apply(desk: &Desk, file: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    let draft = parse(file, &text)?;
    let before = desk
        .engine
        .inventory(&desk.actor)
        .await
        .ok()
        .map(|version| version.number);
    let version = desk.engine.apply_inventory(&desk.actor, draft, &FromHere).await;
    let version =
        version.map_err(|error| Failure::failed(format!("{}: refused whole: {error}", file.display())))?;
    if desk.json {
        out::json(
            &json!({ "number": version.number, "digest": version.digest, "systems": version.systems.len() }),
        );
    } else if before == Some(version.number) {
        out::line(format_args!(
            "nothing changed: inventory version {} is in force",
            version.number
        ));
    } else {
        let count = version.systems.len();
        out::line(format_args!(
            "inventory version {} is in force: {count} systems, {}",
            version.number, version.digest
        ));
    }
    Ok(())
}

/// Reads a file by its ending. What is wrong is told with line and field.
fn parse(file: &Path, text: &str) -> Result<InventoryDraft, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::failed(format!(
            "{}: refused whole: {}",
            file.display(),
            why.to_string().trim_end()
        ))
    };
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("toml") => toml::from_str(text).map_err(|error| refused(&error)),
        Some("yaml" | "yml") => serde_saphyr::from_str(text).map_err(|error| refused(&error)),
        Some("json") => serde_json::from_str(text).map_err(|error| refused(&error)),
        _ => Err(refused(&"expected a file that ends in .toml, .yaml or .json")),
    }
}

async fn show(desk: &Desk) -> Result<(), Failure> {
    let version = desk.engine.inventory(&desk.actor).await?;
    if desk.json {
        let system = |system: &System| {
            json!({ "name": system.name, "title": system.title, "kind": system.kind, "owner": system.owner,
                "location": system.location, "processor": system.processor, "handling": system.handling,
                "settle_seconds": system.settle_seconds, "limits": system.limits, "config": system.config,
                "datasets": system.datasets, "erase_credential": system.erase_credential.is_some(),
                "probe_credential": system.probe_credential.is_some(), "shared_credential": system.shared_credential })
        };
        let systems: Vec<_> = version.systems.iter().map(system).collect();
        out::json(
            &json!({ "number": version.number, "digest": version.digest, "created_at": version.created_at,
            "audited_on": version.audited_on, "systems": systems }),
        );
        return Ok(());
    }
    out::fact("version", version.number);
    out::fact("digest", version.digest);
    out::fact("in force since", version.created_at);
    let audited = version
        .audited_on
        .map_or("no inventory audit is on record".to_owned(), |date| {
            date.to_string()
        });
    out::fact("audited on", audited);
    let row = |system: &System| {
        let datasets: Vec<&str> = system
            .datasets
            .iter()
            .map(|dataset| dataset.name.as_str())
            .collect();
        [
            system.name.to_string(),
            system.kind.clone(),
            system.handling.word().to_owned(),
            system.owner.clone(),
            system.location.clone(),
            datasets.join(", "),
        ]
    };
    let rows: Vec<_> = version.systems.iter().map(row).collect();
    out::table(
        ["SYSTEM", "KIND", "HANDLING", "OWNER", "LOCATION", "DATASETS"],
        &rows,
        "it names no system",
    );
    Ok(())
}

/// Prints what was seen; fails when a dataset could not be looked at, so that a script notices.
fn tried(seen: &[Tried], as_json: bool) -> Result<(), Failure> {
    if as_json {
        out::json(&json!(seen));
    } else {
        seen.iter().for_each(print);
    }
    match seen.iter().all(|tried| tried.survey.is_ok()) {
        true => Ok(()),
        false => Err(Failure::failed("the probe could not look at every dataset")),
    }
}

fn print(tried: &Tried) {
    out::line(&tried.dataset);
    match &tried.survey {
        Err(why) => out::line(format_args!("  the probe cannot tell: {why}")),
        Ok(survey) => {
            let found = if survey.container_found {
                "found"
            } else {
                "NOT found"
            };
            out::line(format_args!("  container: {found}"));
            out::line(format_args!("  beside it: {}", listed(&survey.siblings)));
            out::line(format_args!("  fields: {}", listed(&survey.fields)));
            for note in &survey.notes {
                out::line(format_args!("  note: {note}"));
            }
        }
    }
    let count = tried
        .count
        .map_or("cannot be counted exactly".to_owned(), |count| {
            format!("{count} records of the tenant")
        });
    out::line(format_args!("  count: {count}"));
    if let Some(query) = &tried.native_query {
        out::line(format_args!("  look yourself: {query}"));
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".into(),
        names => names.join(", "),
    }
}
