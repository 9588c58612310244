//! A process that stands still between authorisation and call: a hold placed meanwhile drains for as long as the
//! attempt may live, and whenever the process wakes, it deletes nothing.

use std::path::{Path, PathBuf};

use domain::attempt::{Attempt, Outcome};
use domain::hold::LegalHold;
use domain::id::StepId;
use domain::job::Queue;
use domain::port::store::Store as _;
use domain::time::Timestamp;
use engine::Engine;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, SqliteConnection,
};

use crate::child::{DEADLINE, LEASE, Other};
use crate::database::{Kind, TestDatabase};
use crate::plans::{self, Draft};
use crate::scopes::dataset;
use crate::site::{Site, apply_inventory, counsel, hold, is_in_force, now, policy, run_ready, whole};

/// Somebody's system, with a table of users.
pub enum Elsewhere {
    /// A file.
    File(PathBuf),
    /// A database of the server.
    Server(TestDatabase),
}

impl Elsewhere {
    /// Makes it, with so many users of acme.
    pub async fn make(kind: Kind, folder: &Path, users: u32) -> Self {
        let table = "CREATE TABLE users (id INTEGER PRIMARY KEY, tenant VARCHAR(20) NOT NULL)";
        let from = match kind {
            Kind::Sqlite => format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users}) SELECT i, 'acme' FROM n"
            ),
            Kind::Postgres => format!("SELECT i, 'acme' FROM generate_series(1, {users}) AS n (i)"),
        };
        let fill = format!("INSERT INTO users (id, tenant) {from}");
        match kind {
            Kind::Sqlite => {
                let file = folder.join("crm.db");
                let mut db = open_file(&file).await;
                db.execute(table).await.unwrap();
                db.execute(AssertSqlSafe(fill)).await.unwrap();
                db.close().await.unwrap();
                Self::File(file)
            }
            Kind::Postgres => {
                let database = TestDatabase::open(kind, folder).await;
                let mut db = PgConnection::connect(&database.url).await.unwrap();
                db.execute(table).await.unwrap();
                db.execute(AssertSqlSafe(fill)).await.unwrap();
                Self::Server(database)
            }
        }
    }

    /// How many users there are.
    pub async fn users(&self) -> i64 {
        let count = "SELECT COUNT(*) FROM users";
        match self {
            Self::File(file) => sqlx::query_scalar(count)
                .fetch_one(&mut open_file(file).await)
                .await
                .unwrap(),
            Self::Server(database) => {
                let mut db = PgConnection::connect(&database.url).await.unwrap();
                sqlx::query_scalar(count).fetch_one(&mut db).await.unwrap()
            }
        }
    }

    /// The inventory that holds only this, in TOML.
    pub fn inventory(&self, chunk: u32) -> String {
        let (kind, config, erase, probe) = match self {
            Self::File(file) => (
                "sqlite",
                format!("file = \"{}\"", file.display()),
                String::new(),
                String::new(),
            ),
            Self::Server(server) => (
                "postgres",
                String::new(),
                server.url.clone(),
                format!("{}?sslmode=prefer", server.url),
            ),
        };
        format!(
            "[[systems]]\nname = \"crm\"\nkind = \"{kind}\"\nowner = \"Sales\"\nlocation = \"Dublin\"\nhandling = \"erase\"\n\
             settle_seconds = 0\nlimits = {{ chunk = {chunk} }}\nconfig = {{ {config} }}\n\
             erase_credential = {{ env = \"{erase}\" }}\nprobe_credential = {{ env = \"{probe}\" }}\n\
             [[systems.datasets]]\nname = \"users\"\ncategories = [\"contact\"]\n[systems.datasets.locator]\n\
             container = \"users\"\nid = \"id\"\ntenant = {{ identifier = \"tenant_key\", field = \"tenant\" }}\n"
        )
    }
}

/// A connection to the file.
pub async fn open_file(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap()
}

/// A step that another process is about to erase.
pub struct Scene {
    /// Where.
    pub site: Site,
    /// What is erased.
    pub system: Elsewhere,
    /// Ours.
    pub engine: Engine,
    /// The process.
    pub child: Other,
    /// The step.
    pub step: StepId,
}

impl Scene {
    /// The process stands before the call, authorised.
    pub async fn before_the_call(site: Site, users: u32, chunk: u32) -> Self {
        let system = Elsewhere::make(site.database.kind, site.folder(), users).await;
        let engine = site.engine(policy(DEADLINE, LEASE));
        apply_inventory(&engine, &system.inventory(chunk)).await;
        let store = &site.database.store;
        let tenant = plans::tenant(store, "acme").await;
        let draft = Draft {
            tenant: &tenant,
            person: None,
            datasets: vec![dataset("crm.users")],
            kept: Vec::new(),
        };
        let step = draft.start(store, |_| "acme".into()).await.steps[0].0;
        let mut child = Other::start("child::child_that_erases", &site);
        child.says("at the call").await;
        Self {
            site,
            system,
            engine,
            child,
            step,
        }
    }

    /// The one attempt.
    pub async fn attempt(&self) -> Attempt {
        let mut tx = self.site.database.store.read().await.unwrap();
        let mut attempts = tx.attempts().of_step(self.step).await.unwrap();
        assert_eq!(attempts.len(), 1);
        attempts.remove(0)
    }

    /// Counsel place a hold on the tenant.
    pub async fn place(&self) -> LegalHold {
        self.engine
            .place_hold(&counsel(), hold(whole("acme")))
            .await
            .unwrap()
    }

    /// Looks again whether the hold is drained, and says whether it reads InForce.
    pub async fn in_force(&self, hold: &LegalHold) -> bool {
        run_ready(&self.engine, &[Queue::Process]).await;
        is_in_force(&self.site.database.store, hold.id).await
    }

    /// Waits until the hold reads InForce.
    pub async fn until_in_force(&self, hold: &LegalHold) -> Timestamp {
        let longest = now().after(DEADLINE * 2 + std::time::Duration::from_secs(5));
        while !self.in_force(hold).await {
            assert!(now() < longest, "the hold drains for ever");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        now()
    }

    /// What the process said in the end.
    pub async fn outcome(&mut self) -> String {
        self.child.says("outcome").await
    }

    /// Nothing more is authorised, by whomever.
    pub async fn nothing_goes_on(&self) {
        run_ready(&self.engine, &[Queue::EraseStep]).await;
        assert_eq!(self.attempt().await.step, self.step);
    }
}

/// Sleeps until a moment.
pub async fn until(moment: Timestamp) {
    tokio::time::sleep(moment.since(now())).await;
}

/// How long after a moment.
pub const SOON: std::time::Duration = std::time::Duration::from_millis(150);

on_both! {
    /// It wakes after the deadline, while the attempt may still live.
    async fn a_process_that_wakes_after_the_deadline_deletes_nothing(site: Site) {
        let mut scene = Scene::before_the_call(site, 50, 10).await;
        scene.child.freeze();
        let attempt = scene.attempt().await;
        let hold = scene.place().await;
        assert!(!scene.in_force(&hold).await);
        until(attempt.deadline.after(SOON)).await;
        assert!(!scene.in_force(&hold).await, "in force while an attempt without a report may live");
        scene.child.go_on();
        scene.child.thaw();
        assert!(scene.outcome().await.contains("TooLate"));
        scene.child.says("disposition").await;
        scene.until_in_force(&hold).await;
        assert_eq!(scene.system.users().await, 50);
        assert!(matches!(scene.attempt().await.outcome, Some((_, Outcome::Failed { .. }))));
        scene.nothing_goes_on().await;
    }

    /// It wakes when the hold has long read InForce.
    async fn a_process_that_wakes_after_all_its_time_deletes_nothing(site: Site) {
        let mut scene = Scene::before_the_call(site, 50, 10).await;
        scene.child.freeze();
        let attempt = scene.attempt().await;
        let hold = scene.place().await;
        let in_force = scene.until_in_force(&hold).await;
        assert!(in_force >= attempt.expires_at, "in force at {in_force}, but it may live until {}", attempt.expires_at);
        scene.child.go_on();
        scene.child.thaw();
        // Whether the eraser refuses first or the engine has given it up: it deletes nothing.
        scene.child.says("disposition").await;
        assert!(scene.child.heard().iter().all(|line| !line.contains("Ok(")), "{:?}", scene.child.heard());
        assert_eq!(scene.system.users().await, 50);
        scene.nothing_goes_on().await;
    }

    /// The other way round: it wakes in time, and what it was authorised for is done, before the hold reads InForce.
    async fn a_process_that_wakes_in_time_does_its_chunk_and_no_more(site: Site) {
        let mut scene = Scene::before_the_call(site, 50, 10).await;
        scene.child.freeze();
        let hold = scene.place().await;
        assert!(!scene.in_force(&hold).await);
        scene.child.go_on();
        scene.child.thaw();
        assert!(scene.outcome().await.contains("reported: 10"));
        assert!(scene.child.says("disposition").await.contains("Done"));
        scene.until_in_force(&hold).await;
        assert_eq!(scene.system.users().await, 40);
        scene.nothing_goes_on().await;
    }
}
