//! A probe that tells something else than it sees.

use std::sync::Arc;

use async_trait::async_trait;
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::selection::{RecordId, Side, Target};

use super::{Lie, Memory, Told};

/// Any probe, told to lie.
pub struct LyingProbe {
    /// The real probe.
    pub inner: Arc<dyn Probe>,
    /// The lie.
    pub told: Told,
    /// Counts looks, and keeps the first counts.
    pub memory: Arc<Memory>,
}

#[async_trait]
impl Probe for LyingProbe {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        self.inner.survey(target).await
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let lying = self.memory.looks(&target.dataset) >= self.told.looks;
        let nothing = || Page {
            ids: vec![],
            tenants: vec![],
            next: None,
        };
        match self.told.lie {
            Lie::LosesIndex if lying && side == Side::Selected => Ok(nothing()),
            Lie::SeesNothing if lying => Ok(nothing()),
            Lie::GoesBlind if lying => Err(blind()),
            _ => self.inner.scan(target, side, after, limit).await,
        }
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let before = self.memory.with(&target.dataset, |past| {
            past.looks += 1;
            past.looks - 1
        });
        let lying = before >= self.told.looks;
        if lying && self.told.lie == Lie::GoesBlind {
            return Err(blind());
        }
        let mut seen = self.inner.look(target, question).await?;
        for (side, count) in question.count.iter().zip(&mut seen.counts) {
            let first = self.memory.with(&target.dataset, |past| {
                *past.counts.entry(*side).or_insert(*count)
            });
            *count = match self.told.lie {
                Lie::CountsFromCache if lying => first,
                Lie::LosesIndex if lying && *side == Side::Selected => Some(0),
                Lie::SeesNothing if lying => Some(0),
                _ => *count,
            };
        }
        if lying && self.told.lie == Lie::SeesNothing {
            seen.found.fill(false);
            seen.controls.fill(false);
        }
        Ok(seen)
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        self.inner.values(target, field).await
    }

    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String> {
        self.inner.place_behind(target, id)
    }

    fn native_query(&self, target: &Target, id: &RecordId) -> String {
        self.inner.native_query(target, id)
    }
}

fn blind() -> ProbeError {
    ProbeError::Blind("the credential was refused".to_owned())
}
