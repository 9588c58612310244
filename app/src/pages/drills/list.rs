//! All drills, months in which none ran, and the last drill that each system passed.

use domain::actor::Permission;
use domain::drill::{LastPassed, Schedule};
use engine::drills::{DrillSeen, SystemDrilled};
use engine::watched::Watched;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::drills::RunDrill;
use crate::api::ssr;
use crate::components::{Day, Empty, Form, Moment, Notice, PageHead, Submit, Table, Tag, Tone, load};
use crate::error::AppError;
use crate::routes::{self, one};

/// What the page shows.
struct Shown {
    drills: Vec<DrillSeen>,
    systems: Vec<SystemDrilled>,
    schedule: Option<Schedule>,
    watched: Watched,
    may_run: bool,
    /// The requests of drills open for the reader.
    reads_requests: bool,
}

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(Shown {
            drills: engine.drills(&actor).await?,
            systems: engine.drilled_systems(&actor).await?,
            schedule: engine.drill_schedule(&actor)?.cloned(),
            watched: engine.watched(&actor).await?,
            may_run: actor.require(Permission::RunDrill).is_ok(),
            reads_requests: actor
                .require_any(&[Permission::ReadAll, Permission::ReadOperations])
                .is_ok(),
        })
    };
    load(loading, |shown| {
        let run = shown.may_run && shown.schedule.is_some();
        view! {
            <PageHead
                title="Drills"
                lead="Once a month the whole process runs on a synthetic tenant: people confirm, approve, look and certify as for any request. A dataset with nothing to erase has rehearsed nothing."
            />
            <div class="stack">
                {stopped(shown.watched)} {plan(shown.schedule)} {drills(shown.drills, shown.reads_requests)}
                {run.then(run_now)} {systems(shown.systems)}
            </div>
        }
    })
}

fn stopped(watched: Watched) -> Option<AnyView> {
    let at = watched.at.filter(|_| watched.stopped)?;
    let notice = view! {
        <Notice tone=Tone::Danger title="Nobody looks for what is overdue">
            <p>"The schedule ran last " <Moment at /> ". No drill is opened, and nothing alarms, until a process runs it."</p>
        </Notice>
    };
    Some(notice.into_any())
}

fn plan(schedule: Option<Schedule>) -> AnyView {
    match schedule {
        Some(schedule) => view! {
            <p>
                {format!(
                    "On day {} of each month a drill is opened on the tenant {}. It is to end in a certificate within {} days.",
                    schedule.day,
                    schedule.tenant,
                    schedule.days,
                )}
            </p>
        }
        .into_any(),
        None => view! {
            <Notice tone=Tone::Warning title="No drill runs by itself">
                <p>
                    "No synthetic tenant is named (setting " <code>"drills.tenant"</code>
                    "). Certificates say of each system that no drill has passed."
                </p>
            </Notice>
        }
        .into_any(),
    }
}

fn run_now() -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="run">
            <h2 id="run">"Run one now"</h2>
            <p>"It is opened besides those of the schedule, for example after a system was changed. One runs at a time."</p>
            <Form action=RunDrill::PATH>
                <Submit tone="secondary">"Open a drill"</Submit>
            </Form>
        </section>
    }
}

fn drills(drills: Vec<DrillSeen>, link: bool) -> AnyView {
    if drills.is_empty() {
        return view! {
            <Empty title="No drill has run yet">
                <p>"Each drill appears here with its certificate, and so does each month in which none ran."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = drills.into_iter().map(|drill| row(drill, link)).collect();
    view! {
        <Table stacked=true caption="Drills">
            <thead>
                <tr>
                    <th scope="col">"Drill"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Opened"</th>
                    <th scope="col">"In time until"</th>
                    <th scope="col">"Certificate"</th>
                    <th scope="col">"What went wrong"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn row(drill: DrillSeen, link: bool) -> impl IntoView {
    let month = drill.month.as_ref();
    let name = month.map_or_else(|| "Asked for".to_owned(), ToString::to_string);
    let name = match drill.request.filter(|_| link) {
        Some(request) => view! { <a href=one(routes::REQUESTS, request)>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let mut wrong: Vec<String> = drill
        .lacking
        .iter()
        .map(|(dataset, why)| format!("{dataset}: {why}"))
        .collect();
    if drill.certificate.is_none() {
        wrong.extend(drill.trouble.map(|trouble| trouble.why));
    }
    let certificate = drill.certificate.map(|(id, at)| {
        view! {
            <a href=one(routes::CERTIFICATES, id)>
                <Moment at />
            </a>
        }
    });
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td data-label="State">
                <Tag state=drill.state.word() />
            </td>
            <td data-label="Opened">{drill.request.map(|_| view! { <Moment at=drill.opened_at /> })}</td>
            <td data-label="In time until">
                <Day on=drill.due_on />
            </td>
            <td data-label="Certificate">{certificate}</td>
            <td data-label="What went wrong">
                {if wrong.is_empty() { "Nothing".to_owned() } else { wrong.join("; ") }}
            </td>
        </tr>
    }
}

fn systems(systems: Vec<SystemDrilled>) -> Option<AnyView> {
    if systems.is_empty() {
        return None;
    }
    let rows: Vec<_> = systems.into_iter().map(system).collect();
    let table = view! {
        <Table stacked=true caption="Systems, and the last drill that each passed">
            <thead>
                <tr>
                    <th scope="col">"System"</th>
                    <th scope="col">"Drill"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    };
    Some(table.into_any())
}

fn system(seen: SystemDrilled) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a href=one(routes::INVENTORY, &seen.system)>{seen.system.to_string()}</a>
            </th>
            <td data-label="Drill">
                <span>{said(seen.last)}</span>
            </td>
        </tr>
    }
}

/// The last drill that a system passed, as words.
pub fn said(last: Option<LastPassed>) -> AnyView {
    match last {
        Some(last) if last.unchanged => view! { "Passed " <Moment at=last.at /> }.into_any(),
        Some(last) => {
            view! { "Passed " <Moment at=last.at /> ", and changed since: it counts no more" }.into_any()
        }
        None => "Has never passed a drill".into_any(),
    }
}
