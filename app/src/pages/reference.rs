//! The interface for programs, described: read from the document that the server makes of its own code.

mod operation;

use leptos::prelude::*;

use crate::api::reference::{Group, PROBLEMS, Reference};
use crate::api::ssr;
use crate::components::{PageHead, Table};
use operation::OperationPart;

/// The description.
#[component]
pub fn ApiReference() -> impl IntoView {
    let groups = use_context::<Reference>().unwrap_or_default().groups();
    let host = ssr::engine().policy().public_url.clone();
    let contents: Vec<_> = groups.iter().map(contents).collect();
    let parts: Vec<_> = groups
        .into_iter()
        .map(|group| view! { <GroupPart group host=host.clone() /> })
        .collect();
    view! {
        <PageHead
            title="Interface for programs"
            lead="Requests, holds, systems and certificates as JSON, under /api/v1. What a program may see and do is what its person may see and do."
        />
        <Rules host=host.clone() />
        <nav aria-labelledby="contents">
            <h2 id="contents">"What can be called"</h2>
            <ul class="contents">{contents}</ul>
        </nav>
        {parts}
    }
}

/// What holds for every call.
#[component]
fn Rules(host: String) -> impl IntoView {
    let problems: Vec<_> = PROBLEMS
        .iter()
        .map(|(name, status, about)| {
            view! {
                <tr id=format!("problem-{name}")>
                    <th scope="row">
                        <code>{*name}</code>
                    </th>
                    <td>{*status}</td>
                    <td>{*about}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section aria-labelledby="rules">
            <h2 id="rules">"How to call"</h2>
            <p>
                "Send a personal token with every call: " <code>"Authorization: Bearer lethe_..."</code>
                ". A token has scopes, and each operation below names those that open it. The whole document, for tools: "
                <a href="/api/v1/openapi.json">{format!("{host}/api/v1/openapi.json")}</a> "."
            </p>
            <ul>
                <li>
                    "A POST may carry the header " <code>"Idempotency-Key"</code>
                    ": the same call with the same key gives the same answer for a day and does nothing again; another \
                     call with that key is refused (422)."
                </li>
                <li>
                    "Lists come in pages: give " <code>"next"</code> " as " <code>"after"</code>
                    ", or follow the header " <code>"Link"</code> " with rel=next, until there is none."
                </li>
                <li>
                    "Dates are written 2026-03-31, moments 2026-03-31T12:00:00Z (UTC). Unknown fields are refused, with \
                     their name."
                </li>
                <li>
                    "What belongs to another tenant is not found (404), whether it exists or not."
                </li>
            </ul>
            <h3 id="problems">"Problems"</h3>
            <p>
                "A refusal is a problem document (RFC 9457, application/problem+json): " <code>"type"</code> ", "
                <code>"title"</code> ", " <code>"status"</code> ", " <code>"detail"</code> ", " <code>"instance"</code>
                ", and " <code>"errors"</code> " with field and detail. Its type is one of these:"
            </p>
            <Table caption="Kinds of problems">
                <thead>
                    <tr>
                        <th scope="col">"Type"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"When"</th>
                    </tr>
                </thead>
                <tbody>{problems}</tbody>
            </Table>
        </section>
    }
}

fn contents(group: &Group) -> impl IntoView + use<> {
    let links: Vec<_> = group
        .operations
        .iter()
        .map(|operation| {
            let (method, path) = (operation.method, operation.path.clone());
            view! {
                <li>
                    <a href=format!("#{}", operation.id)>
                        <code>{format!("{method} {path}")}</code>
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <li>
            {group.about.clone()} <ul>{links}</ul>
        </li>
    }
}

#[component]
fn GroupPart(group: Group, host: String) -> impl IntoView {
    let id = format!("about-{}", group.name);
    let labelled_by = id.clone();
    let operations: Vec<_> = group
        .operations
        .into_iter()
        .map(|operation| view! { <OperationPart operation host=host.clone() /> })
        .collect();
    view! {
        <section aria-labelledby=labelled_by>
            <h2 id=id>{group.about.trim_end_matches('.').to_owned()}</h2>
            {operations}
        </section>
    }
}
