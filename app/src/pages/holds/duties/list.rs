//! All retention duties.

use domain::actor::Permission;
use engine::reading::duties::DutySeen;
use leptos::prelude::*;

use super::super::words;
use crate::api::duties::DUTIES;
use crate::api::ssr;
use crate::components::{Day, Empty, PageHead, Table, Tag, load};
use crate::error::AppError;
use crate::routes;

/// The list.
#[component]
pub fn Duties() -> impl IntoView {
    let loading = async {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.duties(&actor).await?)
    };
    load(loading, |duties| {
        let record = words::may(Permission::ManageDuties).then(|| {
            view! {
                <a class="button" data-tone="primary" href="/holds/duties/new">
                    "Record a duty"
                </a>
            }
        });
        view! {
            <PageHead
                title="Retention duties"
                back=(routes::HOLDS, "Holds")
                lead="What contract or statute orders to keep until a date. The day after, it may go, by itself."
            >
                {record}
            </PageHead>
            {rows(duties)}
        }
    })
}

fn rows(duties: Vec<DutySeen>) -> AnyView {
    if duties.is_empty() {
        return view! {
            <Empty title="No duties are recorded">
                <p>
                    "A duty keeps what it covers until a date: invoices for ten years, the audit trail for 90 days after \
                     the contract. Erasure leaves that part out, the certificate names it, and it goes when the date has \
                     passed."
                </p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = duties.into_iter().map(row).collect();
    view! {
        <Table stacked=true caption="Retention duties">
            <thead>
                <tr>
                    <th scope="col">"Duty"</th>
                    <th scope="col">"Ground"</th>
                    <th scope="col">"What it keeps"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Last day"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn row(duty: DutySeen) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a href=routes::one(DUTIES, duty.id)>{duty.title}</a>
            </th>
            <td data-label="Ground">{words::ground(duty.ground)}</td>
            <td data-label="What it keeps">{words::scope(&duty.scope)}</td>
            <td data-label="State">
                <Tag state=state(duty.stands) />
            </td>
            <td data-label="Last day">
                <Day on=duty.until />
            </td>
        </tr>
    }
}

/// The word of a duty's state.
pub(super) const fn state(stands: bool) -> &'static str {
    if stands { "in_force" } else { "ended" }
}
