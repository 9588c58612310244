//! What the home page of the issuer's people is made from, as far as their role goes.

use domain::actor::{Actor, Permission};
use domain::port::reading::{RequestFilter, RequestSort};
use domain::request::{Aside, ErasureRequest, Stage};
use engine::Engine;
use engine::reading::holds::HoldSeen;
use engine::reading::requests::StateCount;

use super::{can, today};
use crate::error::AppError;

/// At most so many requests are looked through for deadlines.
const MOST: u32 = 500;
/// States of requests that are answered or ended.
const ANSWERED: [&str; 5] = ["certified", "closed", "refused", "withdrawn", "duplicate"];

/// What there is to look at. What a role does not look at is absent.
pub struct Overview {
    /// How many requests are in each state.
    pub counts: Vec<StateCount>,
    /// Requests that are not answered yet, what is due first, first.
    pub due: Vec<ErasureRequest>,
    /// How many of them are late.
    pub overdue: usize,
    /// Holds that stand.
    pub holds: Option<Vec<HoldSeen>>,
    /// How many of them must be looked at again.
    pub reviews: usize,
    /// Systems and work.
    pub work: Option<Work>,
    /// Accounts that are open, and disabled ones.
    pub accounts: Option<(usize, usize)>,
}

/// What operators look after.
pub struct Work {
    /// How many the inventory has.
    pub systems: usize,
    /// What is paused, with the reason.
    pub paused: Vec<String>,
    /// How many jobs are parked.
    pub parked: usize,
}

impl Overview {
    /// Reads it.
    pub async fn load(engine: &Engine, actor: &Actor) -> Result<Self, AppError> {
        let counts = engine.request_counts(actor).await?;
        let unanswered = Stage::ALL.map(Stage::word).into_iter();
        let unanswered = unanswered.chain(Aside::WORDS);
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
