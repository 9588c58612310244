//! A server in this process: its database, its people, a clock moved by hand, and browsers and programs that talk to it.

#![allow(dead_code, unused_macros, unused_imports, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answer;
mod browser;
mod clock;
mod database;
mod people;
pub mod planted;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use connectors::registry::Registry;
use domain::port::archive::Archive;
use domain::port::erase::Erasers;
use domain::port::mailer::Mailer;
use domain::port::probe::Probes;
use domain::port::signer::Signer;
use domain::port::vault::Purpose;
use engine::{Engine, Issuer, Policy, Ports};
use server::http::{Hooks, Readers, Web, build};
use server::worker::{Stopper, stop_pair};
use tower::ServiceExt as _;
use vault::pem::Work;
use vault::{IssuerKeys, IssuerSettings, KeyRing, PurposeKeys};
use zeroize::Zeroizing;

pub use answer::Answer;
pub use browser::{Browser, Program};
pub use clock::{TestClock, TestEntropy};
pub use database::Kind;
pub use people::{PASSWORD, People, Who};

/// Runs a test on both databases; on PostgreSQL where `LETHE_TEST_POSTGRES` names a server.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn told($app: TestApp) $body

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                told(TestApp::new(crate::support::Kind::Sqlite).await).await;
            }

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if std::env::var_os("LETHE_TEST_POSTGRES").is_some() {
                    told(TestApp::new(crate::support::Kind::Postgres).await).await;
                }
            }
        }
    )+};
}
pub(crate) use on_both;

/// Where browsers and programs of the tests are.
const CLIENT: [u8; 4] = [203, 0, 113, 7];

/// Ways to the outside.
#[derive(Default)]
pub struct Outside {
    /// Who may read the figures.
    pub readers: Readers,
    /// The next hop for mail.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Who may say what became of mails.
    pub hooks: Hooks,
    /// The second place of certificates.
    pub archive: Option<Arc<dyn Archive>>,
}

/// The server.
pub struct TestApp {
    /// The use cases behind it.
    pub engine: Engine,
    /// The time, moved by hand.
    pub clock: Arc<TestClock>,
    /// Who is there.
    pub people: People,
    /// The issuer's keys.
    pub signer: Arc<dyn Signer>,
    /// Ends streams when it is told to, or dropped.
    pub stopper: Stopper,
    routes: Router,
    /// Our own database.
    pub database: database::TestDatabase,
    _folder: tempfile::TempDir,
}

impl TestApp {
    /// A server on a database of a kind: a person of each role, tenants `acme` and `globex` with a person each, and one
    /// system whose party attests.
    pub async fn new(kind: Kind) -> Self {
        Self::with(kind, Readers::Local).await
    }

    /// One that lets these read the figures.
    pub async fn with(kind: Kind, readers: Readers) -> Self {
        let outside = Outside {
            readers,
            ..Outside::default()
        };
        Self::made(kind, policy(), outside).await
    }

    /// One with other rules.
    pub async fn ruled(kind: Kind, change: impl FnOnce(&mut Policy)) -> Self {
        let mut rules = policy();
        change(&mut rules);
        Self::made(kind, rules, Outside::default()).await
    }

    /// One with ways to the outside.
    pub async fn reaching(kind: Kind, outside: Outside) -> Self {
        Self::made(kind, policy(), outside).await
    }

    async fn made(kind: Kind, policy: Policy, outside: Outside) -> Self {
        let folder = tempfile::tempdir().unwrap();
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
        let keys = IssuerKeys::open_or_create(settings, passphrase, entropy.clone(), now).unwrap();
        let issuer = Arc::new(keys);
        let keys: Arc<dyn Signer> = Arc::<IssuerKeys>::clone(&issuer);
        let registry = Arc::new(Registry::new(clock.clone()));
        let ports = Ports {
            store: Arc::new(database.store.clone()),
            clock: clock.clone(),
            entropy: entropy.clone(),
            vault: Arc::new(KeyRing::new(ring, entropy).unwrap()),
            erasers: Some(registry.clone() as Arc<dyn Erasers>),
            probes: Some(registry as Arc<dyn Probes>),
            signer: Some(Arc::clone(&keys)),
            destroyed: None,
            keeper: Some(issuer),
            press: Some(Arc::new(press::PdfPress::new())),
            mailer: outside.mailer,
            archive: outside.archive,
        };
        let engine = Engine::new(ports, policy);
        let people = People::found(&engine).await;
        people::apply_inventory(&engine, &people.actor(Who::Operator)).await;
        let (stopper, stop) = stop_pair();
        let web = Web::new(engine.clone(), Some(Arc::clone(&keys)), None)
            .figures_for(outside.readers)
            .listening_to(outside.hooks)
            .until(stop);
        Self {
            routes: build(web),
            engine,
            clock,
            people,
            signer: keys,
            stopper,
            database,
            _folder: folder,
        }
    }

    /// Sends a request from the usual client.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from(CLIENT.into(), request).await
    }

    /// What answers, for a listener of a test's own.
    pub fn routes(&self) -> Router {
        self.routes.clone()
    }

    /// Sends a request from a client of an address.
    pub async fn send_from(&self, client: IpAddr, mut request: Request<Body>) -> Answer {
        let peer = SocketAddr::new(client, 40_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        Answer::of(self.routes.clone().oneshot(request).await.unwrap()).await
    }

    /// Somebody at a browser who is not signed in.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// Somebody who signed in by the form.
    pub async fn signed_in(&self, who: Who) -> Browser<'_> {
        let mut browser = self.browser();
        browser.sign_in(who).await;
        browser
    }

    /// A program with a token that opens these scopes.
    pub async fn program(&self, who: Who, scopes: &[&str]) -> Program<'_> {
        Program::new(self, who, scopes).await
    }
}

fn policy() -> Policy {
    let issuer = Issuer {
        name: "Northwind Software Ltd".into(),
        role: "processor".into(),
        address: vec!["12 Harbour Row".into(), "Dublin".into()],
        dpo_contact: "dpo@northwind.example".into(),
    };
    Policy {
        issuer,
        zone: "Europe/Dublin".into(),
        public_url: "http://lethe.example".into(),
        ..Policy::default()
    }
}
