//! Tells the application log what was asked of a system and how long it took: names and counts, never identifiers.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use domain::inventory::{System, SystemName};
#[cfg(feature = "erase")]
use domain::port::erase::{Chunk, Erase, EraseError, Erased};
#[cfg(feature = "probe")]
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::selection::Target;
#[cfg(feature = "probe")]
use domain::selection::{RecordId, Side};
use tracing::debug;

/// An eraser or a probe whose calls are told.
pub struct Traced<T: ?Sized> {
    inner: Arc<T>,
    system: SystemName,
    kind: String,
}

impl<T: ?Sized> Traced<T> {
    /// Wraps it.
    pub fn new(inner: Arc<T>, system: &System) -> Self {
        Self {
            inner,
            system: system.name.clone(),
            kind: system.kind.clone(),
        }
    }

    /// One line about one call.
    fn tell<E>(&self, call: &str, target: &Target, since: Instant, outcome: Result<u64, E>) {
        let (system, kind, dataset) = (&self.system, &self.kind, &target.dataset.dataset);
        let millis = since.elapsed().as_millis() as u64;
        match outcome {
            Ok(records) => debug!(%system, kind, %dataset, call, records, millis, "asked a system"),
            Err(_) => debug!(%system, kind, %dataset, call, failed = true, millis, "asked a system"),
        }
    }
}

#[cfg(feature = "erase")]
#[async_trait]
impl Erase for Traced<dyn Erase> {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let since = Instant::now();
        let outcome = self.inner.erase(target, chunk).await;
        self.tell(
            "erase",
            target,
            since,
            outcome.as_ref().map(|erased| erased.reported),
        );
        outcome
    }
}

#[cfg(feature = "probe")]
#[async_trait]
impl Probe for Traced<dyn Probe> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        let since = Instant::now();
        let outcome = self.inner.survey(target).await;
        self.tell("survey", target, since, outcome.as_ref().map(|_| 1));
        outcome
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let since = Instant::now();
        let outcome = self.inner.scan(target, side, after, limit).await;
        self.tell(
            "scan",
            target,
            since,
            outcome.as_ref().map(|page| page.ids.len() as u64),
        );
        outcome
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let since = Instant::now();
        let outcome = self.inner.look(target, question).await;
        self.tell(
            "look",
            target,
            since,
            outcome.as_ref().map(|seen| seen.found.len() as u64),
        );
        outcome
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        let since = Instant::now();
        let outcome = self.inner.values(target, field).await;
        self.tell(
            "values",
            target,
            since,
            outcome.as_ref().map(|values| values.len() as u64),
        );
        outcome
    }

    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String> {
        self.inner.place_behind(target, id)
    }

    fn native_query(&self, target: &Target, id: &RecordId) -> String {
        self.inner.native_query(target, id)
    }
}
