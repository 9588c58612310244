//! What the issuer's people look at: deadlines, states, holds, systems, accounts; each as far as their role goes.

use domain::actor::{Actor, Permission};
use domain::port::reading::{RequestFilter, RequestSort};
use domain::request::{ErasureRequest, Stage};
use domain::time::{Date, days_later};
use engine::Engine;
use engine::reading::holds::HoldSeen;
use engine::reading::requests::StateCount;
use leptos::prelude::*;

use super::{can, today};
use crate::components::tag::look;
use crate::components::{Bars, Calendar, Day, Due, Empty, Figure, Figures, Tag};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;

/// At most so many requests are looked through for deadlines.
const MOST: u32 = 500;
/// So many holds are named; the register has them all.
const HOLDS: usize = 8;
/// States of requests that are answered or ended.
const ANSWERED: [&str; 5] = ["certified", "closed", "refused", "withdrawn", "duplicate"];

/// What there is to look at. What a role does not look at is absent.
pub struct Overview {
    counts: Vec<StateCount>,
    due: Vec<ErasureRequest>,
    overdue: usize,
    holds: Option<Vec<HoldSeen>>,
    reviews: usize,
    work: Option<Work>,
    accounts: Option<(usize, usize)>,
}

/// What operators look after.
struct Work {
    systems: usize,
    paused: Vec<String>,
    parked: usize,
}

impl Overview {
    pub async fn load(engine: &Engine, actor: &Actor) -> Result<Self, AppError> {
        let counts = engine.request_counts(actor).await?;
        let unanswered = Stage::ALL.map(Stage::word).into_iter();
        let unanswered = unanswered.chain(domain::request::Aside::WORDS);
        let filter = RequestFilter {
            states: unanswered
                .filter(|word| !ANSWERED.contains(word))
                .map(str::to_owned)
                .collect(),
            sort: RequestSort::Due,
            limit: MOST,
            ..RequestFilter::default()
        };
        let due = engine.request_page(actor, filter).await?.rows;
        let today = today(engine);
        let (holds, reviews) = match can(actor, Permission::ReadAll) {
            true => {
                let holds = engine.hold_list(actor, &Default::default()).await?;
                let standing: Vec<HoldSeen> = holds
                    .into_iter()
                    .filter(|hold| hold.state != "released")
                    .collect();
                let due = |hold: &&HoldSeen| hold.matter.as_ref().is_some_and(|matter| matter.review_due);
                let reviews = standing.iter().filter(due).count();
                (Some(standing), reviews)
            }
            false => (None, 0),
        };
        let accounts = match can(actor, Permission::ManagePeople) {
            true => {
                let people = engine.people(actor).await?;
                let closed = people
                    .iter()
                    .filter(|person| person.disabled_at.is_some())
                    .count();
                Some((people.len() - closed, closed))
            }
            false => None,
        };
        Ok(Self {
            counts,
            overdue: due.iter().filter(|request| request.due_on < today).count(),
            due,
            holds,
            reviews,
            work: Work::load(engine, actor).await?,
            accounts,
        })
    }
}

impl Work {
    async fn load(engine: &Engine, actor: &Actor) -> Result<Option<Self>, AppError> {
        if !can(actor, Permission::ReadOperations) {
            return Ok(None);
        }
        let inventory = match engine.inventory(actor).await {
            Ok(inventory) => Some(inventory),
            Err(engine::Error::NotFound(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let switches = engine.switches(actor).await?;
        let all = switches
            .all
            .iter()
            .map(|pause| format!("Everything: {}", pause.reason));
        let systems = switches
            .systems
            .iter()
            .map(|(system, pause)| format!("{system}: {}", pause.reason));
        Ok(Some(Self {
            systems: inventory.map_or(0, |inventory| inventory.systems.len()),
            paused: all.chain(systems).collect(),
            parked: engine.parked_jobs(actor).await?.len(),
        }))
    }
}

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
            let title = hold.matter.map_or(hold.disclosed, |matter| matter.matter);
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
