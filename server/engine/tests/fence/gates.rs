//! The fence, one interleaving at a time: a commit is stopped, and the other side must wait for it.

use std::sync::Arc;
use std::time::Duration;

use domain::actor::Role;
use domain::id::{RequestId, StepId};
use domain::inventory::Slug;
use domain::job::Queue;
use domain::port::store::Store;
use engine::Engine;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::call::{Course, NoteTaking, Notes};
use crate::order::{Commits, Order, Watched};
use crate::plans::{self, Draft};
use crate::scopes::{self, Kept, Known, every_kind};
use crate::site::{
    Site, apply_inventory, counsel, hold, is_in_force, person, policy, ports, release, run_ready,
};

const DEADLINE: Duration = Duration::from_secs(3);
const LEASE: Duration = Duration::from_secs(8);
/// Longer than a commit that waits for nobody takes.
const A_WHILE: Duration = Duration::from_millis(120);

/// Longer than any test lets a worker work.
const FOR_EVER: Duration = Duration::from_secs(30);

/// Somebody with connections of their own.
pub struct Desk {
    /// Their engine.
    pub engine: Engine,
    /// Their commits.
    pub commits: Arc<Commits>,
    /// The calls they made.
    pub notes: Arc<Notes>,
}

impl Desk {
    /// A desk whose calls take so long.
    pub async fn open(site: &Site, order: &Arc<Order>, lead: Duration) -> Self {
        let inner = storage::open(&site.database.url).await.unwrap();
        let (commits, notes) = (Arc::new(Commits::of(order)), Arc::new(Notes::default()));
        let course = move || Course {
            lead,
            ..Course::default()
        };
        let erasers = NoteTaking {
            order: Arc::clone(order),
            commits: Arc::clone(&commits),
            notes: Arc::clone(&notes),
            course,
        };
        let store = Arc::new(Watched {
            inner,
            commits: Arc::clone(&commits),
        });
        let engine = Engine::new(
            ports(store, Some(Arc::new(erasers)), None),
            policy(DEADLINE, LEASE),
        );
        Self {
            engine,
            commits,
            notes,
        }
    }

    /// Erases for as long as it may.
    pub fn work(&self) -> JoinHandle<()> {
        let (engine, runtime) = (self.engine.clone(), Handle::current());
        tokio::task::spawn_blocking(move || {
            // A fence with a hole lets it go on for ever: the test is to fail then, not to hang.
            let working = async { timeout(FOR_EVER, run_ready(&engine, &[Queue::EraseStep])).await };
            runtime.block_on(working).expect("something stops the chunks");
        })
    }

    fn place(&self, kept: &Kept) -> JoinHandle<domain::hold::LegalHold> {
        let (engine, scope) = (self.engine.clone(), kept.scope());
        tokio::spawn(async move { engine.place_hold(&counsel(), hold(scope)).await.unwrap() })
    }
}

/// The state of a step, in a word.
pub async fn state_of(store: &dyn Store, id: StepId) -> &'static str {
    store
        .read()
        .await
        .unwrap()
        .attempts()
        .find_step(id)
        .await
        .unwrap()
        .unwrap()
        .state
        .word()
}

/// A request of a new tenant with one step in `crm.users`.
async fn started(site: &Site, tenant: &str, person: Option<Known>) -> (RequestId, StepId) {
    let store = &site.database.store;
    let tenant = plans::tenant(store, tenant).await;
    let datasets = vec![scopes::dataset("crm.users")];
    let draft = Draft {
        tenant: &tenant,
        person: person.map(Known::identifier),
        datasets,
        kept: Vec::new(),
    };
    let running = draft.start(store, |step| step.to_string()).await;
    (running.request, running.steps[0].0)
}

/// Two desks at a site with an inventory.
async fn desks(site: &Site, lead: Duration) -> (Desk, Desk) {
    let order = Arc::new(Order::default());
    let desks = (
        Desk::open(site, &order, lead).await,
        Desk::open(site, &order, lead).await,
    );
    apply_inventory(&desks.1.engine, &scopes::inventory()).await;
    desks
}

on_both! {
    /// What was being authorised is authorised before the hold, and the hold drains until it has reported.
    async fn a_hold_waits_for_the_authorisation_under_way(site: Site) {
        let (worker, office) = desks(&site, Duration::ZERO).await;
        for (n, (name, kept)) in every_kind("acme").into_iter().enumerate() {
            let tenant = format!("acme-{n}");
            let kept = Kept { tenant: kept.tenant.map(|_| tenant.clone()), ..kept };
            let (_, step) = started(&site, &tenant, None).await;
            let calls = worker.notes.len();
            let (gate, call) = (worker.commits.gate(), worker.notes.gate());
            let work = worker.work();
            gate.reached().await;
            let mut placing = office.place(&kept);
            assert!(timeout(A_WHILE, &mut placing).await.is_err(), "a hold on {name} overtook an authorisation");
            gate.open();
            let placed = placing.await.unwrap();
            run_ready(&office.engine, &[Queue::Process]).await;
            assert!(!is_in_force(&site.database.store, placed.id).await, "a hold on {name} while a chunk was in flight");
            call.open();
            work.await.unwrap();
            assert_eq!(worker.notes.len() - calls, 1, "a hold on {name} did not stop the next chunk");
            assert_eq!(state_of(&site.database.store, step).await, "stopped");
            tokio::time::sleep(Duration::from_millis(550)).await;
            run_ready(&office.engine, &[Queue::Process]).await;
            assert!(is_in_force(&site.database.store, placed.id).await, "a hold on {name} drains for ever");
            release(&office.engine, placed.id).await;
        }
    }

    /// What is to be authorised while a hold is being placed waits, and then is not.
    async fn an_authorisation_waits_for_the_hold_under_way(site: Site) {
        let (worker, office) = desks(&site, Duration::ZERO).await;
        for (n, (name, kept)) in every_kind("acme").into_iter().enumerate() {
            let tenant = format!("acme-{n}");
            let kept = Kept { tenant: kept.tenant.map(|_| tenant.clone()), ..kept };
            let (_, step) = started(&site, &tenant, None).await;
            let gate = office.commits.gate();
            let placing = office.place(&kept);
            gate.reached().await;
            let mut work = worker.work();
            assert!(timeout(A_WHILE, &mut work).await.is_err(), "an authorisation overtook a hold on {name}");
            gate.open();
            let placed = placing.await.unwrap();
            work.await.unwrap();
            assert_eq!(worker.notes.len(), 0, "erased under a hold on {name}");
            assert_eq!(state_of(&site.database.store, step).await, "stopped");
            run_ready(&office.engine, &[Queue::Process]).await;
            assert!(is_in_force(&site.database.store, placed.id).await, "nothing is in flight under a hold on {name}");
            release(&office.engine, placed.id).await;
        }
    }

    /// A hold on others stops nothing, and need not wait until it reads InForce.
    async fn a_hold_on_others_stops_nothing(site: Site) {
        let (worker, office) = desks(&site, Duration::from_millis(40)).await;
        let (_, step) = started(&site, "acme", Some(Known { by: "email", number: 1 })).await;
        let one = || Kept { tenant: Some("acme".into()), ..Kept::default() };
        let others = [
            Kept { tenant: Some("globex".into()), ..Kept::default() },
            Kept { person: Some(Known { by: "email", number: 2 }), ..one() },
            Kept { system: Some("billing"), ..one() },
            Kept { category: Some("support"), ..one() },
            Kept { system: Some("logs"), ..Kept::default() },
        ];
        let work = worker.work();
        for kept in others {
            let before = worker.notes.len();
            while worker.notes.len() < before + 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let placed = office.place(&kept).await.unwrap();
            let drain = domain::job::Job::Drain { hold: placed.id };
            let leased = office.engine.store().lease(&[Queue::Process], 20, office.engine.now(), LEASE).await.unwrap();
            for job in leased {
                // Reviews are left alone: for the plan of a request, other datasets count as well.
                if job.job == drain {
                    office.engine.run(&job).await;
                }
            }
            assert!(is_in_force(&site.database.store, placed.id).await, "{kept:?}");
            assert_eq!(state_of(&site.database.store, step).await, "ready", "{kept:?}");
        }
        office.place(&one()).await.unwrap();
        work.await.unwrap();
    }

    /// A hold may name a tenant that nobody has registered yet.
    async fn a_hold_on_a_tenant_to_come_stops_its_first_chunk(site: Site) {
        let (worker, office) = desks(&site, Duration::ZERO).await;
        office.place(&Kept { tenant: Some("newcomer".into()), ..Kept::default() }).await.unwrap();
        let (_, step) = started(&site, "newcomer", None).await;
        worker.work().await.unwrap();
        assert_eq!((worker.notes.len(), state_of(&site.database.store, step).await), (0, "stopped"));
    }

    /// E1: after the commit of a pause nothing is authorised, by the same fence.
    async fn a_pause_waits_for_the_authorisation_under_way(site: Site) {
        let (worker, office) = desks(&site, Duration::from_millis(250)).await;
        let operator = person(&[Role::Operator]);
        for which in ["everything", "one system", "one request"] {
            let (request, _) = started(&site, &format!("acme-{}", &which[4..]), None).await;
            let gate = worker.commits.gate();
            let work = worker.work();
            gate.reached().await;
            let (engine, operator) = (office.engine.clone(), operator.clone());
            let mut pausing = tokio::spawn(async move {
                match which {
                    "everything" => engine.pause(&operator, None, "smoke").await.unwrap(),
                    "one system" => engine.pause(&operator, Some(Slug::parse("crm").unwrap()), "smoke").await.unwrap(),
                    _ => engine.pause_request(&operator, request, "smoke").await.unwrap(),
                }
            });
            assert!(timeout(A_WHILE, &mut pausing).await.is_err(), "a pause of {which} overtook an authorisation");
            let calls = worker.notes.len();
            gate.open();
            pausing.await.unwrap();
            work.await.unwrap();
            assert_eq!(worker.notes.len() - calls, 1, "a pause of {which} did not stop the next chunk");
            office.engine.unpause(&person(&[Role::Operator]), None).await.unwrap();
            office.engine.unpause(&person(&[Role::Operator]), Some(Slug::parse("crm").unwrap())).await.unwrap();
            office.engine.place_hold(&counsel(), hold(crate::site::whole(&format!("acme-{}", &which[4..])))).await.unwrap();
        }
    }
}
