//! Connecting a system from the text of an inventory file.

use engine::inventory::{InventoryDraft, SystemDraft};
use leptos::prelude::*;

use super::super::ssr;
use super::connecting::Connecting;
use super::fields::{credentials, given};
use super::steps::{CHECK, go_on};
use crate::error::AppError;

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
}
