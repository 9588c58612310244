//! No call lasts for ever: an eraser is given up shortly after its deadline, a probe after a time that is set.
//!
//! Giving up is only about waiting. That nothing is deleted after the deadline is the eraser's own duty, in the
//! system itself.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
#[cfg(feature = "erase")]
use domain::port::erase::{Chunk, Erase, EraseError, Erased};
#[cfg(feature = "probe")]
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::selection::Target;
#[cfg(feature = "probe")]
use domain::selection::{RecordId, Side};
#[cfg(feature = "erase")]
use domain::time::Clock;

/// How long after the deadline an eraser's answer is still waited for.
#[cfg(feature = "erase")]
const GRACE: Duration = Duration::from_secs(10);

/// An eraser that is given up shortly after the deadline of its chunk.
#[cfg(feature = "erase")]
pub struct TimedErase {
    inner: Arc<dyn Erase>,
    clock: Arc<dyn Clock>,
}

#[cfg(feature = "erase")]
impl TimedErase {
    /// Wraps an eraser; the clock judges the deadline.
    pub fn new(inner: Arc<dyn Erase>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock }
    }
}

#[cfg(feature = "erase")]
#[async_trait]
impl Erase for TimedErase {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let remaining = chunk.deadline.since(self.clock.now());
        if remaining.is_zero() {
            return Err(EraseError::TooLate);
        }
        match tokio::time::timeout(remaining.saturating_add(GRACE), self.inner.erase(target, chunk)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(EraseError::Transient(
                "the system gave no answer by the deadline".into(),
            )),
        }
    }
}

/// A probe whose every call is given up after a while.
#[cfg(feature = "probe")]
pub struct TimedProbe {
    inner: Arc<dyn Probe>,
    limit: Duration,
}

#[cfg(feature = "probe")]
impl TimedProbe {
    /// Wraps a probe.
    pub fn new(inner: Arc<dyn Probe>, limit: Duration) -> Self {
        Self { inner, limit }
    }

    async fn within<T>(&self, call: impl Future<Output = Result<T, ProbeError>>) -> Result<T, ProbeError> {
        match tokio::time::timeout(self.limit, call).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ProbeError::Unreachable(format!(
                "no answer within {} s",
                self.limit.as_secs()
            ))),
        }
    }
}

#[cfg(feature = "probe")]
#[async_trait]
impl Probe for TimedProbe {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        self.within(self.inner.survey(target)).await
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        self.within(self.inner.scan(target, side, after, limit)).await
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        self.within(self.inner.look(target, question)).await
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        self.within(self.inner.values(target, field)).await
    }

    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String> {
        self.inner.place_behind(target, id)
    }

    fn native_query(&self, target: &Target, id: &RecordId) -> String {
        self.inner.native_query(target, id)
    }
}
