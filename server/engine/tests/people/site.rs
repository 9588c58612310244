//! An office with three people, a clock and an outbox.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::actor::{Actor, Role};
use domain::id::PersonId;
use domain::job::{Disposition, Queue};
use domain::mail::{Mail, MailError};
use domain::people::Person;
use domain::port::mailer::Mailer;
use domain::port::store::Store;
use domain::port::vault::Purpose;
use domain::secret::Secret;
use domain::time::{Clock, Timestamp};
use engine::people::{NewPerson, SignedIn, Visitor};
use engine::{Engine, Error, Policy, Ports};
use vault::{KeyRing, PurposeKeys};

use crate::clock::{TestClock, TestEntropy};
use crate::database::{Kind, TestDatabase};

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";
/// From where everybody comes.
pub const HERE: &str = "192.0.2.7";
/// One who signs in.
pub const CAROL: &str = "carol@lethe.example";

/// Runs a test on both databases.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($site:ident: Site) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($site: $crate::site::Site) $body

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                test($crate::site::Site::new($crate::database::Kind::Sqlite).await).await;
            }

            $(#[$doc])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                test($crate::site::Site::new($crate::database::Kind::Postgres).await).await;
            }
        }
    )+};
}

/// Keeps what was mailed.
#[derive(Default)]
pub struct Mails(Mutex<Vec<Mail>>);

#[async_trait]
impl Mailer for Mails {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

/// The office.
pub struct Site {
    pub engine: Engine,
    pub clock: Arc<TestClock>,
    pub mails: Arc<Mails>,
    pub database: TestDatabase,
    /// Keeps accounts.
    pub adam: Actor,
    /// Counsel.
    pub carol: Actor,
    _folder: tempfile::TempDir,
}

impl Site {
    /// Founds it.
    pub async fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::open(kind, folder.path()).await;
        let (clock, entropy) = (Arc::new(TestClock::new()), Arc::new(TestEntropy::new()));
        let keys = [(Purpose::Record, PurposeKeys::generate(Purpose::Record, &*entropy))];
        let mails = Arc::new(Mails::default());
        let ports = Ports {
            store: Arc::new(database.store.clone()),
            clock: clock.clone(),
            entropy: entropy.clone(),
            vault: Arc::new(KeyRing::new(keys, entropy).unwrap()),
            erasers: None,
            probes: None,
            signer: None,
            destroyed: None,
            keeper: None,
            press: None,
            mailer: Some(mails.clone()),
            archive: None,
        };
        let policy = Policy {
            public_url: "https://lethe.example".into(),
            ..Policy::default()
        };
        let engine = Engine::new(ports, policy);
        let staff = [("adam", Role::Administrator), ("carol", Role::LegalCounsel)];
        let staff = staff.map(|(name, role)| NewPerson {
            name: name.into(),
            email: format!("{name}@lethe.example"),
            roles: [role].into(),
            tenant: None,
            password: Secret::new(PASSWORD),
        });
        let ids = engine.found(staff.into()).await.unwrap();
        let people = engine.people(&Actor::System("tests")).await.unwrap();
        let actor = |id: PersonId| people.iter().find(|person| person.id == id).unwrap().actor();
        Self {
            adam: actor(ids[0]),
            carol: actor(ids[1]),
            engine,
            clock,
            mails,
            database,
            _folder: folder,
        }
    }

    /// Time goes by.
    pub fn wait(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(minutes * 60));
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A password is tried.
    pub async fn try_sign_in(&self, email: &str, password: &str) -> Result<SignedIn, Error> {
        self.engine.sign_in(email, &Secret::new(password), HERE).await
    }

    /// Somebody without a second factor signs in.
    pub async fn sign_in(&self, email: &str) -> Secret {
        match self.try_sign_in(email, PASSWORD).await.unwrap() {
            SignedIn::Session(token) => token,
            SignedIn::SecondFactor(_) => panic!("a second factor is asked for"),
        }
    }

    /// Whose token it is.
    pub async fn visitor(&self, token: &Secret) -> Option<Visitor> {
        self.engine.visitor(token).await.unwrap()
    }

    /// The person as stored.
    pub async fn person(&self, id: PersonId) -> Person {
        let mut tx = self.database.store.read().await.unwrap();
        tx.people().find(id).await.unwrap().unwrap()
    }

    /// The kinds of the entries about a person.
    pub async fn logged(&self, actor: &Actor) -> Vec<String> {
        let mut tx = self.database.store.read().await.unwrap();
        let about = format!("person:{}", actor.person().unwrap());
        let entries = tx.log().about(&about).await.unwrap();
        entries.into_iter().map(|entry| entry.claims.kind).collect()
    }

    /// Everything the log holds about a person, as text.
    pub async fn log_text(&self, actor: &Actor) -> String {
        let mut tx = self.database.store.read().await.unwrap();
        let about = format!("person:{}", actor.person().unwrap());
        format!("{:?}", tx.log().about(&about).await.unwrap())
    }

    /// Runs every job that is ready.
    pub async fn run_jobs(&self) {
        loop {
            let (store, now) = (&self.database.store, self.clock.now());
            let leased = store
                .lease(&Queue::ALL, 8, now, Duration::from_secs(120))
                .await
                .unwrap();
            if leased.is_empty() {
                return;
            }
            for job in leased {
                let disposition = self.engine.run(&job).await;
                assert!(
                    matches!(disposition, Disposition::Done),
                    "{:?}: {disposition:?}",
                    job.job
                );
                store.finish(&job, &disposition).await.unwrap();
            }
        }
    }

    /// Mails that were sent so far, as (address, link).
    pub fn links(&self) -> Vec<(String, String)> {
        let mails = self.mails.0.lock().unwrap();
        let link = |mail: &Mail| {
            (
                mail.to.clone(),
                mail.facts.get("link").cloned().unwrap_or_default(),
            )
        };
        mails.iter().map(link).collect()
    }

    /// The token of the link that was mailed last.
    pub fn last_token(&self) -> Secret {
        let (_, link) = self.links().pop().expect("a mail was sent");
        Secret::new(link.split_once("?token=").expect("a link with a token").1)
    }

    /// The mails as they lie in the database, as text.
    pub async fn outbox(&self) -> String {
        let rows: Vec<(String,)> = match self.database.kind {
            Kind::Sqlite => {
                let pool = sqlx::SqlitePool::connect(&self.database.url).await.unwrap();
                sqlx::query_as("SELECT document FROM mails")
                    .fetch_all(&pool)
                    .await
                    .unwrap()
            }
            Kind::Postgres => {
                let pool = sqlx::PgPool::connect(&self.database.url).await.unwrap();
                sqlx::query_as("SELECT CAST(document AS TEXT) FROM mails")
                    .fetch_all(&pool)
                    .await
                    .unwrap()
            }
        };
        rows.into_iter().map(|row| row.0).collect()
    }
}

/// A code of an authenticator with this secret at a moment.
pub fn code(secret_base32: &Secret, at: Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret_base32.reveal()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let seconds = u64::try_from(at.as_microsecond() / 1_000_000).unwrap();
    totp.generate(seconds).to_string()
}

/// A secret.
pub fn secret(text: &str) -> Secret {
    Secret::new(text)
}
