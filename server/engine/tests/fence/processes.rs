//! Three processes at the same time on one SQLite file: one erases, one verifies, one keeps the hold register.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use connectors::registry::Registry;
use domain::actor::Role;
use domain::digest::Digest;
use domain::id::{HoldId, RequestId};
use domain::inventory::System;
use domain::job::{Disposition, Queue};
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Erase, EraseError, Erased, Erasers};
use domain::port::store::Store as _;
use domain::request::IdentityMethod;
use domain::scope::RequestScope;
use domain::secret::Secret;
use domain::selection::Target;
use domain::time::parse_date;
use engine::Engine;
use engine::intake::NewRequest;
use engine::people::NewPerson;
use sqlx::{Executor as _, SqliteConnection};
use vault::pem::Work;
use vault::{IssuerKeys, IssuerSettings, SystemClock, SystemEntropy};
use zeroize::Zeroizing;

use crate::child::{Other, database, say, wait_for_a_line};
use crate::database::Kind;
use crate::frozen::{Elsewhere, open_file};
use crate::plans;
use crate::site::{
    Site, apply_inventory, counsel, hold, is_in_force, key, now, person, policy, ports, release, whole,
};

/// Times as in production, only shorter.
const DEADLINE: Duration = Duration::from_secs(5);
const LEASE: Duration = Duration::from_secs(15);
/// Records of acme, erased five at a time.
const USERS: u32 = 200;

/// Real erasers that take their time.
struct Slow(Arc<Registry>);

struct SlowErase(Arc<dyn Erase>);

impl Erasers for Slow {
    fn eraser(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Erase>, ConnectorError> {
        Ok(Arc::new(SlowErase(self.0.eraser(system, credential)?)))
    }
}

#[async_trait::async_trait]
impl Erase for SlowErase {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        tokio::time::sleep(Duration::from_millis(60)).await;
        self.0.erase(target, chunk).await
    }
}

/// In a child: works until a line comes, and says whatever goes wrong.
async fn work(engine: Engine, queues: &[Queue]) {
    let over = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&over);
    std::thread::spawn(move || {
        wait_for_a_line();
        told.store(true, Ordering::SeqCst);
    });
    say("at work");
    while !over.load(Ordering::SeqCst) {
        match engine.store().lease(queues, 4, engine.now(), LEASE).await {
            Err(error) => say(&format!("trouble: leasing: {error}")),
            Ok(leased) => {
                for job in leased {
                    let disposition = engine.run(&job).await;
                    if let Disposition::Retry { why, .. } | Disposition::Park { why } = &disposition {
                        say(&format!("trouble: {:?}: {why}", job.job));
                    }
                    if let Err(error) = engine.store().finish(&job, &disposition).await {
                        say(&format!("trouble: finishing: {error}"));
                    }
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
#[ignore = "a child process of other tests"]
async fn child_that_works() {
    let store = storage::open(&database()).await.unwrap();
    let erasers = Slow(Arc::new(Registry::new(Arc::new(SystemClock))));
    let engine = Engine::new(
        ports(Arc::new(store), Some(Arc::new(erasers)), None),
        policy(DEADLINE, LEASE),
    );
    work(engine, &[Queue::EraseStep, Queue::Process]).await;
}

#[tokio::test]
#[ignore = "a child process of other tests"]
async fn child_that_verifies() {
    let store = storage::open(&database()).await.unwrap();
    let probes = Registry::new(Arc::new(SystemClock));
    let engine = Engine::new(
        ports(Arc::new(store), None, Some(Arc::new(probes))),
        policy(DEADLINE, LEASE),
    );
    work(engine, &[Queue::Probe]).await;
}

#[tokio::test]
#[ignore = "a child process of other tests"]
async fn child_that_keeps_the_register() {
    let store = storage::open(&database()).await.unwrap();
    let engine = Engine::new(ports(Arc::new(store), None, None), policy(DEADLINE, LEASE));
    say("at work");
    wait_for_a_line();
    let placed = engine.place_hold(&counsel(), hold(whole("acme"))).await.unwrap();
    say(&format!("placed {}", placed.id));
    wait_for_a_line();
    release(&engine, placed.id).await;
    say("released");
}

/// What the process of the test does: opening and approving, and putting the log in order.
struct Office {
    site: Site,
    system: Elsewhere,
    engine: Engine,
}

impl Office {
    async fn open() -> Self {
        let site = Site::open(Kind::Sqlite).await;
        let system = Elsewhere::make(Kind::Sqlite, site.folder(), USERS).await;
        let Elsewhere::File(file) = &system else {
            unreachable!("it is a file")
        };
        let mut db: SqliteConnection = open_file(file).await;
        db.execute("INSERT INTO users (id, tenant) VALUES (100001, 'globex'), (100002, 'globex')")
            .await
            .unwrap();
        let settings = IssuerSettings {
            work: Work::LEAST,
            ..IssuerSettings::new(site.folder().join("keys"), "log.lethe.example")
        };
        let passphrase = Zeroizing::new("a passphrase of the tests".to_owned());
        let keys = IssuerKeys::open_or_create(settings, passphrase, Arc::new(SystemEntropy), now()).unwrap();
        let mut ports = ports(Arc::new(site.database.store.clone()), None, None);
        ports.signer = Some(Arc::new(keys));
        let engine = Engine::new(ports, policy(DEADLINE, LEASE));
        let officer = |name: &str| NewPerson {
            name: name.into(),
            email: format!("{name}@lethe.example"),
            roles: [Role::ComplianceOfficer].into(),
            tenant: None,
            password: Secret::new("correct horse battery"),
        };
        engine
            .found(vec![officer("olga"), officer("oscar")])
            .await
            .unwrap();
        plans::tenant(&site.database.store, "acme").await;
        plans::tenant(&site.database.store, "globex").await;
        apply_inventory(&engine, &system.inventory(5)).await;
        Self { site, system, engine }
    }

    async fn request(&self) -> RequestId {
        let scope = RequestScope::Tenant {
            contract: "MSA 2024-117".into(),
            ended_on: parse_date("2026-02-28").unwrap(),
        };
        let new = NewRequest {
            tenant: key("acme"),
            scope,
            identifiers: Vec::new(),
            channel: "mail".into(),
        };
        let id = self.engine.open_request(&counsel(), new).await.unwrap().id;
        let call_back = IdentityMethod::CallBack;
        self.engine
            .confirm_identity(&counsel(), id, call_back, Digest::of(b"call record"))
            .await
            .unwrap();
        id
    }

    async fn approve(&self, id: RequestId) {
        self.until(id, "planned").await;
        let officer = person(&[Role::ComplianceOfficer]);
        let proposal = self.engine.proposal(&officer, id).await.unwrap();
        self.engine
            .approve_request(&officer, id, proposal.digest, Vec::new(), None)
            .await
            .unwrap();
    }

    async fn word(&self, id: RequestId) -> &'static str {
        let mut tx = self.site.database.store.read().await.unwrap();
        tx.requests().find(id).await.unwrap().unwrap().state_word()
    }

    /// Keeps the log in order until the request is in a state.
    async fn until(&self, id: RequestId, word: &str) {
        let longest = now().after(Duration::from_secs(60));
        while self.word(id).await != word {
            assert!(now() < longest, "never {word}, still {}", self.word(id).await);
            self.engine.sequence_log().await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_from_another_process_stops_the_work_and_its_release_resumes_it() {
    let office = Office::open().await;
    let mut worker = Other::start("processes::child_that_works", &office.site);
    let mut verifier = Other::start("processes::child_that_verifies", &office.site);
    let mut register = Other::start("processes::child_that_keeps_the_register", &office.site);
    for child in [&mut worker, &mut verifier, &mut register] {
        child.says("at work").await;
    }
    let id = office.request().await;
    office.approve(id).await;
    let all = i64::from(USERS) + 2;
    while office.system.users().await > all - 40 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    register.go_on();
    let placed = register.says("placed").await;
    let hold: HoldId = placed.trim_start_matches("placed ").parse().unwrap();
    while !is_in_force(&office.site.database.store, hold).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let kept = office.system.users().await;
    assert!(
        kept > 2 && kept <= all - 40,
        "the hold came in the middle of the work, {kept} records are left"
    );
    office.until(id, "on_hold").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        office.system.users().await,
        kept,
        "something was erased under a hold in force"
    );

    register.go_on();
    register.says("released").await;
    office.approve(id).await;
    office.until(id, "verified").await;
    assert_eq!(office.system.users().await, 2, "the other tenant's are left");
    worker.go_on();
    verifier.go_on();
    for child in [worker, verifier, register] {
        let said = child.ended().await;
        let trouble: Vec<_> = said.iter().filter(|line| line.starts_with("trouble")).collect();
        assert!(trouble.is_empty(), "{trouble:?}");
    }
}
