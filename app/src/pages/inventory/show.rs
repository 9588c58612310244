//! One system.

use domain::actor::Permission;
use domain::drill::LastPassed;
use domain::inventory::{Handling, System};
use domain::switches::Switches;
use leptos::prelude::*;

use super::dataset::DatasetCard;
use super::looked::{LookFields, WhatWasSeen, load_tenants};
use super::pause::PauseOne;
use super::words;
use crate::api::ServerFn as _;
use crate::api::inventory::kinds::{Credential, kind};
use crate::api::inventory::{ChangeSystem, Looked, TrySystem, system_name};
use crate::api::{kept, ssr};
use crate::components::{Fact, Facts, Form, Hidden, PageHead, Submit, Tag, load};
use crate::error::AppError;
use crate::pages::holds::words::may;
use crate::pages::restores::ask::Restored;
use crate::routes;

/// Everything about it but its secrets.
#[component]
pub fn Show() -> impl IntoView {
    load(found(), |(system, switches, looked, tenants, drilled)| {
        let name = system.name.to_string();
        let erases = system.handling == Handling::Erase;
        let looks = erases && may_look();
        let keeps = may(Permission::ManageInventory);
        let retire = format!("{}/retire", routes::one(routes::INVENTORY, &name));
        let (changed, tried) = (name.clone(), name.clone());
        let act = keeps.then(|| {
            view! {
                <Form action=ChangeSystem::PATH class="inline">
                    <Hidden name="system" value=changed />
                    <Submit tone="secondary">"Change it"</Submit>
                </Form>
                <a class="button" data-tone="secondary" href=retire>
                    "Retire it"
                </a>
            }
        });
        let form = looks.then(|| {
            view! {
                <section class="panel">
                    <h2>"Look through the probe"</h2>
                    <p>
                        "See what the probe sees for one tenant, before you trust a locator. Nothing is changed."
                    </p>
                    <Form action=TrySystem::PATH>
                        <Hidden name="system" value=tried />
                        <LookFields offered=tenants />
                    </Form>
                </section>
            }
        });
        let paused = switches.systems.get(&system.name).cloned();
        let cards: Vec<_> = system
            .datasets
            .iter()
            .cloned()
            .map(|dataset| view! { <DatasetCard dataset attested=system.handling == Handling::Attest /> })
            .collect();
        view! {
            <PageHead
                title=system.title.clone()
                back=(routes::INVENTORY, "Inventory")
                lead=words::handling(system.handling)
            >
                {act}
            </PageHead>
            <div class="beside">
                <div class="stack">
                    <PauseOne system=name.clone() paused all=switches.all />
                    {erases.then(|| view! { <Restored system=name /> })}
                    {looked.map(|looked| view! { <WhatWasSeen looked /> })}
                    <section class="stack">
                        <h2>"Datasets"</h2>
                        {cards}
                    </section>
                    {form}
                </div>
                <aside class="stack">
                    <About system />
                    <p>
                        <a href=routes::DRILLS>"Drills"</a>
                        ": "
                        {crate::pages::drills::list::said(drilled)}
                    </p>
                </aside>
            </div>
        }
    })
}

/// Whoever may look through a probe.
fn may_look() -> bool {
    may(Permission::TrySystem) || may(Permission::ManageInventory)
}

/// What the page is drawn from.
type Found = (
    System,
    Switches,
    Option<Looked>,
    Vec<(String, String)>,
    Option<LastPassed>,
);

async fn found() -> Result<Found, AppError> {
    let (engine, actor) = ssr::caller()?;
    let visit = ssr::visit();
    let name = system_name(visit.param("name"))?;
    let version = engine.inventory(&actor).await?;
    let system = version.system(&name).cloned().ok_or_else(AppError::not_found)?;
    let looked = kept::open(visit.query("looked").unwrap_or_default()).await?;
    let tenants = match may_look() {
        true => load_tenants().await?,
        false => Vec::new(),
    };
    let drilled = engine.drilled_systems(&actor).await?;
    let drilled = drilled.into_iter().find(|seen| seen.system == name);
    let drilled = drilled.and_then(|seen| seen.last);
    Ok((system, engine.switches(&actor).await?, looked, tenants, drilled))
}

/// Its facts. Credentials are there or not, and never shown.
#[component]
fn About(system: System) -> impl IntoView {
    let settings: Vec<_> = system
        .config
        .iter()
        .map(|(key, value)| {
            let told = words::value(value);
            view! { <Fact term=label(&system.kind, key)>{told}</Fact> }
        })
        .collect();
    let credentials = credentials(&system);
    view! {
        <section class="panel">
            <h2>"The system"</h2>
            <Facts>
                <Fact term="Name">
                    <code>{system.name.to_string()}</code>
                </Fact>
                <Fact term="Kind">{words::kind_of(&system.kind)}</Fact>
                <Fact term="Handling">
                    <Tag state=system.handling.word() />
                </Fact>
                <Fact term="Owner">{system.owner}</Fact>
                <Fact term="Location">{system.location}</Fact>
                <Fact term="Run by">{system.processor.unwrap_or_else(|| "the issuer itself".into())}</Fact>
                <Fact term="Looked at">{words::settling(system.settle_seconds)}</Fact>
                <Fact term="Limits">{words::limits(system.limits)}</Fact>
                {settings}
            </Facts>
        </section>
        <section class="panel">
            <h2>"Credentials"</h2>
            {credentials}
        </section>
    }
}

/// What people call a setting.
fn label(kind_name: &str, key: &str) -> String {
    let setting = kind(kind_name).and_then(|kind| kind.settings.iter().find(|one| one.key == key));
    setting.map_or_else(|| key.to_owned(), |setting| setting.label.to_owned())
}

fn credentials(system: &System) -> AnyView {
    let needs = kind(&system.kind).map_or(Credential::Two(""), |kind| kind.credential);
    let (erases, probes) = match needs {
        Credential::None => {
            return view! { <p>"This kind needs none."</p> }.into_any();
        }
        Credential::ProbeOnly(_) => (false, true),
        Credential::Two(_) => (true, true),
    };
    let (can_delete, can_look) = (
        system.erase_credential.is_some(),
        system.probe_credential.is_some(),
    );
    let present = |there: bool| match there {
        true => view! { <Tag state="done" words="Present, sealed" /> },
        false => view! { <Tag state="failed" words="Missing" /> },
    };
    let shared = system.shared_credential.then(|| {
        view! {
            <p>
                "Both are one secret, on purpose. Every certificate says so, because a probe that could delete proves \
                 less."
            </p>
        }
    });
    view! {
        <Facts>
            {erases
                .then(|| view! { <Fact term="Can delete">{present(can_delete)}</Fact> })}
            {probes
                .then(|| view! { <Fact term="Can only look">{present(can_look)}</Fact> })}
        </Facts>
        {shared}
        <p class="small muted">"Credentials are sealed, and shown to nobody."</p>
    }
    .into_any()
}
