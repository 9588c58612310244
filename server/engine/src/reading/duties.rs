//! Retention duties.

use domain::actor::Actor;
use domain::hold::Ground;
use domain::id::DutyId;
use domain::retention::RetentionDuty;
use domain::time::{Date, Timestamp};
use serde::Serialize;

use super::holds::{ScopeSeen, staff};
use super::names::{Named, Names};
use crate::{Engine, Error};

/// A duty. Its title is made to be shown.
#[derive(Debug, Clone, Serialize)]
pub struct DutySeen {
    /// Which.
    pub id: DutyId,
    /// What it is.
    pub title: String,
    /// Why the data is kept.
    pub ground: Ground,
    /// What it keeps.
    pub scope: ScopeSeen,
    /// The last day.
    pub until: Date,
    /// It keeps what it covers, today.
    pub stands: bool,
    /// Who recorded it.
    pub recorded_by: Named,
    /// When.
    pub recorded_at: Timestamp,
    /// When it was ended before its date, and by whom.
    pub ended: Option<(Timestamp, Named)>,
}

impl Engine {
    /// Duties, the newest first.
    pub async fn duties(&self, actor: &Actor) -> Result<Vec<DutySeen>, Error> {
        staff(actor)?;
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let today = self.now().date_in(&self.policy.zone)?;
        let duties = tx.holds().list_duties().await?;
        Ok(duties.iter().map(|duty| seen(duty, &names, today)).collect())
    }

    /// One duty.
    pub async fn duty(&self, actor: &Actor, id: DutyId) -> Result<DutySeen, Error> {
        staff(actor).map_err(|_| Error::NotFound("that duty"))?;
        let mut tx = self.ports.store.read().await?;
        let duty = tx
            .holds()
            .find_duty(id)
            .await?
            .ok_or(Error::NotFound("that duty"))?;
        let names = Names::load(&mut *tx, actor).await?;
        Ok(seen(&duty, &names, self.now().date_in(&self.policy.zone)?))
    }
}

fn seen(duty: &RetentionDuty, names: &Names, today: Date) -> DutySeen {
    DutySeen {
        id: duty.id,
        title: duty.title.clone(),
        ground: duty.ground,
        scope: ScopeSeen::from(&duty.scope),
        until: duty.until,
        stands: duty.stands(today),
        recorded_by: names.person(duty.recorded_by),
        recorded_at: duty.recorded_at,
        ended: duty.ended.map(|(at, by)| (at, names.person(by))),
    }
}
