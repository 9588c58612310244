//! The fields of what a hold or a duty keeps.

use engine::Error;
use leptos::prelude::*;

use crate::api::keep::ScopeForm;
use crate::api::ssr;
use crate::components::field::Choice;
use crate::components::{Choices, FieldSet, Select, TextArea, TextField};
use crate::error::AppError;

/// What can be chosen: tenants by key and name, systems by name and title, categories.
#[derive(Clone, Default)]
pub struct Offered {
    tenants: Vec<(String, String)>,
    systems: Vec<(String, String)>,
    categories: Vec<String>,
}

impl Offered {
    /// Loads it.
    pub async fn load() -> Result<Self, AppError> {
        let (engine, actor) = ssr::caller()?;
        let tenants = engine.tenants(&actor).await?;
        let inventory = match engine.inventory(&actor).await {
            Ok(version) => Some(version),
            Err(Error::NotFound(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let systems = inventory.iter().flat_map(|version| &version.systems);
        let categories: std::collections::BTreeSet<String> =
            systems.clone().flat_map(|system| system.categories()).collect();
        Ok(Self {
            tenants: tenants
                .into_iter()
                .map(|tenant| {
                    (
                        tenant.key.to_string(),
                        format!("{} ({})", tenant.name, tenant.key),
                    )
                })
                .collect(),
            systems: systems
                .map(|system| (system.name.to_string(), system.title.clone()))
                .collect(),
            categories: categories.into_iter().collect(),
        })
    }
}

/// The fields, with what was typed before.
#[component]
pub fn ScopeFields(
    /// What can be chosen.
    offered: Offered,
    /// What was typed before.
    typed: ScopeForm,
) -> impl IntoView {
    let whose =
        |value: &str, words: &str, hint: &str| Choice::new(value, words, hint).chosen(typed.whose == value);
    let whose = vec![
        whose("one", "One tenant", "Choose it below."),
        whose(
            "key",
            "A tenant that is not registered yet",
            "By the key that systems will know it by. The hold then stands from its first record on.",
        ),
        whose(
            "any",
            "Every tenant",
            "Also those to come. Use it sparingly: it stops every erasure that it covers.",
        ),
    ];
    let tenants = std::iter::once((String::new(), "Choose a tenant".to_owned()))
        .chain(offered.tenants)
        .collect();
    view! {
        <FieldSet legend="Whose records">
            <Choices name="whose" label="Whose records are kept?" choices=whose />
            <Select name="tenant" label="Tenant" options=tenants value=typed.tenant optional=true />
            <TextField
                name="tenant_key"
                label="Key of a tenant that is not registered yet"
                value=typed.tenant_key
                width="medium"
                optional=true
            />
            <TextArea
                name="identifiers"
                label="One person only"
                hint="How systems know this person, one a line: an e-mail address, or kind=value such as user_id=4711. The more you give, the surer the person is told apart; where it cannot be told, the hold keeps. Empty: everybody. Kept sealed; only digests are compared."
                value=typed.identifiers
                rows=3
                optional=true
            />
        </FieldSet>
        <FieldSet legend="Which records">
            {many("systems[]", "Only in these systems", offered.systems, &typed.systems)}
            {many(
                "categories[]",
                "Only these categories of data",
                offered.categories.into_iter().map(|word| (word.clone(), word)).collect(),
                &typed.categories,
            )}
            <TextField
                name="other_categories"
                label="Other categories"
                hint="Words that no system uses yet, parted by commas"
                value=typed.other_categories
                width="medium"
                optional=true
            />
            <TextField
                name="created_from"
                label="Made on this day or later"
                kind="date"
                width="short"
                value=typed.created_from
                optional=true
            />
            <TextField
                name="created_until"
                label="Made on this day or earlier"
                hint="Where a system keeps no date of a record, everything there is kept"
                kind="date"
                width="short"
                value=typed.created_until
                optional=true
            />
        </FieldSet>
    }
}

/// Boxes to tick; none ticked means all.
fn many(name: &str, label: &str, offered: Vec<(String, String)>, chosen: &[String]) -> Option<AnyView> {
    if offered.is_empty() {
        return None;
    }
    let choices: Vec<Choice> = offered
        .into_iter()
        .map(|(value, words)| {
            let ticked = chosen.contains(&value);
            Choice::new(value, words, "").chosen(ticked)
        })
        .collect();
    let (name, label) = (name.to_owned(), label.to_owned());
    Some(
        view! { <Choices name label choices hint="None ticked: all, also those to come" many=true optional=true /> }
            .into_any(),
    )
}
