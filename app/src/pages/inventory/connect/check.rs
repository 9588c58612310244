//! The last step: a look through the probe, and saving.

use domain::inventory::Handling;
use leptos::prelude::*;

use super::{Steps, begun};
use crate::api::ServerFn as _;
use crate::api::inventory::kinds::Kind;
use crate::api::inventory::{Connecting, PutSystem, TryDraft};
use crate::components::{Fact, Facts, Form, Hidden, Notice, PageHead, Submit, Tone, load};
use crate::error::AppError;
use crate::pages::inventory::looked::{LookFields, WhatWasSeen, load_tenants};
use crate::pages::inventory::words;
use crate::routes;

/// What is about to be saved.
#[component]
pub fn Check() -> impl IntoView {
    let loading = async {
        let (typed, draft) = begun().await?;
        let kind = typed.kind()?;
        Ok::<_, AppError>((typed, draft, kind, load_tenants().await?))
    };
    load(loading, |(typed, draft, kind, tenants)| {
        let title = typed.title.clone();
        let look = look(kind, &typed, draft.clone(), tenants);
        let seen = typed
            .looked
            .clone()
            .map(|looked| view! { <WhatWasSeen looked /> });
        let empty = typed.datasets.is_empty();
        let saved = draft.clone();
        let save = match empty {
            true => view! {
                <Notice tone=Tone::Danger title="It has no dataset yet">
                    <p>"Go back one step and name what it keeps."</p>
                </Notice>
            }
            .into_any(),
            false => view! {
                <section class="panel">
                    <h2>"Save"</h2>
                    <p>
                        "Saving makes a new version of the inventory. Requests that are not certified yet are looked at \
                         again: a plan that does not know this system cannot be certified."
                    </p>
                    <Form action=PutSystem::PATH>
                        <Hidden name="draft" value=saved />
                        <div class="row">
                            <Submit>"Save the system"</Submit>
                            <a href=routes::INVENTORY>"Cancel"</a>
                        </div>
                    </Form>
                </section>
            }
            .into_any(),
        };
        view! {
            <PageHead title="Look and save" back=(routes::INVENTORY, "Inventory") lead=title />
            <div class="stack">
                <Steps now=3 draft />
                <Summary typed />
                {look}
                {seen}
                {save}
            </div>
        }
    })
}

fn look(kind: &'static Kind, typed: &Connecting, draft: String, tenants: Vec<(String, String)>) -> AnyView {
    if kind.handling != Handling::Erase || typed.datasets.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="panel">
            <h2>"Try it"</h2>
            <p>
                "See what the probe sees for one tenant, before you save. Use a tenant whose number of records you know: \
                 a locator that finds too little erases too little."
            </p>
            <Form action=TryDraft::PATH>
                <Hidden name="draft" value=draft />
                <LookFields offered=tenants />
            </Form>
        </section>
    }
    .into_any()
}

/// What was typed, in words; credentials are given or not.
#[component]
fn Summary(typed: Connecting) -> impl IntoView {
    let credential = |given: bool, on_file: bool| match (given, on_file) {
        (true, _) => "Given, sealed",
        (false, true) => "As on file",
        (false, false) => "None",
    };
    let datasets: Vec<&str> = typed
        .datasets
        .iter()
        .map(|dataset| dataset.name.as_str())
        .collect();
    let datasets = datasets.join(", ");
    let settings: Vec<_> = typed
        .config
        .iter()
        .map(|(key, value)| {
            let told = words::value(value);
            view! { <Fact term=key.clone()>{told}</Fact> }
        })
        .collect();
    let (kind, handling) = (words::kind_of(&typed.kind), words::handling(typed.handling()));
    let limits = words::limits(typed.limits);
    let erase = credential(typed.erase_credential.is_some(), typed.on_file);
    let probe = credential(typed.probe_credential.is_some(), typed.on_file);
    view! {
        <section class="panel">
            <h2>"The system"</h2>
            <Facts>
                <Fact term="Name">
                    <code>{typed.name}</code>
                </Fact>
                <Fact term="Kind">{kind}</Fact>
                <Fact term="Handling">{handling}</Fact>
                <Fact term="Owner">{typed.owner}</Fact>
                <Fact term="Location">{typed.location}</Fact>
                {settings}
                <Fact term="Credential that can delete">{erase}</Fact>
                <Fact term="Credential that can only look">{probe}</Fact>
                <Fact term="Limits">{limits}</Fact>
                <Fact term="Datasets">{datasets}</Fact>
            </Facts>
        </section>
    }
}
