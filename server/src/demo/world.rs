//! The world of the demonstration: an embedded store, fresh keys, the engine, and a registry in which systems may lie.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use connectors::liar::LyingRegistry;
use connectors::registry::Registry;
use domain::port::vault::Purpose;
use domain::secret::Secret;
use domain::time::{Clock as _, Entropy};
use engine::{Engine, Policy, Ports};
use storage::Database;
use vault::{IssuerKeys, IssuerSettings, KeyRing, PurposeKeys, SystemEntropy};
use zeroize::Zeroizing;

use super::DemoError;
use super::clock::DemoClock;
use super::organisation::{self, LOG_ORIGIN, People};
use super::systems::Systems;
use crate::destroyed::DestroyedKeys;
use crate::mail::FolderMailer;
use crate::wiring::Wired;

/// What is decided before the world is made.
pub(super) struct Stage {
    /// Where our own records are kept; a file in the working folder when nothing is named.
    pub(super) database: Option<String>,
    /// Where the pages are, or would be, seen.
    pub(super) public_url: String,
    /// The password of everybody; random ones when nobody will sign in.
    pub(super) password: Option<Secret>,
}

/// Everything that the story is played with.
pub(super) struct World {
    /// Time.
    pub(super) clock: Arc<DemoClock>,
    /// The use cases.
    pub(super) engine: Engine,
    /// What the engine works with.
    ports: Ports,
    /// The keys that sign.
    pub(super) issuer: Arc<IssuerKeys>,
    /// Who acts.
    pub(super) people: People,
    database: Database,
}

impl World {
    /// Makes a store and keys in one folder, lets mail go to another, and founds the organisation with its inventory.
    pub(super) async fn make(
        stage: &Stage,
        work: &Path,
        out: &Path,
        clock: Arc<DemoClock>,
        systems: &Systems,
    ) -> Result<Self, DemoError> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let file = || format!("sqlite://{}", work.join("lethe.db").display());
        let url = stage.database.clone().unwrap_or_else(file);
        let database = storage::open(&url)
            .await
            .map_err(|error| DemoError::setup("the store")(&error))?;
        let keys = Purpose::ALL.map(|purpose| (purpose, PurposeKeys::generate(purpose, &*entropy)));
        let vault = KeyRing::new(keys, Arc::clone(&entropy));
        let vault = vault.map_err(|error| DemoError::setup("the sealing keys")(&error))?;
        let issuer = Arc::new(make_issuer(work, &entropy, &clock)?);
        let registry = Registry::new(Arc::<DemoClock>::clone(&clock));
        let registry = Arc::new(LyingRegistry::new(Arc::new(registry)));
        let mails = out.join("mails");
        if mails.is_dir() {
            std::fs::remove_dir_all(&mails).map_err(|error| DemoError::file(mails.display(), error))?;
        }
        let mailer = FolderMailer::new(mails, "Lethe <lethe@meridian.example>", "lethe.meridian.example");
        let mailer = mailer.map_err(|error| DemoError::setup("the mail folder")(&error))?;
        let ports = Ports {
            store: Arc::new(database.clone()),
            clock: Arc::<DemoClock>::clone(&clock),
            entropy,
            vault: Arc::new(vault),
            erasers: Some(Arc::<LyingRegistry<Registry>>::clone(&registry)),
            probes: Some(registry),
            signer: Some(Arc::<IssuerKeys>::clone(&issuer)),
            keeper: Some(Arc::<IssuerKeys>::clone(&issuer)),
            press: Some(Arc::new(press::PdfPress::new())),
            destroyed: Some(Arc::new(DestroyedKeys::of(out))),
            mailer: Some(Arc::new(mailer)),
            archive: None,
        };
        let engine = Engine::new(ports.clone(), organisation::policy(&stage.public_url));
        let people = organisation::found(&engine, stage.password.as_ref()).await?;
        engine
            .apply_inventory(
                &people.operator.actor,
                systems.inventory()?,
                &systems.credentials(),
            )
            .await?;
        Ok(Self {
            clock,
            engine,
            ports,
            issuer,
            people,
            database,
        })
    }

    /// Moves the clock forward.
    pub(super) fn forward(&self, by: Duration) {
        self.clock.forward(by);
    }

    /// The same engine under other rules.
    pub(super) fn under(&self, policy: Policy) -> Engine {
        Engine::new(self.ports.clone(), policy)
    }

    /// What a process that serves works with.
    pub(super) fn wired(&self, engine: Engine) -> Wired {
        Wired {
            engine,
            database: self.database.clone(),
            issuer: Some(Arc::clone(&self.issuer)),
            bounces: None,
        }
    }

    /// Closes the store.
    pub(super) async fn close(self) {
        self.database.close().await;
    }
}

/// Fresh keys, encrypted under a passphrase that nobody learns.
fn make_issuer(work: &Path, entropy: &Arc<dyn Entropy>, clock: &DemoClock) -> Result<IssuerKeys, DemoError> {
    let mut random = Zeroizing::new([0; 32]);
    entropy.fill(&mut random[..]);
    let passphrase = Zeroizing::new(hex::encode(&random[..]));
    let settings = IssuerSettings::new(work.join("keys"), LOG_ORIGIN);
    let issuer = IssuerKeys::open_or_create(settings, passphrase, Arc::clone(entropy), clock.now());
    issuer.map_err(|error| DemoError::setup("the signing keys")(&error))
}
