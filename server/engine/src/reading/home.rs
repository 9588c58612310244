//! What waits for whom: the first page of everybody. Who is excluded by separated duties is not asked.

use domain::actor::{Actor, Permission};
use domain::id::TenantId;
use domain::inventory::SystemName;
use domain::job::{Job, Queue};
use domain::port::reading::{RequestFilter, RequestSort};
use domain::register::CertificateRecord;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::scope::RequestScope;
use domain::time::{Date, Timestamp};
use serde::Serialize;

use super::Sight;
use super::holds::HoldFilter;
use super::names::Names;
use super::waiting::{Awaited, Turn, Waiting};
use crate::{Engine, Error};

/// At most so many requests are looked through for what waits.
const MOST: u32 = 500;
/// States in which a person may be asked for something.
const ASKING: [&str; 9] = [
    "received",
    "identity_confirmed",
    "planned",
    "verified",
    "certified",
    "on_hold",
    "needs_attention",
    "paused",
    "scheduled",
];
/// States of requests that are not answered yet.
const UNANSWERED: [&str; 13] = [
    "received",
    "identity_confirmed",
    "planned",
    "approved",
    "scheduled",
    "erasing",
    "settling",
    "verifying",
    "residue",
    "verified",
    "on_hold",
    "needs_attention",
    "paused",
];

/// Whose data a task is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// One person's of the tenant.
    Person,
    /// All of the tenant's.
    Everything,
    /// What a restored system brought back.
    Again(SystemName),
    /// Nobody's: it is a drill.
    Drill,
}

impl Whose {
    fn of(request: &ErasureRequest) -> Self {
        match (&request.again, &request.scope) {
            (Some(again), _) => Self::Again(again.system.clone()),
            _ if request.drill => Self::Drill,
            (None, RequestScope::Tenant { .. }) => Self::Everything,
            (None, RequestScope::Subject) => Self::Person,
        }
    }
}

/// One thing that waits for the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// What is to be done.
    pub what: Awaited,
    /// About what: `request:<id>`, `hold:<id>`, `job:<id>`, `register:holds`.
    pub object: String,
    /// What to call it: the tenant's name, a hold as the reader may see it, a kind of job.
    pub title: String,
    /// The tenant, where it is about one.
    pub tenant: Option<TenantId>,
    /// Whose data, where it is about a request.
    pub whose: Option<Whose>,
    /// Since when it waits.
    pub since: Option<Timestamp>,
    /// The day by which it must be done, where there is one.
    pub due_on: Option<Date>,
    /// That day is past.
    pub overdue: bool,
    /// What is the matter, as somebody wrote it; for staff.
    pub told: Option<String>,
    /// Nothing is asked of the reader: they are told, because it blocks or is late.
    pub only_told: bool,
}

impl Engine {
    /// What waits for the actor, what is due first, first.
    pub async fn home(&self, actor: &Actor) -> Result<Vec<Task>, Error> {
        let sight = Sight::of(actor)?;
        let today = self.now().date_in(&self.policy.zone)?;
        let mut tasks = self.requests_waiting(actor, sight, today).await?;
        if actor.require(Permission::ManageHolds).is_ok() {
            tasks.extend(self.holds_waiting(actor, today).await?);
        }
        if actor.require(Permission::ConfirmRevocation).is_ok() {
            tasks.extend(self.revocations_waiting(actor).await?);
        }
        if actor.require(Permission::Revoke).is_ok() {
            tasks.extend(self.incidents_waiting(actor).await?);
        }
        if actor.require(Permission::Deliver).is_ok() {
            tasks.extend(self.undelivered_waiting().await?);
        }
        if sight.is_staff() {
            tasks.extend(self.storage_waiting(actor).await?);
            tasks.extend(self.drills_waiting(actor).await?);
            tasks.extend(self.work_waiting(actor).await?);
        }
        tasks.sort_by_key(|task| (task.only_told, task.due_on.is_none(), task.due_on, task.since));
        Ok(tasks)
    }

    async fn requests_waiting(&self, actor: &Actor, sight: Sight, today: Date) -> Result<Vec<Task>, Error> {
        let mut tx = self.ports.store.read().await?;
        let tx = &mut *tx;
        let names = Names::load(tx, actor).await?;
        let asking = RequestFilter {
            states: ASKING.map(str::to_owned).into(),
            ..due_first(sight)
        };
        let mut tasks = Vec::new();
        for request in tx.reading().request_page(&asking).await?.rows {
            let late = is_late(&request, today);
            let loaded = self.load(tx, request).await?;
            let (waiting, _) = self.waiting(tx, actor, &loaded, &names, sight).await?;
            let task = asked(actor, &loaded.request, &loaded.certificates, waiting);
            tasks.extend(task.map(|task| Task {
                overdue: late,
                ..task
            }));
        }
        if actor.require(Permission::ReadAll).is_ok() {
            let late = RequestFilter {
                states: UNANSWERED.map(str::to_owned).into(),
                due_before: Some(today),
                ..due_first(sight)
            };
            for request in tx.reading().request_page(&late).await?.rows {
                let object = format!("request:{}", request.id);
                if !tasks.iter().any(|task| task.object == object) {
                    let waiting = Waiting::of(Vec::new(), Awaited::Attention, Some(request.received_at));
                    let task = task(&request, waiting, true);
                    tasks.push(Task {
                        overdue: true,
                        ..task
                    });
                }
            }
        }
        let tenants = tx.tenants().list().await?;
        for task in &mut tasks {
            let known = tenants.iter().find(|tenant| Some(tenant.id) == task.tenant);
            if let Some(tenant) = known {
                task.title.clone_from(&tenant.name);
            }
        }
        Ok(tasks)
    }

    async fn holds_waiting(&self, actor: &Actor, today: Date) -> Result<Vec<Task>, Error> {
        let mut tasks = Vec::new();
        let all = self.hold_list(actor, &HoldFilter::default()).await?;
        for hold in all.into_iter().filter(|hold| hold.state != "released") {
            let task = |what, since, due_on| Task {
                what,
                object: format!("hold:{}", hold.id),
                title: hold.title(),
                tenant: None,
                whose: None,
                since: Some(since),
                due_on,
                overdue: due_on.is_some_and(|due_on| due_on < today),
                told: None,
                only_told: false,
            };
            let review = hold.matter.as_ref().filter(|matter| matter.review_due);
            tasks.extend(
                review.map(|matter| task(Awaited::HoldReview, hold.placed_at, Some(matter.review_on))),
            );
            if let super::holds::ReleaseSeen::Proposed {
                first, yours: true, ..
            } = &hold.release
            {
                tasks.push(task(Awaited::SecondRelease, first.at, None));
            }
        }
        Ok(tasks)
    }

    /// What waits apart from requests: the register after a restore, and work that was parked.
    async fn work_waiting(&self, actor: &Actor) -> Result<Vec<Task>, Error> {
        let mut tx = self.ports.store.read().await?;
        let plain = |what, object: String, title: String, since, told| Task {
            what,
            object,
            title,
            tenant: None,
            whose: None,
            since,
            due_on: None,
            overdue: false,
            told,
            only_told: false,
        };
        let mut tasks = Vec::new();
        let unconfirmed = tx.settings().switches().await?.register_unconfirmed_since;
        if let (Some(since), true) = (unconfirmed, actor.require(Permission::ConfirmRegister).is_ok()) {
            let (object, title) = ("register:holds".into(), "the hold register".into());
            tasks.push(plain(
                Awaited::RegisterConfirmation,
                object,
                title,
                Some(since),
                None,
            ));
        }
        let retries = actor.require(Permission::RetryStep).is_ok();
        let keeps_mail = actor.require(Permission::ManagePeople).is_ok();
        for (id, job, why) in tx.jobs().parked().await? {
            if retries || (keeps_mail && job.queue() == Queue::Mail) {
                let object = format!("job:{id}");
                tasks.push(plain(Awaited::ParkedJob, object, word(&job), None, Some(why)));
            }
        }
        Ok(tasks)
    }
}

fn due_first(sight: Sight) -> RequestFilter {
    RequestFilter {
        tenant: sight.tenant(),
        sort: RequestSort::Due,
        limit: MOST,
        ..RequestFilter::default()
    }
}

fn is_late(request: &ErasureRequest, today: Date) -> bool {
    today > request.due_on && !request.stage.is_end() && request.stage != Stage::Certified
}

/// What is asked of the actor, if anything is.
fn asked(
    actor: &Actor,
    request: &ErasureRequest,
    certificates: &[CertificateRecord],
    waiting: Waiting,
) -> Option<Task> {
    let can = |permission| actor.require(permission).is_ok();
    let acts = match waiting.what {
        Awaited::Attention => {
            // Whoever is named acts; others who could are not asked.
            waiting.yours && waiting.who.iter().any(|turn| takes(actor, *turn))
        }
        // A hold is not released because somebody waits: counsel is told that it blocks.
        Awaited::HoldRelease | Awaited::DutyEnd => false,
        Awaited::Grace => false,
        _ => waiting.yours,
    };
    let told = match waiting.what {
        Awaited::HoldRelease | Awaited::DutyEnd | Awaited::CoolingOff => can(Permission::ManageHolds),
        // The tenant can object until the run begins.
        Awaited::Grace => can(Permission::ObjectToRun),
        Awaited::Issue => can(Permission::RetryStep) && waiting.who.contains(&Turn::Operator),
        Awaited::Key => can(Permission::Certify),
        Awaited::Remainder => {
            let issued = certificates.iter().any(|record| record.issued_at.is_some());
            can(Permission::ReadOwn) && !can(Permission::ReadAll) && issued
        }
        _ => false,
    };
    (acts || told).then(|| task(request, waiting, !acts))
}

/// Somebody of the actor's roles is meant.
fn takes(actor: &Actor, turn: Turn) -> bool {
    let permission = match turn {
        Turn::Tenant => Permission::ReadOwn,
        Turn::LegalCounsel => Permission::ManageHolds,
        Turn::ComplianceOfficer => Permission::ApproveRun,
        Turn::Operator => Permission::RetryStep,
        Turn::Administrator => Permission::RotateKeys,
        Turn::Lethe => Permission::Work,
    };
    actor.require(permission).is_ok()
}

fn task(request: &ErasureRequest, waiting: Waiting, only_told: bool) -> Task {
    let told = match &request.aside {
        Some(Aside::NeedsAttention { .. } | Aside::Paused { .. }) => waiting.told,
        _ => None,
    };
    Task {
        what: waiting.what,
        object: format!("request:{}", request.id),
        title: request.tenant_key.to_string(),
        tenant: Some(request.tenant),
        whose: Some(Whose::of(request)),
        since: waiting.since,
        // What is certified is answered.
        due_on: (waiting.what != Awaited::Remainder).then_some(request.due_on),
        overdue: false,
        told,
        only_told,
    }
}

/// What to call a job.
fn word(job: &Job) -> String {
    let value = serde_json::to_value(job).unwrap_or_default();
    let word = value.get("job").and_then(|word| word.as_str());
    word.unwrap_or("job").replace('_', " ")
}
