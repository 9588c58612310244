//! What the issuer's people look at: deadlines, states, holds, systems, accounts; each as far as their role goes.

use domain::request::ErasureRequest;
use domain::time::{Date, days_later};
use engine::reading::holds::HoldSeen;
use engine::reading::requests::StateCount;
use leptos::prelude::*;

use super::overview::{Overview, Work};
use crate::components::tag::look;
use crate::components::{Bars, Calendar, Day, Due, Empty, Figure, Figures, Tag};
use crate::routes::{self, one};
use crate::text;

/// So many holds are named; the register has them all.
const HOLDS: usize = 8;

/// The sections of the role.
#[component]
pub fn StaffRooms(overview: Overview, today: Date) -> impl IntoView {
    let Overview {
        counts,
        due,
        overdue,
        holds,
        reviews,
        work,
        accounts,
    } = overview;
    let open = due.len();
    let standing_now = holds.as_ref().map(Vec::len);
    let before_today = format!("{}?due_before={today}", routes::REQUESTS);
    view! {
        <Figures>
            <Figure figure=text::count(open as u64) words="Requests not answered yet" href=routes::REQUESTS />
            <Figure figure=text::count(overdue as u64) words="Past their deadline" href=before_today />
            {standing_now
                .map(|holds| {
                    let href = format!("{}?state=in_force", routes::HOLDS);
                    view! { <Figure figure=text::count(holds as u64) words="Holds that stand" href /> }
                })}
            {(reviews > 0)
                .then(|| {
                    view! { <Figure figure=text::count(reviews as u64) words="Holds to review" href=routes::HOLDS /> }
                })}
        </Figures>
        {deadlines(due, today)}
        {states(counts)}
        {holds.map(standing)}
        {work.map(operations)}
        {accounts.map(people)}
    }
}

fn deadlines(requests: Vec<ErasureRequest>, today: Date) -> AnyView {
    let horizon = days_later(today, 28).unwrap_or(today);
    let due: Vec<Due> = requests
        .into_iter()
        .filter(|request| request.due_on <= horizon)
        .map(|request| Due {
            on: request.due_on,
            words: request.tenant_key.to_string(),
            href: one(routes::REQUESTS, request.id),
        })
        .collect();
    let calendar = match due.is_empty() {
        true => view! { <p class="muted">"Nothing is due in the next four weeks."</p> }.into_any(),
        false => {
            let list = format!("{}?due_before=", routes::REQUESTS);
            view! { <Calendar today due list /> }.into_any()
        }
    };
    view! {
        <section aria-labelledby="deadlines">
            <h2 id="deadlines">"Deadlines"</h2>
            {calendar}
        </section>
    }
    .into_any()
}

fn states(counts: Vec<StateCount>) -> AnyView {
    let bars = match counts.is_empty() {
        true => view! {
            <Empty title="No requests yet">
                <p>"The first request that is opened appears here with its state and its deadline."</p>
            </Empty>
        }
        .into_any(),
        false => {
            let link = |count: &StateCount| format!("{}?state={}", routes::REQUESTS, count.state);
            let links = counts.iter().map(link).collect();
            let share = |count: StateCount| (text::words(&count.state), count.count, look(&count.state).0);
            let shares = counts.into_iter().map(share).collect();
            view! { <Bars label="Requests by state" shares links /> }.into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="states">
            <h2 id="states">"Requests by state"</h2>
            {bars}
        </section>
    }
    .into_any()
}

fn standing(holds: Vec<HoldSeen>) -> AnyView {
    let more = holds.len().saturating_sub(HOLDS);
    let rows: Vec<_> = holds
        .into_iter()
        .take(HOLDS)
        .map(|hold| {
            let review = hold.matter.as_ref().map(|matter| matter.review_on);
            let title = match hold.matter {
                Some(matter) => matter.matter,
                None if hold.disclosed.starts_with("Art. ") => format!("Kept under {}", hold.disclosed),
                None => hold.disclosed,
            };
            view! {
                <li class="task">
                    <div>
                        <p class="task-what">
                            <a href=one(routes::HOLDS, hold.id)>{title}</a>
                        </p>
                        {review
                            .map(|on| {
                                view! {
                                    <p class="task-more">
                                        "To be reviewed by "
                                        <Day on />
                                    </p>
                                }
                            })}
                    </div>
                    <Tag state=hold.state />
                </li>
            }
        })
        .collect();
    let list = match rows.is_empty() {
        true => {
            view! { <p class="muted">"No hold stands. Nothing is kept from erasure by one."</p> }.into_any()
        }
        false => view! { <ul class="tasks">{rows}</ul> }.into_any(),
    };
    let rest = (more > 0).then(|| {
        view! {
            <p class="aside-link">
                <a href=routes::HOLDS>{format!("See {} more in the register", text::count(more as u64))}</a>
            </p>
        }
    });
    view! {
        <section aria-labelledby="holds">
            <h2 id="holds">"Holds that stand"</h2>
            {list}
            {rest}
        </section>
    }
    .into_any()
}

fn operations(work: Work) -> AnyView {
    let paused: Vec<_> = work
        .paused
        .into_iter()
        .map(|pause| view! { <li>{pause}</li> })
        .collect();
    let paused = match paused.is_empty() {
        true => view! { <p>"Erasure is not paused anywhere."</p> }.into_any(),
        false => view! {
            <h3>"Paused"</h3>
            <ul>{paused}</ul>
        }
        .into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="operations">
            <h2 id="operations">"Systems and work"</h2>
            <Figures>
                <Figure figure=text::count(work.systems as u64) words="Systems in the inventory" href=routes::INVENTORY />
                <Figure figure=text::count(work.parked as u64) words="Parked jobs" href=routes::JOBS />
            </Figures>
            {paused}
        </section>
    }
    .into_any()
}

fn people((open, closed): (usize, usize)) -> AnyView {
    view! {
        <section class="panel" aria-labelledby="accounts">
            <h2 id="accounts">"People"</h2>
            <p>
                {text::counted(open as u64, "open account", "open accounts")}
                {(closed > 0).then(|| format!(", {} disabled", text::count(closed as u64)))} ". "
                <a href=routes::PEOPLE>"See everybody"</a>
            </p>
        </section>
    }
    .into_any()
}
