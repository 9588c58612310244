//! Any registry, whose systems may be told to lie by their settings.

use std::sync::Arc;

#[cfg(any(feature = "erase", feature = "probe"))]
use domain::inventory::System;
#[cfg(any(feature = "erase", feature = "probe"))]
use domain::port::connector::ConnectorError;
#[cfg(feature = "erase")]
use domain::port::erase::{Erase, Erasers};
#[cfg(feature = "probe")]
use domain::port::probe::{BackupProbe, Probe, Probes};
#[cfg(any(feature = "erase", feature = "probe"))]
use domain::secret::Secret;

use super::Memory;
#[cfg(feature = "erase")]
use super::erase::{LyingErase, Unlink};
#[cfg(feature = "probe")]
use super::probe::LyingProbe;
#[cfg(any(feature = "erase", feature = "probe"))]
use super::{Told, honest};

/// A registry in front of a real one. Systems that are told no lie are passed on as they are.
pub struct LyingRegistry<R: ?Sized> {
    memory: Arc<Memory>,
    #[cfg(feature = "erase")]
    unlink: Option<Unlink>,
    inner: Arc<R>,
}

impl<R: ?Sized> LyingRegistry<R> {
    /// In front of a registry.
    pub fn new(inner: Arc<R>) -> Self {
        Self {
            memory: Arc::default(),
            #[cfg(feature = "erase")]
            unlink: None,
            inner,
        }
    }

    /// Says how records are unlinked, for [`super::Lie::OnlyUnlinks`].
    #[cfg(feature = "erase")]
    #[must_use]
    pub fn with_unlink(self, unlink: Unlink) -> Self {
        Self {
            unlink: Some(unlink),
            ..self
        }
    }

    /// How often liars were called.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }
}

#[cfg(feature = "erase")]
impl<R: Erasers + ?Sized> Erasers for LyingRegistry<R> {
    fn eraser(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Erase>, ConnectorError> {
        let inner = self.inner.eraser(&honest(system), credential)?;
        match Told::of(system)?.filter(|told| !told.lie.is_of_probe()) {
            None => Ok(inner),
            Some(told) => {
                let (memory, unlink) = (Arc::clone(&self.memory), self.unlink.clone());
                Ok(Arc::new(LyingErase {
                    inner,
                    told,
                    memory,
                    unlink,
                }))
            }
        }
    }
}

#[cfg(feature = "probe")]
impl<R: Probes + ?Sized> Probes for LyingRegistry<R> {
    fn check(&self, system: &System) -> Result<(), ConnectorError> {
        Told::of(system)?;
        self.inner.check(&honest(system))
    }

    fn probe(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
        let inner = self.inner.probe(&honest(system), credential)?;
        match Told::of(system)?.filter(|told| told.lie.is_of_probe()) {
            None => Ok(inner),
            Some(told) => Ok(Arc::new(LyingProbe {
                inner,
                told,
                memory: Arc::clone(&self.memory),
            })),
        }
    }

    fn backups(&self, system: &System, credential: &Secret) -> Result<Arc<dyn BackupProbe>, ConnectorError> {
        self.inner.backups(&honest(system), credential)
    }

    fn version(&self, kind: &str) -> String {
        self.inner.version(kind)
    }
}
