//! No system is worked harder than its owner allows: so many records per second over all calls of this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::inventory::{System, SystemName};
#[cfg(feature = "erase")]
use domain::port::erase::{Chunk, Erase, EraseError, Erased};
#[cfg(feature = "probe")]
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::selection::Target;
#[cfg(feature = "probe")]
use domain::selection::{RecordId, Side};
use tokio::time::Instant;

/// The pace of one system, shared by all that work it.
#[derive(Debug)]
pub struct Pace {
    per_second: u32,
    free_at: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many records per second; 0 is unlimited.
    pub fn new(per_second: u32) -> Self {
        Self {
            per_second,
            free_at: Mutex::new(None),
        }
    }

    /// At most one second's worth of records.
    fn portion(&self, limit: u32) -> u32 {
        match self.per_second {
            0 => limit,
            per_second => limit.min(per_second),
        }
    }

    fn cost(&self, records: u64) -> Duration {
        match self.per_second {
            0 => Duration::ZERO,
            per_second => Duration::from_secs_f64(records as f64 / f64::from(per_second)),
        }
    }

    /// Books the records and waits for their turn.
    async fn book(&self, records: u64) {
        let turn = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = free_at.map_or(now, |at| at.max(now));
            *free_at = Some(turn + self.cost(records));
            turn
        };
        tokio::time::sleep_until(turn).await;
    }

    /// Gives back what was booked and not used.
    fn give_back(&self, records: u64) {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = free_at.and_then(|at| at.checked_sub(self.cost(records)));
    }
}

/// The paces of all systems.
#[derive(Debug, Default)]
pub struct Paces(Mutex<HashMap<SystemName, Arc<Pace>>>);

impl Paces {
    /// The pace of a system, by its limits as they are now.
    pub fn of(&self, system: &System) -> Arc<Pace> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let per_second = system.limits.per_second;
        match paces.get(&system.name) {
            Some(pace) if pace.per_second == per_second => Arc::clone(pace),
            _ => {
                let pace = Arc::new(Pace::new(per_second));
                paces.insert(system.name.clone(), Arc::clone(&pace));
                pace
            }
        }
    }
}

/// An eraser or a probe that keeps to a pace. Chunks and pages become one second's worth at most.
pub struct Throttled<T: ?Sized> {
    inner: Arc<T>,
    pace: Arc<Pace>,
}

impl<T: ?Sized> Throttled<T> {
    /// Wraps it.
    pub fn new(inner: Arc<T>, pace: Arc<Pace>) -> Self {
        Self { inner, pace }
    }
}

#[cfg(feature = "erase")]
#[async_trait]
impl Erase for Throttled<dyn Erase> {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let chunk = Chunk {
            limit: self.pace.portion(chunk.limit),
            ..chunk.clone()
        };
        self.pace.book(chunk.limit.into()).await;
        let outcome = self.inner.erase(target, &chunk).await;
        let used = outcome.as_ref().map_or(0, |erased| erased.reported);
        self.pace.give_back(u64::from(chunk.limit).saturating_sub(used));
        outcome
    }
}

#[cfg(feature = "probe")]
#[async_trait]
impl Probe for Throttled<dyn Probe> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        self.pace.book(1).await;
        self.inner.survey(target).await
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let limit = self.pace.portion(limit);
        self.pace.book(limit.into()).await;
        let outcome = self.inner.scan(target, side, after, limit).await;
        let used = outcome.as_ref().map_or(0, |page| page.ids.len() as u64);
        self.pace.give_back(u64::from(limit).saturating_sub(used));
        outcome
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        self.pace
            .book((question.ids.len() + question.controls.len()) as u64)
            .await;
        self.inner.look(target, question).await
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        self.pace.book(1).await;
        self.inner.values(target, field).await
    }

    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String> {
        self.inner.place_behind(target, id)
    }

    fn native_query(&self, target: &Target, id: &RecordId) -> String {
        self.inner.native_query(target, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hundred_per_second_lets_three_hundred_start_within_two_seconds() {
        let pace = Pace::new(100);
        let start = Instant::now();
        for _ in 0..3 {
            pace.book(100).await;
        }
        assert_eq!(start.elapsed().as_millis() / 10, 200);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_used_is_given_back() {
        let pace = Pace::new(100);
        let start = Instant::now();
        pace.book(100).await;
        pace.give_back(100);
        pace.book(1).await;
        assert!(start.elapsed() < Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn zero_is_unlimited() {
        let pace = Pace::new(0);
        let start = Instant::now();
        pace.book(1_000_000).await;
        pace.book(1_000_000).await;
        assert!(start.elapsed().is_zero());
        assert_eq!(pace.portion(10_000), 10_000);
    }
}
