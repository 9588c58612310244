//! Use cases: each takes the actor first, asks for a permission, loads, applies a rule of `domain`, stores, logs and
//! commits. No use case calls the next: it commits and leaves a job.
//!
//! The natural direction: [`intake`] → `planning` → `erasure` → `verification` → [`certification`] →
//! [`notification`]. Verification and erasure cannot reach each other: each is compiled under a feature of its own.

mod access;
pub mod addendum;
pub mod archive;
pub mod audit;
pub mod certification;
mod claims;
mod closing;
#[cfg(feature = "probe")]
mod controls;
pub mod delivery;
mod destruction;
pub mod drills;
mod duties;
#[cfg(feature = "erase")]
mod erasure;
mod error;
mod evidence;
pub mod holds;
pub mod incidents;
pub mod intake;
pub mod inventory;
pub mod issuer;
mod jobs;
pub mod keys;
mod later;
pub mod notification;
pub mod operations;
pub mod people;
#[cfg(feature = "probe")]
mod planning;
mod policy;
pub mod reading;
mod remediation;
pub mod replay;
pub mod replies;
mod review;
pub mod revocation;
mod settling;
pub mod spot_check;
mod standing;
#[cfg(feature = "probe")]
mod verification;
pub mod watched;

use std::sync::Arc;

use domain::actor::Actor;
use domain::audit::{Entry, Event};
use domain::id::EntryId;
use domain::port::archive::Archive;
use domain::port::destroyed::Destroyed;
#[cfg(feature = "erase")]
use domain::port::erase::Erasers;
use domain::port::keeper::KeyKeeper;
use domain::port::mailer::Mailer;
use domain::port::press::Press;
#[cfg(feature = "probe")]
use domain::port::probe::Probes;
use domain::port::signer::Signer;
use domain::port::store::{Store, Tx};
use domain::port::vault::Vault;
use domain::time::{Clock, Entropy, Timestamp};

pub use error::Error;
pub use policy::{Issuer, Policy, SignInRules};

/// What the engine works with. A process that must not erase is given no erasers; one that must not sign, no signer.
#[derive(Clone)]
pub struct Ports {
    /// Our own database.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Sealing.
    pub vault: Arc<dyn Vault>,
    /// Erasers of other people's systems.
    #[cfg(feature = "erase")]
    pub erasers: Option<Arc<dyn Erasers>>,
    /// Probes of other people's systems.
    #[cfg(feature = "probe")]
    pub probes: Option<Arc<dyn Probes>>,
    /// The issuer's keys at work.
    pub signer: Option<Arc<dyn Signer>>,
    /// The issuer's keys to be looked at and replaced.
    pub keeper: Option<Arc<dyn KeyKeeper>>,
    /// The renderer.
    pub press: Option<Arc<dyn Press>>,
    /// The record of destroyed keys, outside of our database.
    pub destroyed: Option<Arc<dyn Destroyed>>,
    /// The next hop for mail.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// The second place of certificates.
    pub archive: Option<Arc<dyn Archive>>,
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    ports: Ports,
    policy: Arc<Policy>,
}

impl Engine {
    /// The engine of a process.
    pub fn new(ports: Ports, policy: Policy) -> Self {
        Self {
            ports,
            policy: Arc::new(policy),
        }
    }

    /// The database, for the worker loop.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.ports.store
    }

    /// The rules that the operator set.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.ports.entropy.fill(&mut bytes);
        bytes
    }

    /// Appends the entry of an event to the log, inside the transaction that makes the change.
    async fn log(&self, tx: &mut dyn Tx, actor: &Actor, event: Event) -> Result<EntryId, Error> {
        let now = self.now();
        let entry: Entry = event.entry(EntryId::new(now, self.random()), actor, now, self.random());
        tx.log().append(&entry).await?;
        Ok(entry.id)
    }
}
