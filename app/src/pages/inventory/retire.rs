//! Retiring a system.

use domain::actor::Permission;
use domain::inventory::{InventoryVersion, System};
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::inventory::{RetireSystem, system_name};
use crate::api::ssr;
use crate::components::{
    Checkbox, Consequence, Consequences, Form, Hidden, Notice, PageHead, Submit, TextField, Tone, load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// What follows, and the confirmation.
#[component]
pub fn Retire() -> impl IntoView {
    load(found(), |(system, version)| {
        let name = system.name.to_string();
        let back = routes::one(routes::INVENTORY, &name);
        let leaning = leaning(&version, &system);
        let last = version.systems.len() == 1;
        let body = match (leaning.is_empty(), last) {
            (true, false) => confirm(&system),
            (false, _) => view! {
                <Notice tone=Tone::Danger title="Other datasets look things up in this system">
                    <p>
                        "Change these first: " {leaning.join(", ")}
                        ". Without this system their records could no longer be found."
                    </p>
                </Notice>
            }
            .into_any(),
            (true, true) => view! {
                <Notice tone=Tone::Danger title="This is the last system">
                    <p>"An inventory names at least one system. Connect another one first."</p>
                </Notice>
            }
            .into_any(),
        };
        view! {
            <PageHead
                title=format!("Retire {}", system.title)
                back=(routes::INVENTORY, "Inventory")
                lead="For a system that is shut down and keeps nothing any more. From then on no certificate covers it."
            />
            <div class="stack">
                {body}
                <p>
                    <a href=back>"Back to the system"</a>
                </p>
            </div>
        }
    })
}

async fn found() -> Result<(System, InventoryVersion), AppError> {
    let (engine, actor) = ssr::caller()?;
    actor
        .require(Permission::ManageInventory)
        .map_err(engine::Error::from)?;
    let name = system_name(ssr::visit().param("name"))?;
    let version = engine.inventory(&actor).await?;
    let system = version.system(&name).cloned().ok_or_else(AppError::not_found)?;
    Ok((system, version))
}

/// Datasets of other systems that look things up in this one.
fn leaning(version: &InventoryVersion, retired: &System) -> Vec<String> {
    let others = version.systems.iter().filter(|other| other.name != retired.name);
    let datasets = others.flat_map(|other| other.datasets.iter().map(move |dataset| (other, dataset)));
    datasets
        .filter(|(_, dataset)| {
            let mut matches = std::iter::once(&dataset.locator.tenant).chain(&dataset.locator.subject);
            matches.any(|one| {
                let lookup = one.lookup.as_ref();
                lookup.is_some_and(|lookup| lookup.dataset.system == retired.name)
            })
        })
        .map(|(other, dataset)| format!("{}.{}", other.name, dataset.name))
        .collect()
}

fn confirm(system: &System) -> AnyView {
    let name = system.name.to_string();
    let list = vec![
        Consequence::new(
            text::count(system.datasets.len() as u64),
            "datasets are neither erased nor looked at in any plan drawn from now on",
        ),
        Consequence::new(
            text::count(system.categories().len() as u64),
            "categories of data are no longer accounted for in it",
        ),
        Consequence::new(
            "1",
            "new version of the inventory; the ones before stay as they were",
        ),
    ];
    view! {
        <Consequences title="If you retire it" list />
        <Form action=RetireSystem::PATH>
            <Hidden name="system" value=name.clone() />
            <Checkbox
                name="shut_down"
                label="The system is shut down and keeps no data of tenants any more"
                hint="A system that still keeps data must stay: what is not in the inventory is never erased"
            />
            <TextField
                name="typed"
                label=format!("Type {name} to confirm that you mean this system")
                width="medium"
            />
            <Submit tone="danger">"Retire the system"</Submit>
        </Form>
    }
    .into_any()
}
