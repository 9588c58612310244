//! The steps of connecting a system. Each opens what was typed before, adds its own, and seals it again.

use std::collections::BTreeMap;

use domain::inventory::{Handling, Slug};
use domain::port::connector::ConnectorError;
use leptos::prelude::*;

use super::super::keep::words;
use super::super::{kept, ssr};
use super::connecting::{Connecting, Looked, LookedAt};
use super::fields::{DatasetForm, Pace, credentials, given, limits, number, settings};
use super::tried_tenant;
use crate::error::{AppError, Code, sentence};
use crate::routes;

/// The first step: what it is.
pub const WHAT: &str = "/inventory/connect";
/// The second: how it is reached.
const REACH: &str = "/inventory/connect/reach";
/// The third: what it keeps.
const DATASETS: &str = "/inventory/connect/datasets";
/// The last: looking, and saving.
pub(super) const CHECK: &str = "/inventory/connect/check";

/// The address of a step.
pub fn step(page: &str, draft: &str) -> String {
    format!("{page}?draft={draft}")
}

pub(super) async fn go_on(page: &str, typed: Connecting) -> Result<(), AppError> {
    ssr::see_other(&step(page, &kept::keep(&typed).await?));
    Ok(())
}

/// What was typed before. What a look showed no longer holds once something is changed.
async fn begun(draft: &str) -> Result<Connecting, AppError> {
    let typed: Connecting = kept::open(draft).await?.ok_or_else(kept::gone)?;
    Ok(Connecting {
        looked: None,
        ..typed
    })
}

/// Says what the system is.
#[server(prefix = "/act", endpoint = "connect_what")]
pub async fn connect_what(
    #[server(default)] draft: String,
    #[server(default)] name: String,
    #[server(default)] title: String,
    #[server(default)] kind: String,
    #[server(default)] owner: String,
    #[server(default)] location: String,
    #[server(default)] processor: String,
) -> Result<(), AppError> {
    let before = match draft.is_empty() {
        true => Connecting::default(),
        false => begun(&draft).await?,
    };
    let name = if before.on_file {
        before.name.clone()
    } else {
        free(&name).await?
    };
    let same_kind = before.kind == kind;
    let typed = Connecting {
        name,
        title: words("title", &title, "Say what people call it.")?,
        kind,
        owner: words("owner", &owner, "Name the team or person that answers for it.")?,
        location: words(
            "location",
            &location,
            "Name the country or region where the data is.",
        )?,
        processor: processor.trim().to_owned(),
        config: if same_kind {
            before.config.clone()
        } else {
            BTreeMap::new()
        },
        ..before
    };
    if typed.kind()?.handling == Handling::Attest && typed.processor.is_empty() {
        return Err(AppError::field(
            "processor",
            "Name the party that runs it: it is the one that attests the erasure.",
        ));
    }
    go_on(REACH, typed).await
}

/// A name that no system has yet.
async fn free(name: &str) -> Result<String, AppError> {
    let wrong = "A name has 1 to 63 of a-z, 0-9, _ and -, and begins with a letter.";
    let name = Slug::parse(name.trim()).map_err(|_| AppError::field("name", wrong))?;
    if ["connect", "versions"].contains(&name.as_str()) {
        return Err(AppError::field(
            "name",
            "This word is the name of a page. Choose another.",
        ));
    }
    let (engine, actor) = ssr::caller()?;
    let taken = match engine.inventory(&actor).await {
        Ok(version) => version.system(&name).is_some(),
        Err(engine::Error::NotFound(_)) => false,
        Err(error) => return Err(error.into()),
    };
    match taken {
        true => Err(AppError::field(
            "name",
            "A system of this name is in the inventory. Open that one to change it, or choose another name.",
        )),
        false => Ok(name.to_string()),
    }
}

/// Says how the system is reached.
#[server(prefix = "/act", endpoint = "connect_reach")]
pub async fn connect_reach(
    #[server(default)] draft: String,
    #[server(default)] config: BTreeMap<String, String>,
    #[server(default)] erase_credential: String,
    #[server(default)] probe_credential: String,
    #[server(default)] shared: bool,
    #[server(flatten)] pace: Pace,
) -> Result<(), AppError> {
    let before = begun(&draft).await?;
    let typed = Connecting {
        config: settings(&before, &config)?,
        erase_credential: given(erase_credential).or(before.erase_credential.clone()),
        probe_credential: given(probe_credential).or(before.probe_credential.clone()),
        shared,
        settle_seconds: number("settle_seconds", &pace.settle_seconds)?,
        limits: limits(&pace)?,
        ..before
    };
    credentials(&typed)?;
    // Datasets that were typed before are looked at in their own step.
    let alone = Connecting {
        datasets: Vec::new(),
        ..typed.clone()
    };
    fits(&alone).await?;
    go_on(DATASETS, typed).await
}

/// The connector takes what was typed so far; what it refuses is told beside the field, not at the end.
async fn fits(typed: &Connecting) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let checked = engine.check_draft(&actor, typed.draft()?, typed).await;
    checked.map_err(|error| beside(typed, error))
}

/// A refusal of a connector, at the field that it is about.
fn beside(typed: &Connecting, error: engine::Error) -> AppError {
    match error {
        engine::Error::Connector(ConnectorError::Config { field, why }) => {
            let settings = typed.kind().map(|kind| kind.settings).unwrap_or_default();
            let key = field.strip_prefix("config.").unwrap_or(&field);
            let setting = settings.iter().find(|setting| setting.key == key);
            let last = field.rsplit('.').next().unwrap_or_default();
            let at = match (setting, last) {
                (Some(setting), _) => setting.field(),
                (None, _) if field.starts_with("config.") => {
                    return AppError::new(Code::Invalid, format!("Setting {key}: {}", sentence(&why)));
                }
                (None, "id" | "tenant" | "created" | "canary") => last.to_owned(),
                (None, "subject") => "persons".to_owned(),
                (None, _) => "container".to_owned(),
            };
            AppError::field(&at, sentence(&why))
        }
        engine::Error::Connector(ConnectorError::Credential(why)) => {
            AppError::field("probe_credential", sentence(&why))
        }
        error => error.into(),
    }
}

/// Adds a dataset, or puts it in the place of the one of the same name.
#[server(prefix = "/act", endpoint = "connect_dataset")]
pub async fn connect_dataset(
    #[server(default)] draft: String,
    #[server(flatten)] dataset: DatasetForm,
) -> Result<(), AppError> {
    let mut typed = begun(&draft).await?;
    let dataset = dataset.read()?;
    let alone = Connecting {
        datasets: vec![dataset.clone()],
        ..typed.clone()
    };
    fits(&alone).await?;
    match typed.datasets.iter_mut().find(|known| known.name == dataset.name) {
        Some(known) => *known = dataset,
        None => typed.datasets.push(dataset),
    }
    go_on(DATASETS, typed).await
}

/// Takes a dataset out again.
#[server(prefix = "/act", endpoint = "drop_dataset")]
pub async fn drop_dataset(#[server(default)] draft: String, dataset: String) -> Result<(), AppError> {
    let mut typed = begun(&draft).await?;
    typed.datasets.retain(|known| known.name.as_str() != dataset);
    go_on(DATASETS, typed).await
}

/// Looks at the system that is being connected, for one tenant; saves nothing.
#[server(prefix = "/act", endpoint = "try_draft")]
pub async fn try_draft(
    #[server(default)] draft: String,
    #[server(default)] tenant: String,
    #[server(default)] tenant_key: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let typed = begun(&draft).await?;
    let key = tried_tenant(&tenant, &tenant_key)?;
    let seen = engine.try_draft(&actor, typed.draft()?, &typed, &key).await?;
    let looked = Looked {
        tenant: key.to_string(),
        datasets: seen.into_iter().map(LookedAt::from).collect(),
    };
    go_on(
        CHECK,
        Connecting {
            looked: Some(looked),
            ..typed
        },
    )
    .await
}

/// Saves the system: a new version of the inventory.
#[server(prefix = "/act", endpoint = "put_system")]
pub async fn put_system(#[server(default)] draft: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let typed = begun(&draft).await?;
    let version = engine.put_system(&actor, typed.draft()?, &typed).await?;
    let said = format!("Saved: version {} of the inventory is in force.", version.number);
    ssr::done(&routes::one(routes::INVENTORY, &typed.name), &said);
    Ok(())
}
