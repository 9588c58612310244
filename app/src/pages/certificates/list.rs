//! All certificates that the reader may see.

use domain::port::reading::{CertificateFilter, Cursor, Page};
use engine::reading::certificates::CertificateSeen;
use leptos::prelude::*;

use super::words;
use crate::api::ssr;
use crate::components::{Empty, Filter, Filters, Moment, PageHead, Pagination, Table, Tag, load};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;
use crate::visit::Visit;

/// States that staff filter by; tenants see only the later ones.
const STATES: [&str; 7] = [
    "issued",
    "superseded",
    "suspended",
    "revoked",
    "draft",
    "signed",
    "rendered",
];
/// How many of them were issued.
const PUBLIC: usize = 4;

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let visit = ssr::visit();
    let export = visit.export();
    let filtered = ["state", "kind", "text"]
        .iter()
        .any(|name| visit.query(name).is_some());
    load(found(visit), move |(page, tenant)| {
        let (title, lead) = match tenant {
            true => (
                "Your certificates",
                "Each says what was erased, what was kept, and how that was checked. They stay here, also when they are no longer in force.",
            ),
            false => (
                "Certificates",
                "Signed statements of what was erased, what was kept, and how that was checked. None is ever edited or deleted.",
            ),
        };
        view! {
            <PageHead title lead>
                <a class="button" data-tone="secondary" href=export download>
                    "Export as CSV"
                </a>
            </PageHead>
            <Filters filters=filters(tenant) />
            {rows(page, tenant, filtered)}
        }
    })
}

async fn found(visit: Visit) -> Result<(Page<CertificateSeen>, bool), AppError> {
    let (engine, actor) = ssr::caller()?;
    let filter = CertificateFilter {
        states: visit.query("state").map(str::to_owned).into_iter().collect(),
        kinds: visit.query("kind").map(str::to_owned).into_iter().collect(),
        text: visit.query("text").map(str::to_owned),
        after: visit.query("after").and_then(|text| text.parse::<Cursor>().ok()),
        ..CertificateFilter::default()
    };
    let page = engine.certificate_page(&actor, filter).await?;
    Ok((page, ssr::is_tenant(&actor)))
}

fn filters(tenant: bool) -> Vec<Filter> {
    let shown = if tenant { PUBLIC } else { STATES.len() };
    let states = STATES[..shown]
        .iter()
        .map(|state| ((*state).to_owned(), text::words(state)));
    let kinds = words::KINDS
        .iter()
        .map(|kind| (kind.word().to_owned(), words::kind(*kind).to_owned()));
    let sought = if tenant {
        "Code or id"
    } else {
        "Code, id or tenant"
    };
    vec![
        Filter::Text("text", sought),
        Filter::One("state", "State", states.collect()),
        Filter::One("kind", "Kind", kinds.collect()),
    ]
}

fn rows(page: Page<CertificateSeen>, tenant: bool, filtered: bool) -> AnyView {
    if page.rows.is_empty() {
        let (title, words) = match filtered {
            true => (
                "No certificate fits",
                "Change what you filter by, or clear the filters to see all of them.",
            ),
            false => (
                "No certificates yet",
                "When a request is carried out and every system was looked at, an officer certifies it, and the certificate appears here.",
            ),
        };
        return view! {
            <Empty title>
                <p>{words}</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = page.rows.into_iter().map(|seen| row(seen, tenant)).collect();
    view! {
        <Table stacked=true caption="Certificates">
            <thead>
                <tr>
                    <th scope="col">"Code"</th>
                    {(!tenant).then(|| view! { <th scope="col">"Tenant"</th> })}
                    <th scope="col">"Kind"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Certified"</th>
                    <th scope="col">"Issued"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination next=page.next.map(|cursor| cursor.to_string()) />
    }
    .into_any()
}

fn row(seen: CertificateSeen, tenant: bool) -> impl IntoView {
    let record = seen.record;
    let issued = match record.issued_at {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => view! { <span class="muted">"Not yet"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=one(routes::CERTIFICATES, record.id)>
                    <code>{record.code}</code>
                </a>
            </th>
            {(!tenant).then(|| view! { <td data-label="Tenant">{seen.tenant_name}</td> })}
            <td data-label="Kind">{words::kind(record.kind)}</td>
            <td data-label="State">
                <Tag state=record.state.word() />
            </td>
            <td data-label="Certified">
                <Moment at=record.certified_at />
            </td>
            <td data-label="Issued">{issued}</td>
        </tr>
    }
}
