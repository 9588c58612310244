//! A place to work at: our own database of either kind, engines with the same keys in every process, two counsel.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::digest::Digest;
use domain::hold::{Basis, Disclosure, Ground, HoldState, LegalHold};
use domain::id::{HoldId, PersonId};
use domain::job::Queue;
use domain::port::erase::Erasers;
use domain::port::probe::Probes;
use domain::port::store::Store;
use domain::port::vault::Purpose;
use domain::scope::TenantScope;
use domain::secret::Secret;
use domain::subject::TenantKey;
use domain::time::{Clock, Entropy, Timestamp, parse_date};
use engine::holds::{NewHold, NewScope};
use engine::inventory::{CredentialSource, InventoryDraft, OpenCredential};
use engine::{Engine, Policy, Ports};
use vault::{KeyRing, PurposeKeys, SystemClock, SystemEntropy};

use crate::database::{Kind, TestDatabase};

/// Runs a test on both databases.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($site:ident: Site) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test names all that its file names")]
            use super::*;

            async fn told($site: crate::site::Site) $body

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                told(crate::site::Site::open(crate::database::Kind::Sqlite).await).await;
            }

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                told(crate::site::Site::open(crate::database::Kind::Postgres).await).await;
            }
        }
    )+};
}

/// A database and a folder for one test.
pub struct Site {
    /// Our own database.
    pub database: TestDatabase,
    folder: tempfile::TempDir,
}

impl Site {
    /// A fresh one; in memory where the machine has a folder for that, since thousands of commits are made.
    pub async fn open(kind: Kind) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory).unwrap(),
            false => tempfile::tempdir().unwrap(),
        };
        Self {
            database: TestDatabase::open(kind, folder.path()).await,
            folder,
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An engine that erases nothing and looks at nothing, on the database as opened by the test.
    pub fn engine(&self, policy: Policy) -> Engine {
        Engine::new(ports(Arc::new(self.database.store.clone()), None, None), policy)
    }
}

/// What an engine works with here.
pub fn ports(
    store: Arc<dyn Store>,
    erasers: Option<Arc<dyn Erasers>>,
    probes: Option<Arc<dyn Probes>>,
) -> Ports {
    Ports {
        store,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        vault: Arc::new(key_ring()),
        erasers,
        probes,
        signer: None,
        destroyed: None,
        keeper: None,
        press: None,
        mailer: None,
        archive: None,
    }
}

/// The same keys in every process of a test.
pub fn key_ring() -> KeyRing {
    struct Stream(AtomicU64);
    impl Entropy for Stream {
        fn fill(&self, bytes: &mut [u8]) {
            for chunk in bytes.chunks_mut(32) {
                let block = Digest::of(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
                chunk.copy_from_slice(&block.as_bytes()[..chunk.len()]);
            }
        }
    }
    let stream = Stream(AtomicU64::new(7));
    let keys = Purpose::ALL.map(|purpose| (purpose, PurposeKeys::generate(purpose, &stream)));
    KeyRing::new(keys, Arc::new(SystemEntropy)).unwrap()
}

/// Rules with short times.
pub fn policy(chunk_deadline: Duration, lease: Duration) -> Policy {
    Policy {
        chunk_deadline,
        lease,
        cooling_off: Duration::from_secs(1),
        grace: Duration::ZERO,
        ..Policy::default()
    }
}

/// The present moment.
pub fn now() -> Timestamp {
    SystemClock.now()
}

/// Ten random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemEntropy.fill(&mut bytes);
    bytes
}

/// Somebody who has been here for years.
pub fn person(roles: &[Role]) -> Actor {
    let roles: BTreeSet<Role> = roles.iter().copied().collect();
    let trusted_since = "2020-01-01T00:00:00Z".parse().unwrap();
    Actor::Person {
        id: PersonId::new(now(), random()),
        roles,
        tenant: None,
        trusted_since,
    }
}

/// A counsel.
pub fn counsel() -> Actor {
    person(&[Role::LegalCounsel])
}

/// A tenant's key.
pub fn key(text: &str) -> TenantKey {
    TenantKey::parse(text).unwrap()
}

/// Everything of a tenant.
pub fn whole(tenant: &str) -> NewScope {
    NewScope {
        tenant: TenantScope::One(key(tenant)),
        subject: Vec::new(),
        systems: BTreeSet::new(),
        categories: BTreeSet::new(),
        created: None,
    }
}

/// A hold to be placed.
pub fn hold(scope: NewScope) -> NewHold {
    NewHold {
        matter: "Acme v. Northwind".into(),
        authority: "High Court".into(),
        basis: Basis::CourtOrder,
        ground: Ground::LegalClaims,
        scope,
        custodian: "General Counsel".into(),
        starts_on: parse_date("2026-01-01").unwrap(),
        review_on: parse_date("2036-01-01").unwrap(),
        disclosure: Disclosure::Ground,
    }
}

/// Two counsel end a hold.
pub async fn release(engine: &Engine, id: HoldId) {
    for _ in 0..2 {
        engine.release_hold(&counsel(), id, "settled").await.unwrap();
    }
}

/// A hold as it stands in the register.
pub async fn look_up(store: &dyn Store, id: HoldId) -> LegalHold {
    store
        .read()
        .await
        .unwrap()
        .holds()
        .find(id)
        .await
        .unwrap()
        .unwrap()
}

/// Whether a hold reads InForce.
pub async fn is_in_force(store: &dyn Store, id: HoldId) -> bool {
    matches!(look_up(store, id).await.state, HoldState::InForce { .. })
}

/// Runs the jobs of some queues that are ready now.
pub async fn run_ready(engine: &Engine, queues: &[Queue]) {
    loop {
        let leased = engine
            .store()
            .lease(queues, 8, engine.now(), engine.policy().lease)
            .await
            .unwrap();
        if leased.is_empty() {
            return;
        }
        for job in leased {
            let disposition = engine.run(&job).await;
            engine.store().finish(&job, &disposition).await.unwrap();
        }
    }
}

/// Puts an inventory in force.
pub async fn apply_inventory(engine: &Engine, toml: &str) {
    let draft: InventoryDraft = toml::from_str(toml).unwrap();
    engine.apply_inventory(&counsel(), draft, &Plain).await.unwrap();
}

/// Credentials as written.
struct Plain;

impl OpenCredential for Plain {
    fn open(&self, source: &CredentialSource) -> Result<Secret, String> {
        match source {
            CredentialSource::Env(text) => Ok(Secret::new(text)),
            _ => Ok(Secret::new("")),
        }
    }
}
