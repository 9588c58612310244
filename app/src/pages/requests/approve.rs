//! Approving a run: the plan and what probes saw beside the decision.

use domain::drill::Rehearsed;
use domain::plan::Action;
use engine::reading::DatasetSeen;
use engine::reading::file::RequestFile;
use leptos::prelude::*;

use super::show::grid::Grid;
use super::words;
use crate::api::ServerFn as _;
use crate::api::requests::ApproveRequest;
use crate::api::{requests, ssr};
use crate::components::{
    Consequence, Consequences, Form, Hidden, Moment, Notice, PageHead, Submit, TextArea, TextField, Tone,
    load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The page.
#[component]
pub fn Approve() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.request_file(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let (back, about) = (words::back(file.request.id), words::whose(&file));
        view! {
            <PageHead
                title="Approve the run"
                back
                about
                lead="You decide on exactly what is shown here. If plan or manifest change, your approval no longer counts and the request comes back."
            />
            <div class="stack">
                <Effect file=file.clone() />
                <Grid file=file.clone() tenant=false />
                <Decision file />
            </div>
        }
    })
}

#[component]
fn Effect(file: RequestFile) -> impl IntoView {
    let datasets = || file.systems.iter().flat_map(|system| &system.datasets);
    let of = |action: Action| datasets().filter(|dataset| dataset.action == action).count() as u64;
    let Some(plan) = file.plan.clone() else {
        return ().into_any();
    };
    let erased = || datasets().filter(|dataset| dataset.action == Action::Erase);
    let counted = |dataset: &DatasetSeen| dataset.before.as_ref().and_then(|before| before.count);
    let nothing = erased().next().is_some() && erased().all(|dataset| counted(dataset) == Some(0));
    let systems = match &file.request.again {
        Some(_) => "system, the one that was restored; no other is touched",
        None => "systems, every one of the inventory",
    };
    view! {
        <Consequences
            title="What this will do"
            list=vec![
                Consequence::new(text::count(plan.records), "records erased, where systems can count"),
                Consequence::new(text::count(plan.withheld), "records kept"),
                Consequence::new(text::count(file.systems.len() as u64), systems),
                Consequence::new(text::count(of(Action::Expire)), "datasets that run out by themselves"),
                Consequence::new(text::count(of(Action::Attest)), "datasets that a party attests"),
            ]
        />
        <p class="muted">
            {format!("Plan {} on inventory version {}, drawn ", plan.number, plan.inventory)}
            <Moment at=plan.created_at />
            {plan.drawn_at.map(|at| view! { "; counted by probes " <Moment at /> })} "."
        </p>
        {nothing
            .then(|| {
                view! {
                    <Notice tone=Tone::Warning title="Probes found no record to erase">
                        <p>
                            "No system that can count has a record of what was asked for. It may be gone already, or the                              systems know it by something else than this request says: compare that before you approve."
                        </p>
                    </Notice>
                }
            })}
    }
    .into_any()
}

#[component]
fn Decision(file: RequestFile) -> impl IntoView {
    let page = routes::one(routes::REQUESTS, file.request.id);
    let (Some(digest), true) = (file.approve, file.waits_for.yours) else {
        let because = file
            .waits_for
            .not_yours_because
            .map(|because| format!("It cannot be you: you {because}. Somebody else has to approve it."));
        return view! {
            <Notice tone=Tone::Info title="There is nothing for you to approve here">
                <p>{because.unwrap_or_else(|| words::waits_for(&file.waits_for))}</p>
                <p>
                    <a href=page>"Back to the request"</a>
                </p>
            </Notice>
        }
        .into_any();
    };
    let without = file.plan.map(|plan| plan.without_control).unwrap_or_default();
    let drills = file.drills.map(|(rehearsed, gate)| unrehearsed(&rehearsed, gate));
    let tenant = file.request.tenant_key.to_string();
    let exceptions: Vec<_> = without
        .iter()
        .map(|dataset| {
            let text = format!("no control possible in {dataset}");
            view! { <Hidden name="exceptions[]" value=text /> }
        })
        .collect();
    let warned = (!without.is_empty()).then(|| {
        let names: Vec<String> = without.iter().map(ToString::to_string).collect();
        view! {
            <Notice tone=Tone::Warning title="Some datasets have no possible control">
                <p>
                    {format!(
                        "In {} there is no record that is known to exist, so a check there ends as inconclusive and needs an exception in writing. Approving accepts that.",
                        names.join(", "),
                    )}
                </p>
            </Notice>
        }
    });
    view! {
        {warned}
        <section class="panel" aria-labelledby="decision">
            <h2 id="decision">"Your decision"</h2>
            <Form action=ApproveRequest::PATH>
                <Hidden name="request" value=file.request.id.to_string() />
                <Hidden name="digest" value=digest.to_string() />
                <Hidden name="expected" value=tenant.clone() />
                {exceptions}
                {drills}
                <p class="muted small">"Digest of plan and manifest: " <code>{digest.to_string()}</code></p>
                <TextField
                    name="typed"
                    label=format!("Type the key of the tenant to confirm: {tenant}")
                    width="medium"
                />
                <div class="row">
                    <Submit tone="danger">"Approve the erasure"</Submit>
                    <a href=page>"Go back without approving"</a>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

/// Systems without a passed drill, and the acceptance in writing.
fn unrehearsed(rehearsed: &Rehearsed, gate: bool) -> Option<AnyView> {
    if rehearsed.missing.is_empty() {
        return None;
    }
    let names: Vec<&str> = rehearsed.missing.iter().map(|name| name.as_str()).collect();
    let names = names.join(", ");
    if !gate {
        let said = view! {
            <p>
                {format!(
                    "No drill has passed since the last change of {names}. The rules ask for no acceptance; the certificate says so.",
                )}
            </p>
        };
        return Some(said.into_any());
    }
    let asked = view! {
        <Notice tone=Tone::Warning title="Some systems have not passed a drill">
            <p>
                {format!(
                    "No drill has passed since the last change of {names}. Wait for one, or accept that in writing: the certificate will name these systems, your role and your reason.",
                )}
            </p>
        </Notice>
        <TextArea
            name="undrilled"
            label="Why you accept that no drill has passed"
            hint="It is printed on the certificate: name nobody."
            rows=3
            optional=true
        />
    };
    Some(asked.into_any())
}
