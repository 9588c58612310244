//! The hold register, as far as the reader may see it.

use domain::actor::Permission;
use domain::switches::Switches;
use domain::time::days_later;
use engine::reading::holds::{HoldFilter, HoldSeen};
use leptos::prelude::*;

use super::words;
use crate::api::duties::DUTIES;
use crate::api::ssr;
use crate::components::{DueDay, Empty, Filter, Filters, Moment, Notice, PageHead, Table, Tag, Tone, load};
use crate::error::AppError;
use crate::routes;
use crate::text;
use crate::visit::Visit;

/// Words of the states, in the order of a hold's life.
const STATES: [&str; 3] = ["draining", "in_force", "released"];

/// The register.
#[component]
pub fn List() -> impl IntoView {
    let counsel = words::may(Permission::ManageHolds);
    load(found(ssr::visit()), move |(holds, switches)| {
        let actions = counsel.then(|| {
            view! {
                <a class="button" data-tone="primary" href="/holds/new">
                    "Place a hold"
                </a>
            }
        });
        view! {
            <PageHead
                title="Holds"
                lead="While a hold stands, nothing that it covers is erased. The register is asked before every step of every erasure."
            >
                <a class="button" data-tone="secondary" href=DUTIES>
                    "Retention duties"
                </a>
                {actions}
            </PageHead>
            <div class="stack">
                <Unconfirmed switches=switches />
                <div>
                    <Filters filters=filters(counsel) />
                    {rows(holds, counsel)}
                </div>
            </div>
        }
    })
}

async fn found(visit: Visit) -> Result<(Vec<HoldSeen>, Switches), AppError> {
    let (engine, actor) = ssr::caller()?;
    let today = engine
        .now()
        .date_in(&engine.policy().zone)
        .map_err(engine::Error::from)?;
    let within = match visit.query("review") {
        Some("due") => Some(0),
        Some("month") => Some(30),
        _ => None,
    };
    let review_by = within.map(|days| days_later(today, days)).transpose();
    let filter = HoldFilter {
        states: visit.query("state").map(str::to_owned).into_iter().collect(),
        text: visit.query("text").map(str::to_owned),
        review_by: review_by.map_err(engine::Error::from)?,
    };
    let holds = engine.hold_list(&actor, &filter).await?;
    Ok((holds, engine.switches(&actor).await?))
}

fn filters(counsel: bool) -> Vec<Filter> {
    let states = STATES.map(|state| (state.to_owned(), text::words(state)));
    let mut filters = vec![
        Filter::Text("text", "Words or reference"),
        Filter::One("state", "State", states.into()),
    ];
    if counsel {
        let reviews = [("due", "Due now"), ("month", "Within 30 days")];
        let reviews = reviews.map(|(value, words)| (value.to_owned(), words.to_owned()));
        filters.push(Filter::One("review", "Review", reviews.into()));
    }
    filters
}

/// After a restore nothing is erased until counsel has confirmed the register.
#[component]
fn Unconfirmed(switches: Switches) -> impl IntoView {
    let since = switches.register_unconfirmed_since?;
    let act = words::may(Permission::ConfirmRegister).then(|| {
        view! {
            <p>
                <a class="button" data-tone="primary" href="/holds/confirm">
                    "Confirm the register"
                </a>
            </p>
        }
    });
    Some(view! {
        <Notice tone=Tone::Danger title="The register is not confirmed since a restore">
            <p>
                "The database was restored on " <Moment at=since />
                ". Holds that were placed after the backup was made may be missing, so nothing is erased until legal \
                 counsel has compared the register with their own files."
            </p>
            {act}
        </Notice>
    })
}

fn rows(holds: Vec<HoldSeen>, counsel: bool) -> AnyView {
    if holds.is_empty() {
        return view! {
            <Empty title="No holds here">
                <p>
                    "A legal hold keeps what it covers: a tenant, one person, single systems or categories. Erasure \
                     asks for it before every step, and resumes by itself once two people have released it."
                </p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = holds.into_iter().map(|hold| row(hold, counsel)).collect();
    view! {
        <Table stacked=true caption="Holds">
            <thead>
                <tr>
                    <th scope="col">"Hold"</th>
                    {counsel.then(|| view! { <th scope="col">"Matter"</th> })}
                    <th scope="col">"What others may learn"</th>
                    <th scope="col">"What it keeps"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Placed"</th>
                    {counsel.then(|| view! { <th scope="col">"Review"</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn row(hold: HoldSeen, counsel: bool) -> impl IntoView {
    let id = hold.id.to_string();
    let page = routes::one(routes::HOLDS, &id);
    let stands = hold.state != "released";
    let kept = hold.scope.as_ref().map_or_else(
        || view! { <span class="muted">"Not disclosed"</span> }.into_any(),
        |scope| words::scope(scope).into_any(),
    );
    let release = words::release(&hold.release);
    let review = hold.matter.as_ref().map(|matter| matter.review_on);
    view! {
        <tr>
            <th scope="row">
                <a href=page.clone()>
                    <code title=id.clone()>{text::tail(&id)}</code>
                </a>
            </th>
            {counsel.then(|| view! { <td data-label="Matter">{hold.matter.map(|matter| view! { <a href=page>{matter.matter}</a> })}</td> })}
            <td data-label="What others may learn">{hold.disclosed}</td>
            <td data-label="What it keeps">{kept}</td>
            <td data-label="State">
                <Tag state=hold.state />
                {release.map(|words| view! { " " <Tag state="proposed" words=words.to_owned() /> })}
            </td>
            <td data-label="Placed">
                <Moment at=hold.placed_at />
            </td>
            {counsel.then(|| view! { <td data-label="Review">{review.map(|on| view! { <DueDay on done=!stands /> })}</td> })}
        </tr>
    }
}
