//! Holds and duties as others may see them. The one place where it is decided what a reader learns of a hold.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Actor;
use domain::hold::{Disclosure, Ground, LegalHold};
use domain::port::store::Tx;
use domain::retention::{KeeperId, RetentionDuty};
use domain::time::Date;
use serde::Serialize;

use super::sees_matters;
use crate::Error;

/// A hold or duty, as the reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeeperSeen {
    /// Which: an opaque reference, also on certificates.
    pub id: KeeperId,
    /// What may be said of it: the matter, its ground, or the wording that counsel approved.
    pub disclosed: String,
    /// Why the data is kept; absent where nothing but the wording may be told.
    pub ground: Option<Ground>,
    /// Its last day, where it has one.
    pub until: Option<Date>,
    /// The matter, for those who keep the register.
    pub matter: Option<String>,
    /// It keeps what it covers, at this moment.
    pub stands: bool,
}

/// The ground, where the hold discloses more than a wording, or the reader keeps the register.
pub(super) fn ground(reader: &Actor, hold: &LegalHold) -> Option<Ground> {
    let told = !matches!(hold.disclosure, Disclosure::Neutral(_));
    (told || sees_matters(reader)).then_some(hold.ground)
}

impl KeeperSeen {
    /// A hold.
    pub(crate) fn hold(reader: &Actor, hold: &LegalHold) -> Self {
        Self {
            id: KeeperId::Hold(hold.id),
            disclosed: hold.disclosed(),
            ground: ground(reader, hold),
            until: None,
            matter: sees_matters(reader).then(|| hold.matter.clone()),
            stands: hold.stands(),
        }
    }

    /// A duty. Its title is made to be shown.
    pub(crate) fn duty(duty: &RetentionDuty, today: Date) -> Self {
        Self {
            id: KeeperId::Duty(duty.id),
            disclosed: format!("{} ({})", duty.title, duty.ground.article()),
            ground: Some(duty.ground),
            until: Some(duty.until),
            matter: None,
            stands: duty.stands(today),
        }
    }
}

/// The keepers of some ids as the reader sees them.
pub(crate) async fn seen(
    tx: &mut dyn Tx,
    reader: &Actor,
    ids: &BTreeSet<KeeperId>,
    today: Date,
) -> Result<BTreeMap<KeeperId, KeeperSeen>, Error> {
    let mut seen = BTreeMap::new();
    for id in ids {
        let keeper = match id {
            KeeperId::Hold(hold) => {
                let hold = tx.holds().find(*hold).await?;
                hold.map(|hold| KeeperSeen::hold(reader, &hold))
            }
            KeeperId::Duty(duty) => {
                let duty = tx.holds().find_duty(*duty).await?;
                duty.map(|duty| KeeperSeen::duty(&duty, today))
            }
        };
        seen.extend(keeper.map(|keeper| (*id, keeper)));
    }
    Ok(seen)
}
