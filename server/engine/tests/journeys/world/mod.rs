//! A small organisation with real systems, its people, and a clock.

mod clock;
mod database;
mod ledger;
mod people;
mod systems;
mod work;
mod written;

use std::sync::Arc;

use connectors::liar::LyingRegistry;
use connectors::registry::Registry;
use domain::port::erase::Erasers;
use domain::port::probe::Probes;
use domain::port::signer::Signer;
use domain::port::vault::Purpose;
use engine::{Engine, Issuer, Policy, Ports};
use vault::pem::Work;
use vault::{IssuerKeys, IssuerSettings, KeyRing, PurposeKeys};
use zeroize::Zeroizing;

pub use clock::{TestClock, TestEntropy};
pub use database::{Kind, postgres_server};
pub use ledger::Ledger;
pub use people::People;
pub use systems::Systems;
pub use work::{DestroyedOnce, Mails, NoCredentials};
pub use written::written;

/// Runs a journey on both databases.
macro_rules! journeys {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident: World) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn journey($world: World) $body

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                journey(World::new(Kind::Sqlite).await).await;
            }

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let world = World::new(Kind::Postgres).await;
                let ledger = crate::world::Ledger::of(&world.database).await;
                journey(world).await;
                ledger.assert_each_change_was_told_once().await;
            }
        }
    )+};
}

/// Everything a journey needs.
pub struct World {
    /// The use cases, with every port.
    pub engine: Engine,
    /// What the engine was made of.
    pub ports: Ports,
    /// The time, moved by hand.
    pub clock: Arc<TestClock>,
    /// Who is there.
    pub people: People,
    /// Other people's systems.
    pub systems: Systems,
    /// What was mailed.
    pub mails: Arc<Mails>,
    /// What was recorded of destroyed keys.
    pub destroyed: Arc<DestroyedOnce>,
    /// The issuer's keys.
    pub keys: Arc<IssuerKeys>,
    /// Runs each job a second time, as after a kill between its last commit and the end of its lease.
    pub twice: bool,
    /// Our own database.
    pub database: database::TestDatabase,
    folder: tempfile::TempDir,
}

impl World {
    /// A world on a database of a kind: people, tenants `acme` and `globex`, an inventory of three systems.
    pub async fn new(kind: Kind) -> Self {
        // In memory where there is such a place: journeys are about order, not about disks.
        let memory = std::path::Path::new("/dev/shm");
        let place = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = tempfile::Builder::new()
            .prefix("lethe-journey-")
            .tempdir_in(place)
            .unwrap();
        let database = database::TestDatabase::open(kind, folder.path()).await;
        let clock = Arc::new(TestClock::new());
        let entropy = Arc::new(TestEntropy::new());
        let ring = Purpose::ALL.map(|purpose| (purpose, PurposeKeys::generate(purpose, &*entropy)));
        let settings = IssuerSettings {
            work: Work::LEAST,
            ..IssuerSettings::new(folder.path().join("keys"), "log.lethe.example")
        };
        let passphrase = Zeroizing::new("a passphrase of the tests".to_owned());
        let now = domain::time::Clock::now(&*clock);
        let keys = Arc::new(IssuerKeys::open_or_create(settings, passphrase, entropy.clone(), now).unwrap());
        let registry = Arc::new(
            LyingRegistry::new(Arc::new(Registry::new(clock.clone())))
                .with_unlink(systems::unlink(folder.path())),
        );
        let mails = Arc::new(Mails::default());
        let destroyed = Arc::new(DestroyedOnce::default());
        let ports = Ports {
            store: Arc::new(database.store.clone()),
            clock: clock.clone(),
            entropy: entropy.clone(),
            vault: Arc::new(KeyRing::new(ring, entropy.clone()).unwrap()),
            erasers: Some(registry.clone() as Arc<dyn Erasers>),
            probes: Some(registry as Arc<dyn Probes>),
            signer: Some(keys.clone() as Arc<dyn Signer>),
            keeper: Some(keys.clone()),
            press: Some(Arc::new(press::PdfPress::new())),
            destroyed: Some(destroyed.clone()),
            mailer: Some(mails.clone()),
            archive: None,
        };
        let engine = Engine::new(ports.clone(), policy());
        let people = People::found(&engine).await;
        let systems = Systems::make(folder.path()).await;
        let world = Self {
            engine,
            ports,
            clock,
            people,
            systems,
            mails,
            destroyed,
            keys,
            twice: false,
            database,
            folder,
        };
        world.apply_inventory(&world.systems.inventory()).await;
        world
    }

    /// The folder of this world.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// The rules of the tests: those of the design, and an issuer.
pub fn policy() -> Policy {
    let issuer = Issuer {
        name: "Northwind Software Ltd".into(),
        role: "processor".into(),
        address: vec!["12 Harbour Row".into(), "Dublin".into()],
        dpo_contact: "dpo@northwind.example".into(),
    };
    Policy {
        issuer,
        zone: "Europe/Dublin".into(),
        ..Policy::default()
    }
}
