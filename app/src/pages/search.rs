//! Results of a search.

use domain::actor::Role;
use engine::reading::search::Hit;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Empty, PageHead, Tag, load};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;

/// Kinds of hits, in the order shown, with a heading, their list, and who may open one.
const KINDS: [(&str, &str, &str, &[Role]); 5] = [
    ("request", "Requests", routes::REQUESTS, &Role::ALL),
    (
        "certificate",
        "Certificates",
        routes::CERTIFICATES,
        routes::CERTIFICATE_READERS,
    ),
    ("hold", "Holds", routes::HOLDS, routes::READERS),
    ("system", "Systems", routes::INVENTORY, routes::STAFF),
    ("tenant", "Tenants", routes::TENANTS, routes::STAFF),
];

/// What was found, by kind.
#[component]
pub fn Search() -> impl IntoView {
    let sought = ssr::visit().query("q").unwrap_or_default().trim().to_owned();
    let text = sought.clone();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let mut hits = engine.search(&actor, &text).await?;
        let opens = |hit: &Hit| {
            KINDS
                .iter()
                .any(|(kind, .., roles)| *kind == hit.kind && ssr::has_any(roles))
        };
        hits.retain(opens);
        Ok::<_, AppError>((hits, ssr::is_tenant(&actor)))
    };
    load(loading, move |(hits, tenant)| {
        let title = match sought.is_empty() {
            true => "Search".to_owned(),
            false => format!("Search: {sought}"),
        };
        view! {
            <PageHead title />
            {results(hits, &sought, tenant)}
        }
    })
}

fn results(hits: Vec<Hit>, sought: &str, tenant: bool) -> AnyView {
    if hits.is_empty() {
        let title = match sought.is_empty() {
            true => "Type what you look for into the box above",
            false => "Nothing was found",
        };
        let finds = match tenant {
            true => {
                "It finds your requests and certificates, by the beginning of an id or by the code of a certificate."
            }
            false => {
                "It finds requests, certificates, holds, systems and tenants, by name, key, code or the beginning of an id. It does not look at names of people whose data is erased: those are sealed."
            }
        };
        return view! {
            <Empty title>
                <p>{finds}</p>
            </Empty>
        }
        .into_any();
    }
    let groups: Vec<_> = KINDS
        .iter()
        .filter_map(|(kind, title, list, _)| {
            let rows: Vec<_> = hits
                .iter()
                .filter(|hit| hit.kind == *kind)
                .map(|hit| row(hit, list))
                .collect();
            (!rows.is_empty()).then(|| {
                view! {
                    <section>
                        <h2>{*title}</h2>
                        <ul class="tasks">{rows}</ul>
                    </section>
                }
            })
        })
        .collect();
    view! { <div class="stack">{groups}</div> }.into_any()
}

fn row(hit: &Hit, list: &str) -> impl IntoView + use<> {
    let (title, note) = (hit.title.clone(), hit.note.clone());
    let id = (hit.kind == "request")
        .then(|| view! { " " <code title=hit.id.clone()>{text::tail(&hit.id)}</code> });
    let note = match hit.kind {
        "request" | "certificate" | "hold" => view! { <Tag state=note /> }.into_any(),
        _ => view! { <span class="muted">{note}</span> }.into_any(),
    };
    view! {
        <li class="task">
            <p class="task-what">
                <a href=one(list, &hit.id)>{title} {id}</a>
            </p>
            {note}
        </li>
    }
}
