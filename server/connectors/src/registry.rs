//! From a system of the inventory to its eraser and its probe.

#[cfg(any(feature = "erase", feature = "probe"))]
use std::collections::HashMap;
use std::sync::Arc;
#[cfg(any(feature = "erase", feature = "probe"))]
use std::sync::{Mutex, PoisonError};

#[cfg(any(feature = "erase", feature = "probe"))]
use domain::inventory::SystemName;
use domain::inventory::{Handling, System};
use domain::port::connector::ConnectorError;
#[cfg(feature = "erase")]
use domain::port::erase::{Erase, Erasers};
#[cfg(feature = "probe")]
use domain::port::probe::{BackupProbe, Probe, Probes};
#[cfg(any(feature = "erase", feature = "probe"))]
use domain::secret::Secret;
use domain::time::Clock;

#[cfg(any(feature = "erase", feature = "probe"))]
use crate::layer;
use crate::settings;

/// Makes the eraser of a system.
#[cfg(feature = "erase")]
pub(crate) type MakeEraser = fn(&System, &Secret, &Arc<dyn Clock>) -> Result<Arc<dyn Erase>, ConnectorError>;
/// Makes the probe of a system.
#[cfg(feature = "probe")]
pub(crate) type MakeProbe = fn(&System, &Secret) -> Result<Arc<dyn Probe>, ConnectorError>;
/// Makes the backup probe of a system.
#[cfg(feature = "probe")]
pub(crate) type MakeBackups = fn(&System, &Secret) -> Result<Arc<dyn BackupProbe>, ConnectorError>;

/// A kind of system, as its module declares it. A half that is absent does not exist for the kind.
pub(crate) struct Kind {
    /// The word in the inventory.
    pub(crate) name: &'static str,
    /// The only handling that makes sense for it.
    pub(crate) handling: Handling,
    /// Refuses a wrong configuration or locator, naming the setting.
    pub(crate) check: fn(&System) -> Result<(), ConnectorError>,
    #[cfg(feature = "erase")]
    pub(crate) eraser: Option<MakeEraser>,
    #[cfg(feature = "probe")]
    pub(crate) probe: Option<MakeProbe>,
    #[cfg(feature = "probe")]
    pub(crate) backups: Option<MakeBackups>,
}

/// Every kind, by name.
const KINDS: &[&Kind] = &[
    &crate::attestation::KIND,
    &crate::backup::KIND,
    &crate::filesystem::KIND,
    &crate::postgres::KIND,
    &crate::redis::KIND,
    &crate::s3::KIND,
    &crate::sqlite::KIND,
];

/// The kinds of systems that can be handled, by name.
pub fn kinds() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

/// The kind of a system, its configuration checked.
fn checked(system: &System) -> Result<&'static Kind, ConnectorError> {
    let kind = KINDS.iter().find(|kind| kind.name == system.kind);
    let kind = kind.ok_or_else(|| ConnectorError::UnknownKind(system.kind.clone()))?;
    if kind.handling != system.handling {
        let why = format!(
            "systems of kind {:?} are handled by {:?}",
            kind.name,
            kind.handling.word()
        );
        return Err(settings::wrong("handling", &why));
    }
    (kind.check)(system)?;
    Ok(kind)
}

/// The refusal of a half that a kind does not have.
#[cfg(any(feature = "erase", feature = "probe"))]
fn no_half(system: &System, what: &'static str) -> ConnectorError {
    ConnectorError::NoSuchHalf {
        kind: system.kind.clone(),
        what,
    }
}

/// What was made last for each system, so that connections are used again until the system or credential changes.
#[cfg(any(feature = "erase", feature = "probe"))]
struct Made<T: ?Sized>(Mutex<HashMap<SystemName, Of<T>>>);

/// A thing with the system and the credential it was made of.
#[cfg(any(feature = "erase", feature = "probe"))]
type Of<T> = (System, Secret, Arc<T>);

#[cfg(any(feature = "erase", feature = "probe"))]
impl<T: ?Sized> Made<T> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    fn get(
        &self,
        system: &System,
        credential: &Secret,
        make: impl FnOnce() -> Result<Arc<T>, ConnectorError>,
    ) -> Result<Arc<T>, ConnectorError> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, with, it)) = made.get(&system.name)
            && (of, with) == (system, credential)
        {
            return Ok(Arc::clone(it));
        }
        let it = make()?;
        made.insert(
            system.name.clone(),
            (system.clone(), credential.clone(), Arc::clone(&it)),
        );
        Ok(it)
    }
}

/// Makes erasers and probes, and keeps the last of each system. To be used within one runtime.
pub struct Registry {
    #[cfg(feature = "erase")]
    clock: Arc<dyn Clock>,
    #[cfg(feature = "erase")]
    erasers: Made<dyn Erase>,
    #[cfg(feature = "probe")]
    probes: Made<dyn Probe>,
    #[cfg(any(feature = "erase", feature = "probe"))]
    pace: layer::throttle::Paces,
}

impl Registry {
    /// A registry of every kind. Deadlines are judged by the clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        #[cfg(not(feature = "erase"))]
        drop(clock);
        Self {
            #[cfg(feature = "erase")]
            clock,
            #[cfg(feature = "erase")]
            erasers: Made::new(),
            #[cfg(feature = "probe")]
            probes: Made::new(),
            #[cfg(any(feature = "erase", feature = "probe"))]
            pace: layer::throttle::Paces::default(),
        }
    }

    /// Refuses a system whose kind is unknown, whose handling does not fit or whose configuration is wrong.
    pub fn check(&self, system: &System) -> Result<(), ConnectorError> {
        checked(system).map(|_| ())
    }
}

#[cfg(feature = "erase")]
impl Erasers for Registry {
    fn eraser(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Erase>, ConnectorError> {
        let kind = checked(system)?;
        let make = kind
            .eraser
            .ok_or_else(|| no_half(system, "be erased by a connector"))?;
        self.erasers.get(system, credential, || {
            let bare = make(system, credential, &self.clock)?;
            let traced = layer::trace::Traced::new(bare, system);
            let timed: Arc<dyn Erase> = Arc::new(layer::timeout::TimedErase::new(
                Arc::new(traced),
                Arc::clone(&self.clock),
            ));
            Ok(Arc::new(layer::throttle::Throttled::new(
                timed,
                self.pace.of(system),
            )))
        })
    }
}

#[cfg(feature = "probe")]
impl Probes for Registry {
    fn check(&self, system: &System) -> Result<(), ConnectorError> {
        Self::check(self, system)
    }

    fn probe(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
        let kind = checked(system)?;
        let make = kind.probe.ok_or_else(|| no_half(system, "be probed"))?;
        self.probes.get(system, credential, || {
            let traced = layer::trace::Traced::new(make(system, credential)?, system);
            let timed: Arc<dyn Probe> = Arc::new(layer::timeout::TimedProbe::new(
                Arc::new(traced),
                settings::timeout(system)?,
            ));
            Ok(Arc::new(layer::throttle::Throttled::new(
                timed,
                self.pace.of(system),
            )))
        })
    }

    fn backups(&self, system: &System, credential: &Secret) -> Result<Arc<dyn BackupProbe>, ConnectorError> {
        let kind = checked(system)?;
        let make = kind
            .backups
            .ok_or_else(|| no_half(system, "be asked for backups"))?;
        make(system, credential)
    }

    fn version(&self, kind: &str) -> String {
        format!("{kind} {}", env!("CARGO_PKG_VERSION"))
    }
}
