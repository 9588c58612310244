//! All requests that the reader may see.

use domain::port::reading::{Cursor, Page, RequestFilter, RequestSort};
use domain::request::ErasureRequest;
use domain::time::parse_date;
use engine::reading::requests::StateCount;
use leptos::prelude::*;

use super::words;
use crate::api::ssr;
use crate::components::{
    DueDay, Empty, Filter, Filters, Moment, PageHead, Pagination, SortLink, Table, Tag, load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;
use crate::visit::Visit;

/// States that the filter offers, in the order of the work.
const STATES: [&str; 16] = [
    "received",
    "identity_confirmed",
    "planned",
    "scheduled",
    "erasing",
    "settling",
    "verifying",
    "residue",
    "verified",
    "certified",
    "closed",
    "on_hold",
    "needs_attention",
    "paused",
    "refused",
    "withdrawn",
];

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let visit = ssr::visit();
    let sorted = visit.query("sort").unwrap_or("due").to_owned();
    load(found(visit), move |(page, counts, tenant)| {
        view! {
            <PageHead title=if tenant { "Your requests" } else { "Requests" }>
                <NewRequest />
            </PageHead>
            <Filters filters=filters(&counts, tenant) />
            {rows(page, sorted, tenant)}
        }
    })
}

/// Whoever may open a request is offered to.
#[component]
fn NewRequest() -> impl IntoView {
    use domain::actor::Permission as P;
    let may = ssr::visit().visitor.is_some_and(|visitor| {
        visitor
            .actor
            .require_any(&[P::OpenRequest, P::OpenOwnRequest])
            .is_ok()
    });
    may.then(|| {
        view! {
            <a class="button" data-tone="primary" href="/requests/new">
                "Open a request"
            </a>
        }
    })
}

async fn found(visit: Visit) -> Result<(Page<ErasureRequest>, Vec<StateCount>, bool), AppError> {
    let (engine, actor) = ssr::caller()?;
    let due_before = visit.query("due_before").map(parse_date).transpose();
    let filter = RequestFilter {
        states: visit.query("state").map(str::to_owned).into_iter().collect(),
        due_before: due_before.map_err(|error| AppError::field("due_before", error.to_string()))?,
        text: visit.query("text").map(str::to_owned),
        sort: match visit.query("sort") {
            Some("received") => RequestSort::Received,
            _ => RequestSort::Due,
        },
        after: visit.query("after").and_then(|text| text.parse::<Cursor>().ok()),
        ..RequestFilter::default()
    };
    let page = engine.request_page(&actor, filter).await?;
    let counts = engine.request_counts(&actor).await?;
    Ok((page, counts, ssr::is_tenant(&actor)))
}

fn filters(counts: &[StateCount], tenant: bool) -> Vec<Filter> {
    let of = |state: &str| {
        counts
            .iter()
            .find(|count| count.state == state)
            .map_or(0, |count| count.count)
    };
    let states = STATES.iter().map(|state| {
        (
            (*state).to_owned(),
            format!("{} ({})", text::words(state), of(state)),
        )
    });
    vec![
        Filter::Text("text", if tenant { "Request id" } else { "Tenant or id" }),
        Filter::One("state", "State", states.collect()),
        Filter::Day("due_before", "Due before"),
    ]
}

fn rows(page: Page<ErasureRequest>, sorted: String, tenant: bool) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <Empty title="No requests here">
                <p>
                    "A request asks to erase a whole tenant at the end of its contract, or one person. It first passes \
                     the hold register; nothing is touched before a second person has approved the plan."
                </p>
            </Empty>
        }
        .into_any();
    }
    let sorted = sorted.to_owned();
    let rows: Vec<_> = page
        .rows
        .into_iter()
        .map(|request| row(request, tenant))
        .collect();
    view! {
        <Table stacked=true caption="Requests">
            <thead>
                <tr>
                    <th scope="col">"Request"</th>
                    {(!tenant).then(|| view! { <th scope="col">"Tenant"</th> })}
                    <th scope="col">"About"</th>
                    <th scope="col">"State"</th>
                    <SortLink by="received" sorted=sorted.clone()>
                        "Received"
                    </SortLink>
                    <SortLink by="due" sorted=sorted>
                        "Due"
                    </SortLink>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination next=page.next.map(|cursor| cursor.to_string()) />
    }
    .into_any()
}

fn row(request: ErasureRequest, tenant: bool) -> impl IntoView {
    let id = request.id.to_string();
    let answered = request.certificate.is_some() || request.stage.is_end();
    view! {
        <tr>
            <th scope="row">
                <a href=routes::one(routes::REQUESTS, &id)>
                    <code title=id.clone()>{text::tail(&id)}</code>
                </a>
                {request.drill.then(|| view! { " " <Tag state="drill" /> })}
                {request.again.as_ref().map(|_| view! { " " <Tag state="again" words="Restored system".to_owned() /> })}
            </th>
            {(!tenant).then(|| view! { <td data-label="Tenant">{request.tenant_key.to_string()}</td> })}
            <td data-label="About">{words::about(&request)}</td>
            <td data-label="State">
                <Tag state=request.state_word() />
            </td>
            <td data-label="Received">
                <Moment at=request.received_at />
            </td>
            <td data-label="Due">
                <DueDay on=request.due_on done=answered />
            </td>
        </tr>
    }
}
