//! An eraser that does something else than it reports.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::port::erase::{Chunk, Erase, EraseError, Erased};
use domain::selection::Target;
use domain::time::Timestamp;
use futures::future::BoxFuture;

use super::{Lie, Memory, Told};

/// Takes the tenant off the records of a target and keeps them.
pub type Unlink = Arc<dyn Fn(Target) -> BoxFuture<'static, ()> + Send + Sync>;

/// Any eraser, told to lie.
pub struct LyingErase {
    /// The real eraser.
    pub inner: Arc<dyn Erase>,
    /// The lie.
    pub told: Told,
    /// Counts runs.
    pub memory: Arc<Memory>,
    /// How to unlink records, for [`Lie::OnlyUnlinks`].
    pub unlink: Option<Unlink>,
}

#[async_trait]
impl Erase for LyingErase {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let run = self.memory.with(&target.dataset, |past| {
            let runs = past.runs.entry(target.selection.tenant.any_of.clone());
            let runs = runs.or_default();
            *runs += u32::from(chunk.after.is_none());
            *runs
        });
        match self.told.attempts.is_none_or(|attempts| run <= attempts) {
            true => self.lie(target, chunk).await,
            false => self.inner.erase(target, chunk).await,
        }
    }
}

impl LyingErase {
    async fn lie(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let mut target = target.clone();
        let tenant = &mut target.selection.tenant.any_of;
        match self.told.lie {
            Lie::DeletesHalf => {
                let some = Chunk {
                    limit: self.told.records,
                    ..chunk.clone()
                };
                let report = self.inner.erase(&target, &some).await?;
                return Ok(Erased {
                    reported: report.reported * 2,
                    next: None,
                    ..report
                });
            }
            Lie::DeletesWrongTenant => {
                *tenant = self.told.tenant.iter().cloned().collect();
                return self.inner.erase(&target, chunk).await;
            }
            Lie::DeletesTooMuch => {
                tenant.extend(self.told.tenant.iter().cloned());
                target.selection.subject.clear();
                return self.inner.erase(&target, chunk).await;
            }
            Lie::DeletesHeld => {
                target.selection.except.clear();
                return self.inner.erase(&target, chunk).await;
            }
            Lie::DeletesLate => self.delete_later(target, chunk.clone()),
            Lie::OnlyUnlinks => {
                if let Some(unlink) = &self.unlink {
                    unlink(target).await;
                }
            }
            Lie::ErrorInside200 => {
                let expired = Chunk {
                    deadline: Timestamp::from_microsecond(0),
                    ..chunk.clone()
                };
                // Refused for being late: what is refused is reported as done.
                drop(self.inner.erase(&target, &expired).await);
            }
            Lie::DeletesNothing
            | Lie::LosesIndex
            | Lie::SeesNothing
            | Lie::CountsFromCache
            | Lie::GoesBlind => {}
        }
        Ok(Erased {
            reported: self.told.records.into(),
            next: None,
            method: "deleted, it says".to_owned(),
        })
    }

    fn delete_later(&self, target: Target, chunk: Chunk) {
        let (inner, delay) = (Arc::clone(&self.inner), self.told.delay);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let deadline = chunk.deadline.after(delay + Duration::from_secs(3600));
            let mut chunk = Chunk { deadline, ..chunk };
            while let Ok(Erased { next: Some(next), .. }) = inner.erase(&target, &chunk).await {
                chunk.after = Some(next);
            }
        });
    }
}
