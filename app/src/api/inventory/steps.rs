//! The steps of connecting a system. Each opens what was typed before, adds its own, and seals it again.

use std::collections::BTreeMap;

use domain::inventory::{Dataset, Limits, Locator, Slug};
use domain::subject::TENANT_KEY;
use engine::inventory::{InventoryDraft, SystemDraft};
use leptos::prelude::*;

use super::super::keep::words;
use super::super::{kept, ssr};
use super::connecting::{Connecting, Looked, LookedAt};
use super::kinds::{Credential, Shape, parts};
use super::{matching, tried_tenant};
use crate::error::AppError;
use crate::routes;

/// The first step: what it is.
pub const WHAT: &str = "/inventory/connect";
/// The second: how it is reached.
const REACH: &str = "/inventory/connect/reach";
/// The third: what it keeps.
const DATASETS: &str = "/inventory/connect/datasets";
/// The last: looking, and saving.
const CHECK: &str = "/inventory/connect/check";

/// The address of a step.
pub fn step(page: &str, draft: &str) -> String {
    format!("{page}?draft={draft}")
}

async fn go_on(page: &str, typed: Connecting) -> Result<(), AppError> {
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
    typed.kind()?;
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

/// The second step's fields besides credentials and settings.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Pace {
    settle_seconds: String,
    concurrency: String,
    per_second: String,
    chunk: String,
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
    go_on(DATASETS, typed).await
}

/// The settings of the kind; those that the form does not know stay.
fn settings(
    before: &Connecting,
    typed: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, serde_json::Value>, AppError> {
    let mut config = before.config.clone();
    for setting in before.kind()?.settings {
        let text = typed.get(setting.key).map_or("", String::as_str);
        let unticked = setting.shape == Shape::Truth && text.is_empty();
        match setting.read(text)? {
            Some(value) => drop(config.insert(setting.key.to_owned(), value)),
            None if unticked || text.trim().is_empty() => drop(config.remove(setting.key)),
            None => {}
        }
    }
    Ok(config)
}

fn limits(pace: &Pace) -> Result<Limits, AppError> {
    let usual = Limits::default();
    let concurrency = number("concurrency", &pace.concurrency)?.unwrap_or(usual.concurrency.into());
    let concurrency = u16::try_from(concurrency)
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| AppError::field("concurrency", "Give a number from 1 to 65535."))?;
    let chunk = number("chunk", &pace.chunk)?.unwrap_or(usual.chunk);
    if chunk == 0 {
        return Err(AppError::field("chunk", "A chunk holds at least one record."));
    }
    Ok(Limits {
        concurrency,
        per_second: number("per_second", &pace.per_second)?.unwrap_or(usual.per_second),
        chunk,
    })
}

fn number(field: &str, text: &str) -> Result<Option<u32>, AppError> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| AppError::field(field, "Give a whole number.")),
    }
}

/// A credential that was typed.
fn given(typed: String) -> Option<String> {
    let typed = typed.trim().to_owned();
    (!typed.is_empty()).then_some(typed)
}

/// A new system needs its credentials now; one on file may keep them.
fn credentials(typed: &Connecting) -> Result<(), AppError> {
    let missing = |field: &str, why: &str| Err(AppError::field(field, why));
    let (erases, probes) = match typed.kind()?.credential {
        Credential::None => (false, false),
        Credential::ProbeOnly(_) => (false, true),
        Credential::Two(_) => (true, true),
    };
    let needed = !typed.on_file;
    if needed && erases && typed.erase_credential.is_none() {
        return missing("erase_credential", "Give the credential that can delete.");
    }
    if needed && probes && typed.probe_credential.is_none() {
        return missing("probe_credential", "Give the credential that can only look.");
    }
    let same = typed.erase_credential.is_some() && typed.erase_credential == typed.probe_credential;
    match same && erases && !typed.shared {
        true => missing(
            "probe_credential",
            "Both credentials are the same. Use one that can only look, or tick below that this is on purpose.",
        ),
        false => Ok(()),
    }
}

/// The third step's fields.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct DatasetForm {
    name: String,
    categories: String,
    container: String,
    id: String,
    tenant: String,
    persons: String,
    created: String,
    canary: String,
}

impl DatasetForm {
    fn read(&self) -> Result<Dataset, AppError> {
        let wrong = "A name has 1 to 63 of a-z, 0-9, _ and -, and begins with a letter.";
        let categories: std::collections::BTreeSet<String> = parts(&self.categories)
            .iter()
            .map(|word| word.to_lowercase())
            .collect();
        if categories.is_empty() {
            return Err(AppError::field(
                "categories",
                "Name at least one category of data.",
            ));
        }
        let optional = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let tenant = match self.tenant.trim() {
            "" => format!("{TENANT_KEY}=tenant"),
            line => line.to_owned(),
        };
        Ok(Dataset {
            name: Slug::parse(self.name.trim()).map_err(|_| AppError::field("name", wrong))?,
            locator: Locator {
                container: words(
                    "container",
                    &self.container,
                    "Say where in the system the records are.",
                )?,
                id: optional(&self.id),
                tenant: matching::read(&tenant).map_err(|why| AppError::field("tenant", why))?,
                subject: matching::read_all(&self.persons).map_err(|why| AppError::field("persons", why))?,
                created: optional(&self.created),
            },
            categories,
            canary: optional(&self.canary),
        })
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

/// Reads a system from the text of an inventory file.
#[server(prefix = "/act", endpoint = "paste_system")]
pub async fn paste_system(
    #[server(default)] file: String,
    #[server(default)] erase_credential: String,
    #[server(default)] probe_credential: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    actor
        .require(domain::actor::Permission::ManageInventory)
        .map_err(engine::Error::from)?;
    let mut typed = Connecting::of_file(one_system(&file)?)?;
    let on_file = match engine.inventory(&actor).await {
        Ok(version) => version
            .systems
            .iter()
            .any(|system| system.name.as_str() == typed.name),
        Err(engine::Error::NotFound(_)) => false,
        Err(error) => return Err(error.into()),
    };
    typed.on_file = on_file;
    typed.erase_credential = given(erase_credential);
    typed.probe_credential = given(probe_credential);
    credentials(&typed)?;
    go_on(CHECK, typed).await
}

/// The one system of a file in TOML: under `[[systems]]`, or by itself.
fn one_system(text: &str) -> Result<SystemDraft, AppError> {
    let refused = |error: toml::de::Error| {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].lines().count().max(1));
        let place = line.map(|line| format!("Line {line}: ")).unwrap_or_default();
        AppError::field(
            "file",
            format!("{place}{}.", error.message().trim_end_matches('.')),
        )
    };
    let whole: toml::Table = toml::from_str(text).map_err(refused)?;
    if !whole.contains_key("systems") {
        return toml::from_str(text).map_err(refused);
    }
    let mut file: InventoryDraft = toml::from_str(text).map_err(refused)?;
    match (file.systems.pop(), file.systems.len()) {
        (Some(one), 0) => Ok(one),
        _ => Err(AppError::field(
            "file",
            "Paste one system at a time. A whole inventory is applied with: lethe inventory apply FILE",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: &str = r#"
        name = "crm"
        kind = "sqlite"
        owner = "Care"
        location = "Ireland"
        handling = "erase"
        config = { file = "/srv/crm.db" }
        [[datasets]]
        name = "people"
        categories = ["contact"]
        [datasets.locator]
        container = "people"
        id = "id"
        tenant = { identifier = "tenant_key", field = "tenant" }
    "#;

    #[test]
    fn a_pasted_system_is_read_and_faults_are_told_by_line() {
        assert_eq!(one_system(SYSTEM).unwrap().name.as_str(), "crm");
        let wrong = one_system("name = \"crm\"\nkind = ").unwrap_err();
        assert!(wrong.of_field("file").unwrap().starts_with("Line 2"));
        assert!(one_system("systems = []").is_err());
    }

    #[test]
    fn a_pasted_system_may_not_point_at_the_servers_own_files() {
        let pointing = format!("probe_credential = {{ file = \"/etc/passwd\" }}\n{SYSTEM}");
        let refused = Connecting::of_file(one_system(&pointing).unwrap()).err().unwrap();
        assert!(refused.of_field("file").is_some());
    }

    #[test]
    fn one_secret_for_both_halves_must_be_said() {
        let typed = Connecting {
            kind: "postgres".into(),
            erase_credential: Some("same".into()),
            probe_credential: Some("same".into()),
            ..Connecting::default()
        };
        assert!(
            credentials(&typed)
                .unwrap_err()
                .of_field("probe_credential")
                .is_some()
        );
        let shared = Connecting {
            shared: true,
            ..typed
        };
        assert!(credentials(&shared).is_ok());
    }

    #[test]
    fn a_dataset_of_a_party_needs_no_key() {
        let form = DatasetForm {
            name: "returns".into(),
            categories: "Contact, orders".into(),
            container: "all".into(),
            ..DatasetForm::default()
        };
        let dataset = form.read().unwrap();
        assert_eq!(dataset.locator.tenant.identifier, TENANT_KEY);
        assert!(dataset.categories.contains("contact"));
    }
}
