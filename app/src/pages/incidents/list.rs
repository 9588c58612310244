//! Incidents, the newest first.

use domain::port::reading::{Cursor, Page};
use engine::reading::incidents::IncidentSeen;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Empty, Moment, PageHead, Pagination, Table, Tag, load};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let after = ssr::visit().query("after").map(str::to_owned);
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let after = after.and_then(|text| text.parse::<Cursor>().ok());
        Ok::<_, AppError>(engine.incident_page(&actor, after, 0).await?)
    };
    load(loading, |page| {
        let export = format!("{}/export.csv", routes::INCIDENTS);
        view! {
            <PageHead
                title="Incidents"
                lead="Data that a certificate says is gone was seen again. The certificate is suspended until people have said whether that is so."
            >
                <a class="button" data-tone="secondary" href=export download>
                    "Export as CSV"
                </a>
            </PageHead>
            {rows(page)}
        }
    })
}

fn rows(page: Page<IncidentSeen>) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <Empty title="No incidents">
                <p>
                    "Some days after a certificate is issued, every system is looked at again. What is seen then appears here, \
                     with what became of it."
                </p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = page.rows.into_iter().map(row).collect();
    view! {
        <Table stacked=true caption="Incidents">
            <thead>
                <tr>
                    <th scope="col">"Certificate"</th>
                    <th scope="col">"Tenant"</th>
                    <th scope="col">"Seen"</th>
                    <th scope="col">"Since"</th>
                    <th scope="col">"Finding"</th>
                    <th scope="col">"Certificate is"</th>
                    <th scope="col">"Record"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination next=page.next.map(|cursor| cursor.to_string()) />
    }
    .into_any()
}

fn row(seen: IncidentSeen) -> impl IntoView {
    let incident = seen.incident;
    let records = incident.seen.iter().map(|seen| seen.remaining).sum();
    let record = if incident.closed.is_some() {
        "closed"
    } else {
        "open"
    };
    view! {
        <tr>
            <th scope="row">
                <a href=one(routes::INCIDENTS, incident.id)>
                    <code>{seen.certificate.code}</code>
                </a>
            </th>
            <td data-label="Tenant">{seen.tenant_name}</td>
            <td data-label="Seen">{text::counted(records, "record", "records")}</td>
            <td data-label="Since">
                <Moment at=incident.opened_at />
            </td>
            <td data-label="Finding">
                <Tag state=incident.state.word() />
            </td>
            <td data-label="Certificate is">
                <Tag state=seen.certificate.state.word() />
            </td>
            <td data-label="Record">
                <Tag state=record />
            </td>
        </tr>
    }
}
