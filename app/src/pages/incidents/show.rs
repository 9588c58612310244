//! One incident: what was seen, whether it holds, and what is known of it.

mod account;
mod decision;

use domain::incident::{Incident, IncidentState, SeenAgain};
use engine::reading::incidents::IncidentSeen;
use leptos::prelude::*;

use self::account::account;
use self::decision::decision;
use crate::api::{requests, ssr};
use crate::components::{Fact, Facts, Moment, PageHead, Table, Tag, load};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.incident(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let title = format!("Incident with certificate {}", file.seen.certificate.code);
        let lead = format!(
            "Records of {} were seen again that the certificate says are gone.",
            file.seen.tenant_name
        );
        let state = file.seen.incident.state.word();
        view! {
            <PageHead title back=(routes::INCIDENTS, "Incidents") lead>
                <Tag state />
            </PageHead>
            <div class="beside">
                <div class="stack">
                    {decision(&file)} {places(&file.seen.incident)} {account(&file)}
                </div>
                <aside class="stack">{facts(file.seen)}</aside>
            </div>
        }
    })
}

fn places(incident: &Incident) -> impl IntoView + use<> {
    let rows: Vec<_> = incident.seen.iter().cloned().map(place).collect();
    view! {
        <section aria-labelledby="seen">
            <h2 id="seen">"What was seen"</h2>
            <Table stacked=true caption="What was seen">
                <thead>
                    <tr>
                        <th scope="col">"Where"</th>
                        <th scope="col">"Records"</th>
                        <th scope="col">"Looked at"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

fn place(seen: SeenAgain) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{seen.dataset.to_string()}</th>
            <td data-label="Records">{text::count(seen.remaining)}</td>
            <td data-label="Looked at">
                <Moment at=seen.looked_at />
            </td>
        </tr>
    }
}

fn facts(seen: IncidentSeen) -> impl IntoView {
    let (incident, certificate) = (seen.incident, seen.certificate);
    let decided = seen.decided_by.map(|(by, at)| {
        let term = match incident.state {
            IncidentState::Refuted { .. } => "Shown wrong, second",
            _ => "Confirmed by",
        };
        view! {
            <Fact term=term>{text::named(&by)} ", " <Moment at /></Fact>
        }
    });
    let closed = seen.closed_by.map(|(by, at)| {
        view! {
            <Fact term="Record closed by">{text::named(&by)} ", " <Moment at /></Fact>
        }
    });
    view! {
        <section class="panel" aria-labelledby="short">
            <h2 id="short">"In short"</h2>
            <Facts>
                <Fact term="Certificate">
                    <a href=one(routes::CERTIFICATES, certificate.id)>
                        <code>{certificate.code}</code>
                    </a>
                    " "
                    <Tag state=certificate.state.word() />
                </Fact>
                <Fact term="Tenant">{seen.tenant_name} " (" <code>{seen.tenant_key.to_string()}</code> ")"</Fact>
                <Fact term="Request">
                    <a href=one(routes::REQUESTS, incident.request)>
                        <code>{text::tail(&incident.request.to_string())}</code>
                    </a>
                </Fact>
                <Fact term="Known since">
                    <Moment at=incident.opened_at />
                </Fact>
                {decided}
                {closed}
            </Facts>
        </section>
    }
}
