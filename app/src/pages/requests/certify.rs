//! Certifying: the findings beside the decision.

use engine::reading::file::RequestFile;
use leptos::prelude::*;

use super::show::grid::Grid;
use super::words;
use crate::api::ServerFn as _;
use crate::api::requests::Certify as Act;
use crate::api::{requests, ssr};
use crate::components::{
    Consequence, Consequences, Form, Hidden, Notice, PageHead, Submit, TextField, Tone, load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The page.
#[component]
pub fn Certify() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.request_file(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let (back, about) = (words::back(file.request.id), words::whose(&file));
        view! {
            <PageHead
                title="Certify"
                back
                about
                lead="The certificate says, over your name or role, exactly what stands here. It is signed and can never be edited; it can only be revoked."
            />
            <div class="stack">
                <Findings file=file.clone() />
                <Grid file=file.clone() tenant=false />
                <Decision file />
            </div>
        }
    })
}

#[component]
fn Findings(file: RequestFile) -> impl IntoView {
    let found = || {
        let datasets = file.systems.iter().flat_map(|system| &system.datasets);
        datasets.filter_map(|dataset| dataset.check.as_ref())
    };
    let of = |states: &[&str]| found().filter(|check| states.contains(&check.state)).count() as u64;
    view! {
        <Consequences
            title="What was found"
            list=vec![
                Consequence::new(text::count(of(&["absent"])), "datasets in which nothing is left"),
                Consequence::new(text::count(of(&["withheld"])), "datasets that are kept"),
                Consequence::new(text::count(of(&["expires_on"])), "datasets that run out by themselves"),
                Consequence::new(text::count(of(&["attested"])), "datasets that a party attested"),
                Consequence::new(
                    text::count(of(&["inconclusive", "residue", "unreachable"])),
                    "datasets without a verdict to rest on",
                ),
            ]
        />
    }
}

#[component]
fn Decision(file: RequestFile) -> impl IntoView {
    let page = routes::one(routes::REQUESTS, file.request.id);
    let (Some(digest), true) = (file.certify, file.waits_for.yours) else {
        let because = file
            .waits_for
            .not_yours_because
            .map(|because| format!("It cannot be you: you {because}. Somebody else has to certify."));
        return view! {
            <Notice tone=Tone::Info title="There is nothing for you to certify here">
                <p>{because.unwrap_or_else(|| words::waits_for(&file.waits_for))}</p>
                <p>
                    <a href=page>"Back to the request"</a>
                </p>
            </Notice>
        }
        .into_any();
    };
    let tenant = file.request.tenant_key.to_string();
    view! {
        <section class="panel" aria-labelledby="decision">
            <h2 id="decision">"Your decision"</h2>
            <Form action=Act::PATH>
                <Hidden name="request" value=file.request.id.to_string() />
                <Hidden name="digest" value=digest.to_string() />
                <Hidden name="expected" value=tenant.clone() />
                <p class="muted small">"Digest of the evidence: " <code>{digest.to_string()}</code></p>
                <TextField
                    name="typed"
                    label=format!("Type the key of the tenant to confirm: {tenant}")
                    width="medium"
                />
                <div class="row">
                    <Submit>"Certify what was found"</Submit>
                    <a href=page>"Go back without certifying"</a>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
