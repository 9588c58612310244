//! One restored system: what was found in it, who decides, and what became of it.

use domain::actor::Permission;
use domain::replay::{Comparison, FoundAgain, Replay, ReplayState};
use domain::request::ErasureRequest;
use engine::replay::Replayed;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::replays::ApproveReplay;
use crate::api::{requests, ssr};
use crate::components::{
    Consequence, Consequences, Fact, Facts, Form, Hidden, Moment, Notice, PageHead, Submit, Table, Tag,
    TextField, Tone, load,
};
use crate::error::AppError;
use crate::pages::holds::words::may;
use crate::routes::{self, one};
use crate::text;

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let seen = engine.replay(&actor, requests::id(&id)?).await?;
        let own = actor.person().is_ok_and(|person| person == seen.replay.asked_by);
        Ok::<_, AppError>((seen, own))
    };
    load(loading, |(seen, own)| {
        let state = seen.replay.state();
        let title = format!("Restored system {}", seen.replay.system);
        view! {
            <PageHead title back=(routes::RESTORES, "Restored systems") lead=lead(state)>
                <Tag state=state.word() />
            </PageHead>
            <div class="beside">
                <div class="stack">
                    {seen.replay.seen.as_ref().map(unclear)} {decision(&seen, own)} {found(&seen)}
                </div>
                <aside class="stack">{facts(seen.replay)}</aside>
            </div>
        }
    })
}

const fn lead(state: ReplayState) -> &'static str {
    match state {
        ReplayState::Looking => {
            "The probe is searching it for what was erased. Do not use the system yet. Load this page again in a moment."
        }
        ReplayState::Erasing => {
            "It brought back what was erased. Do not use the system before that is erased again."
        }
        ReplayState::Unclear => {
            "Parts of it could not be searched. Do not use the system: mend what stands below, then have it searched again."
        }
        ReplayState::Clean => {
            "Every dataset was searched, and nothing that was erased is left in it. It can be used."
        }
    }
}

/// What could not be searched.
fn unclear(seen: &Comparison) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = seen
        .unclear
        .iter()
        .cloned()
        .map(|why| view! { <li>{why}</li> })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Danger title="Not searched">
                <ul>{rows}</ul>
            </Notice>
        }
    })
}

/// The approval of everything that waits for it.
fn decision(seen: &Replayed, own: bool) -> Option<AnyView> {
    if seen.waiting.is_empty() {
        return None;
    }
    let runs = text::counted(seen.waiting.len() as u64, "run", "runs");
    if own || !may(Permission::ApproveRun) {
        let who = match own {
            true => "You asked for the search, so a compliance officer other than you decides.",
            false => "A compliance officer decides.",
        };
        return Some(
            view! {
                <Notice tone=Tone::Info title=format!("{runs} to be approved")>
                    <p>{who}</p>
                </Notice>
            }
            .into_any(),
        );
    }
    let waits = |request: &ErasureRequest| seen.waiting.iter().any(|(id, _)| *id == request.id);
    let datasets = seen.found.iter().filter(|(_, request)| waits(request));
    let places: u64 = datasets.map(|(found, _)| found.datasets.len() as u64).sum();
    let word = seen.replay.system.to_string();
    let (id, digest, waiting) = (
        seen.replay.id.to_string(),
        seen.digest().to_string(),
        seen.waiting.len() as u64,
    );
    let words = |number: u64, one: &'static str, many: &'static str| if number == 1 { one } else { many };
    Some(
        view! {
            <Consequences
                title="What this will do"
                list=vec![
                    Consequence::new(
                        text::count(waiting),
                        words(waiting, "erasure carried out again", "erasures carried out again"),
                    ),
                    Consequence::new(
                        text::count(places),
                        words(places, "place in which something was found", "places in which something was found"),
                    ),
                    Consequence::new("1", "system; no other is touched"),
                ]
            />
            <section class="panel" aria-labelledby="decision">
                <h2 id="decision">"Your decision"</h2>
                <p>
                    "Each run stands below with its plan and its counts. Whoever has become a customer again since, with new \
                     records, does not belong here: refuse that run first. Erasure starts at once; holds are asked before \
                     every step."
                </p>
                <Form action=ApproveReplay::PATH>
                    <Hidden name="replay" value=id />
                    <Hidden name="digest" value=digest />
                    <Hidden name="expected" value=word.clone() />
                    <TextField
                        name="typed"
                        label=format!("Type {word} to confirm")
                        hint="The system from which it is erased"
                    />
                    <Submit tone="danger">"Approve all that wait"</Submit>
                </Form>
            </section>
        }
        .into_any(),
    )
}

fn found(seen: &Replayed) -> Option<AnyView> {
    let comparison = seen.replay.seen.as_ref()?;
    if seen.found.is_empty() {
        let compared = text::counted(comparison.compared, "request", "requests");
        return Some(
            view! {
                <p>
                    {format!("Nothing of what {compared} erased was found in what could be searched.")}
                </p>
            }
            .into_any(),
        );
    }
    let rows: Vec<_> = seen
        .found
        .iter()
        .map(|(found, request)| row(found, request))
        .collect();
    Some(
        view! {
            <section aria-labelledby="found">
                <h2 id="found">"Found again"</h2>
                <Table stacked=true caption="Found again">
                    <thead>
                        <tr>
                            <th scope="col">"Erased by"</th>
                            <th scope="col">"Tenant"</th>
                            <th scope="col">"Found in"</th>
                            <th scope="col">"Erased again by"</th>
                            <th scope="col">"State"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
        }
        .into_any(),
    )
}

fn row(found: &FoundAgain, request: &ErasureRequest) -> impl IntoView + use<> {
    let datasets: Vec<_> = found.datasets.iter().map(ToString::to_string).collect();
    let (of, again) = (found.of, found.request);
    view! {
        <tr>
            <th scope="row">
                <a href=one(routes::REQUESTS, of)>
                    <code>{text::tail(&of.to_string())}</code>
                </a>
            </th>
            <td data-label="Tenant">
                <code>{request.tenant_key.to_string()}</code>
            </td>
            <td data-label="Found in">{datasets.join(", ")}</td>
            <td data-label="Erased again by">
                <a href=one(routes::REQUESTS, again)>
                    <code>{text::tail(&again.to_string())}</code>
                </a>
            </td>
            <td data-label="State">
                <Tag state=request.state_word() />
            </td>
        </tr>
    }
}

fn facts(replay: Replay) -> impl IntoView {
    let searched = replay.seen.map(|seen| {
        view! {
            <Fact term="Searched">
                <Moment at=seen.at />
            </Fact>
            <Fact term="Compared with">{text::counted(seen.compared, "erased request", "erased requests")}</Fact>
            <Fact term="Inventory">{format!("Version {}", seen.inventory)}</Fact>
        }
    });
    let ended = replay.ended_at.map(|at| {
        view! {
            <Fact term="Ended">
                <Moment at />
            </Fact>
        }
    });
    let system = replay.system.to_string();
    view! {
        <section class="panel" aria-labelledby="short">
            <h2 id="short">"In short"</h2>
            <Facts>
                <Fact term="System">
                    <a href=one(routes::INVENTORY, &system)>{system.clone()}</a>
                </Fact>
                <Fact term="What was restored">{replay.why}</Fact>
                <Fact term="Asked">
                    <Moment at=replay.asked_at />
                </Fact>
                {searched}
                {ended}
            </Facts>
        </section>
    }
}
