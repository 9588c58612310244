//! Workers that erase race counsel who place and release holds of every kind of scope: thousands of chunks, some of
//! them frozen longer than they may live.

mod judge;
mod rng;
mod staff;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::attempt::StepState;
use domain::id::{HoldId, StepId};
use domain::plan::KeptPart;
use domain::port::store::{Store as _, StoreError};
use domain::request::{ErasureRequest, Stage};
use domain::retention::KeeperId;
use domain::scope::Cover;
use domain::subject::Tenant;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use storage::Database;
use tokio::runtime::Builder;

use crate::call::Notes;
use crate::database::Kind;
use crate::order::Order;
use crate::plans::{self, Draft, Running};
use crate::scopes::{self, DATASETS, Kept, Known, Wanted};
use crate::site::{Site, apply_inventory, policy};
use rng::Rng;

/// Time from authorisation to the start of the last deletion; an attempt may live twice as long.
const DEADLINE: Duration = Duration::from_millis(150);
/// How long a worker holds a job: less than a long freeze, so that leases are lost.
const LEASE: Duration = Duration::from_millis(400);
/// Enough chunks.
const CHUNKS: usize = 2_050;
/// Enough placements.
const PLACEMENTS: usize = 120;
/// On a machine this slow, nothing is proved.
const LONGEST: Duration = Duration::from_secs(150);
/// Tenants with requests from the beginning.
const TENANTS: usize = 4;
/// Requests that are being erased at the same time.
const AT_ONCE: usize = 14;

/// What is known of a step.
struct Stepped {
    wanted: Wanted,
    honours: Vec<HoldId>,
}

/// What is known of a hold. Numbers are those of the order.
struct Placed {
    kept: Kept,
    /// After the placement was durable.
    placed: u64,
    /// Before the second person's release was asked for.
    releasing: Option<u64>,
}

/// What everybody in the race shares.
struct Race {
    url: String,
    seed: u64,
    order: Arc<Order>,
    notes: Arc<Notes>,
    steps: Mutex<HashMap<StepId, Stepped>>,
    holds: Mutex<HashMap<HoldId, Placed>>,
    /// When a worker first saw that a hold reads InForce.
    in_force: Mutex<HashMap<HoldId, u64>>,
    /// What jobs failed with: which, and why.
    complaints: Mutex<Vec<(String, String)>>,
    /// The longest that a placement took.
    slowest: Mutex<Duration>,
    placing: AtomicBool,
    working: AtomicBool,
    refused: AtomicUsize,
}

impl Race {
    /// Notes how long a placement took.
    fn took(&self, time: Duration) {
        let mut slowest = self.slowest.lock().unwrap();
        *slowest = time.max(*slowest);
    }

    fn tenant_names() -> Vec<String> {
        // The last one is held before anybody registers it.
        (0..=TENANTS).map(|number| format!("tenant-{number}")).collect()
    }

    /// Starts a request with steps of its own, on a plan that knows some of the holds, or none.
    async fn start_request(&self, site: &Site, rng: &mut Rng, tenant: &Tenant) -> Running {
        let person = rng.chance(0.4).then(|| Known {
            by: rng.pick(&["email", "user_id"]),
            number: rng.below(3),
        });
        let datasets: Vec<_> = DATASETS
            .iter()
            .filter(|_| rng.chance(0.4))
            .map(|(name, _)| scopes::dataset(name))
            .collect();
        let honours = match rng.chance(0.3) {
            true => self
                .holds
                .lock()
                .unwrap()
                .iter()
                .filter(|(_, hold)| hold.releasing.is_none())
                .map(|(id, _)| *id)
                .collect(),
            false => Vec::new(),
        };
        let kept = honours.iter().map(|id| KeptPart {
            keeper: KeeperId::Hold(*id),
            cover: Cover::Subject,
            ground: domain::hold::Ground::LegalClaims,
            until: None,
            disclosed: "Art. 17(3)(e) GDPR".into(),
        });
        let draft = Draft {
            tenant,
            person: person.map(Known::identifier),
            datasets,
            kept: kept.collect(),
        };
        let running = draft.start(&site.database.store, |step| step.to_string()).await;
        let mut steps = self.steps.lock().unwrap();
        for (id, dataset) in &running.steps {
            let wanted = Wanted {
                tenant: tenant.key.as_str().into(),
                person,
                dataset: dataset.clone(),
            };
            steps.insert(
                *id,
                Stepped {
                    wanted,
                    honours: honours.clone(),
                },
            );
        }
        running
    }

    /// Keeps enough requests going until there were enough chunks and placements.
    async fn feed(&self, site: &Site) -> Duration {
        let began = Instant::now();
        let mut rng = Rng::new(self.seed);
        let store = &site.database.store;
        let names = Self::tenant_names();
        let mut tenants = Vec::new();
        for name in &names[..TENANTS] {
            tenants.push(plans::tenant(store, name).await);
        }
        let mut running: Vec<Running> = Vec::new();
        while began.elapsed() < LONGEST {
            let placed = self.holds.lock().unwrap().len();
            if self.notes.len() >= CHUNKS && placed >= PLACEMENTS {
                break;
            }
            if placed > PLACEMENTS / 3 && tenants.len() == TENANTS {
                tenants.push(plans::tenant(store, &names[TENANTS]).await);
            }
            let mut alive = Vec::new();
            for one in running {
                if is_alive(store, &one).await {
                    alive.push(one);
                } else {
                    close(store, &one).await;
                }
            }
            running = alive;
            while running.len() < AT_ONCE {
                let tenant = rng.below(tenants.len() as u64) as usize;
                running.push(self.start_request(site, &mut rng, &tenants[tenant]).await);
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        began.elapsed()
    }
}

/// A step of it may still go on.
async fn is_alive(store: &Database, running: &Running) -> bool {
    let mut tx = store.read().await.unwrap();
    let request = tx.requests().find(running.request).await.unwrap().unwrap();
    let steps = tx.attempts().steps(running.request, None).await.unwrap();
    request.stage == Stage::Erasing && steps.iter().any(|step| step.state == StepState::Ready)
}

/// Takes it out of the way: holds on any tenant leave a review of every open request.
async fn close(store: &Database, running: &Running) {
    let mut tx = store.begin().await.unwrap();
    let request = tx.requests().find(running.request).await.unwrap().unwrap();
    let closed = ErasureRequest {
        stage: Stage::Closed,
        aside: None,
        ..request
    };
    match tx.requests().update(&closed).await {
        Ok(()) => {
            plans::log(&mut *tx).await;
            tx.commit().await.unwrap();
        }
        // A worker is at it: then it stays open.
        Err(StoreError::Conflict(_)) => {}
        Err(error) => panic!("closing: {error}"),
    }
}

/// Commits need not outlive the machine here.
async fn in_a_hurry(site: &Site) {
    if site.database.kind == Kind::Postgres {
        let (_, name) = site.database.url.rsplit_once('/').unwrap();
        let mut db = PgConnection::connect(&site.database.url).await.unwrap();
        let hurry = format!("ALTER DATABASE {name} SET synchronous_commit TO off");
        db.execute(AssertSqlSafe(hurry)).await.unwrap();
    }
}

/// A thread with a runtime of its own: it can stand still without the others.
fn thread(
    race: &Arc<Race>,
    number: u64,
    part: impl AsyncFn(Arc<Race>, u64) + Send + 'static,
) -> std::thread::JoinHandle<()> {
    let race = Arc::clone(race);
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(part(race, number));
    })
}

on_both! {
    /// Invariant 1, in a race.
    async fn no_chunk_is_authorised_behind_a_hold_however_the_two_race(site: Site) {
        let from_outside = std::env::var("LETHE_TEST_SEED").ok().and_then(|text| text.parse().ok());
        let seed = from_outside.unwrap_or_else(|| u64::from_be_bytes(crate::site::random()));
        eprintln!("seed {seed}: LETHE_TEST_SEED={seed} draws the same scopes and freezes again");
        in_a_hurry(&site).await;
        apply_inventory(&site.engine(policy(DEADLINE, LEASE)), &scopes::inventory()).await;
        let race = Arc::new(Race {
            url: site.database.url.clone(),
            seed,
            order: Arc::default(),
            notes: Arc::default(),
            steps: Mutex::default(),
            holds: Mutex::default(),
            in_force: Mutex::default(),
            complaints: Mutex::default(),
            slowest: Mutex::default(),
            placing: AtomicBool::new(true),
            working: AtomicBool::new(true),
            refused: AtomicUsize::new(0),
        });
        let workers: Vec<_> = (1..=8).map(|number| thread(&race, number, staff::work)).collect();
        let counsel: Vec<_> = (11..=13).map(|number| thread(&race, number, staff::place_and_release)).collect();
        let took = race.feed(&site).await;
        race.placing.store(false, Ordering::SeqCst);
        for one in counsel {
            tokio::task::spawn_blocking(|| one.join().unwrap()).await.unwrap();
        }
        judge::everything_standing_comes_into_force(&race, &site).await;
        race.working.store(false, Ordering::SeqCst);
        for one in workers {
            tokio::task::spawn_blocking(|| one.join().unwrap()).await.unwrap();
        }
        judge::verdict(&race, &site, took).await;
    }
}
