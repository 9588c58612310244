//! Retention duties (H6), deadlines (Art. 12(3)), and what keeps data from erasure.

use serde::{Deserialize, Serialize};

use crate::hold::{Ground, LegalHold};
use crate::id::{DutyId, HoldId, PersonId};
use crate::scope::KeepScope;
use crate::time::{Date, TimeError, Timestamp, months_later};

/// A duty of contract or statute to keep data until a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionDuty {
    /// Its id.
    pub id: DutyId,
    /// What it is (`audit trail, 90 days after the contract`), in words that may be shown.
    pub title: String,
    /// Why the data may be kept.
    pub ground: Ground,
    /// What it keeps.
    pub scope: KeepScope,
    /// The last day; the day after, the data may go.
    pub until: Date,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
    /// When it was ended before its date, and by whom.
    pub ended: Option<(Timestamp, PersonId)>,
    /// Grows with each change.
    pub version: i64,
}

impl RetentionDuty {
    /// It keeps what it covers.
    pub fn stands(&self, today: Date) -> bool {
        self.ended.is_none() && today <= self.until
    }

    /// Ends it before its last day, once.
    pub fn end(self, by: PersonId, at: Timestamp, today: Date) -> Result<Self, DutyError> {
        match (&self.ended, self.stands(today)) {
            (Some((ended_at, _)), _) => Err(DutyError::EndedAlready(*ended_at)),
            (None, false) => Err(DutyError::Over(self.until)),
            (None, true) => Ok(Self {
                ended: Some((at, by)),
                ..self
            }),
        }
    }
}

/// Why a duty cannot be ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DutyError {
    /// Somebody ended it before.
    #[error("this duty was ended at {0} already")]
    EndedAlready(Timestamp),
    /// Its last day has passed.
    #[error("this duty ended by itself: its last day was {0}")]
    Over(Date),
}

/// Which hold or duty keeps something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeeperId {
    /// A legal hold.
    Hold(HoldId),
    /// A retention duty.
    Duty(DutyId),
}

/// A hold or a duty, as the fence and planning see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeper {
    /// Which.
    pub id: KeeperId,
    /// What it keeps.
    pub scope: KeepScope,
    /// Why.
    pub ground: Ground,
    /// Its last day, where it has one.
    pub until: Option<Date>,
    /// What others may learn of it.
    pub disclosed: String,
}

impl From<&LegalHold> for Keeper {
    fn from(hold: &LegalHold) -> Self {
        Self {
            id: KeeperId::Hold(hold.id),
            scope: hold.scope.clone(),
            ground: hold.ground,
            until: None,
            disclosed: hold.disclosed(),
        }
    }
}

impl From<&RetentionDuty> for Keeper {
    fn from(duty: &RetentionDuty) -> Self {
        Self {
            id: KeeperId::Duty(duty.id),
            scope: duty.scope.clone(),
            ground: duty.ground,
            until: Some(duty.until),
            disclosed: format!("{} ({})", duty.title, duty.ground.article()),
        }
    }
}

/// When a request must be answered: one calendar month after receipt, in the issuer's zone (Art. 12(3)).
pub fn due_on(received_at: Timestamp, zone: &str) -> Result<Date, TimeError> {
    months_later(received_at.date_in(zone)?, 1)
}

/// The extended date: three calendar months after receipt in all (Art. 12(3), second sentence).
pub fn extended_due_on(received_at: Timestamp, zone: &str) -> Result<Date, TimeError> {
    months_later(received_at.date_in(zone)?, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_counts_from_receipt_in_the_issuers_zone() {
        let late: Timestamp = "2027-01-30T23:30:00Z".parse().unwrap();
        assert_eq!(due_on(late, "Europe/Dublin").unwrap().to_string(), "2027-02-28");
        assert_eq!(due_on(late, "Europe/Berlin").unwrap().to_string(), "2027-02-28");
        let plain: Timestamp = "2027-03-31T12:00:00Z".parse().unwrap();
        assert_eq!(due_on(plain, "UTC").unwrap().to_string(), "2027-04-30");
        assert_eq!(extended_due_on(plain, "UTC").unwrap().to_string(), "2027-06-30");
    }
}
