//! The log, the newest entries first.

use domain::port::reading::{Cursor, LogFilter, Page};
use domain::time::{Date, days_later, parse_date};
use engine::reading::log::LineSeen;
use leptos::prelude::*;

use super::objects::{NOUNS, Object};
use crate::api::ssr;
use crate::components::{Empty, Filter, Filters, Moment, PageHead, Pagination, Table, load};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;
use crate::visit::Visit;

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let visit = ssr::visit();
    let (kind, export) = (visit.query("kind").map(str::to_owned), visit.export());
    load(found(visit), move |(page, people)| {
        view! {
            <PageHead
                title="Log"
                lead="Everything that anybody did, in the order in which it happened. Nobody can change or remove an entry without it showing: a signed checkpoint covers them all."
            >
                <a class="button" data-tone="secondary" href="/log/checkpoint">
                    "See the newest checkpoint"
                </a>
                <a class="button" data-tone="secondary" href=export download>
                    "Export as CSV"
                </a>
            </PageHead>
            <Filters filters=filters(kind, people) />
            {rows(page)}
        }
    })
}

type Found = (Page<LineSeen>, Vec<(String, String)>);

async fn found(visit: Visit) -> Result<Found, AppError> {
    let (engine, actor) = ssr::caller()?;
    let zone = &engine.policy().zone;
    let text = |name| visit.query(name).map(|text| text.trim().to_owned());
    let until = day(&visit, "until")?.and_then(|until| days_later(until, 1).ok());
    let filter = LogFilter {
        kind: text("kind"),
        object: text("object"),
        actor: text("actor"),
        from: day(&visit, "from")?.map(|from| text::start_of_day(from, zone)),
        until: until.map(|until| text::start_of_day(until, zone)),
        after: visit.query("after").and_then(|text| text.parse::<Cursor>().ok()),
        ..LogFilter::default()
    };
    let page = engine.log_page(&actor, &filter).await?;
    let people = engine.people(&actor).await?;
    let named = people
        .into_iter()
        .map(|person| (format!("person:{}", person.id), person.name));
    Ok((page, named.collect()))
}

/// A date of the query; a text that is none is refused.
fn day(visit: &Visit, name: &'static str) -> Result<Option<Date>, AppError> {
    let day = visit.query(name).map(parse_date).transpose();
    day.map_err(|_| AppError::field(name, "Give a day such as 2026-03-31."))
}

fn filters(kind: Option<String>, people: Vec<(String, String)>) -> Vec<Filter> {
    let mut kinds: Vec<(String, String)> = NOUNS
        .iter()
        .map(|(prefix, words)| ((*prefix).to_owned(), (*words).to_owned()))
        .collect();
    // A link may ask for a single kind: it stays chosen.
    if let Some(kind) = kind.filter(|kind| !kinds.iter().any(|(prefix, _)| prefix == kind)) {
        kinds.push((kind.clone(), text::happened(&kind)));
    }
    vec![
        Filter::One("kind", "About", kinds),
        Filter::Text("object", "Object, such as request:\u{2026}"),
        Filter::One("actor", "By", people),
        Filter::Day("from", "From"),
        Filter::Day("until", "Until"),
    ]
}

fn rows(page: Page<LineSeen>) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <Empty title="No entry fits">
                <p>"Change what you filter by, or clear the filters to see the whole log."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = page.rows.into_iter().map(row).collect();
    view! {
        <Table stacked=true caption="Entries of the log">
            <thead>
                <tr>
                    <th scope="col">"What happened"</th>
                    <th scope="col">"About"</th>
                    <th scope="col">"By"</th>
                    <th scope="col">"When"</th>
                    <th scope="col" class="number">
                        "Place"
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pagination next=page.next.map(|cursor| cursor.to_string()) />
    }
    .into_any()
}

fn row(line: LineSeen) -> impl IntoView {
    let entry = line.entry;
    let place = match entry.index {
        Some(index) => text::count(index),
        None => "waits".into(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=one(routes::LOG, entry.entry)>{text::happened(&entry.kind)}</a>
            </th>
            <td data-label="About">
                <Object name=entry.object />
            </td>
            <td data-label="By">{text::named(&entry.by)}</td>
            <td data-label="When">
                <Moment at=entry.at />
            </td>
            <td data-label="Place" class="number">{place}</td>
        </tr>
    }
}
