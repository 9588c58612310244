//! What people look at: lists in pages, files, what waits for whom. Nothing here changes anything.
//!
//! What an actor may not see is not found. What a hold does not disclose is told to nobody but those who keep the
//! register ([`kept`]), and nothing is searched for those who may not see it.

mod case;
pub mod certificates;
pub mod deliveries;
mod drills;
pub mod duties;
pub mod file;
pub mod freeze;
pub mod holds;
pub mod home;
pub mod incidents;
pub mod inventory;
mod kept;
pub mod keys;
mod loaded;
pub mod log;
mod names;
mod own;
pub mod pack;
pub mod personal;
pub mod preview;
mod register;
pub mod requests;
pub mod revocation;
pub mod search;
mod seen;
mod systems;
pub mod timeline;
pub mod waiting;

use domain::actor::{Actor, Permission};
use domain::id::TenantId;

use crate::Error;

pub use kept::KeeperSeen;
pub use names::Named;
pub use seen::{
    AttestationSeen, BeforeSeen, CheckSeen, DatasetSeen, FindingSeen, PartSeen, SpotCheckSeen, StepSeen,
    SystemSeen,
};

/// Whose records an actor may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Everybody's, with everything that is known of them.
    All,
    /// Everybody's, as far as the work goes.
    Operations,
    /// Those of one tenant.
    Own(TenantId),
}

impl Sight {
    /// Of an actor; refused where they may look at nothing.
    pub(crate) fn of(actor: &Actor) -> Result<Self, Error> {
        if actor.require(Permission::ReadAll).is_ok() {
            return Ok(Self::All);
        }
        if actor.require(Permission::ReadOperations).is_ok() {
            return Ok(Self::Operations);
        }
        actor.require(Permission::ReadOwn)?;
        match actor {
            Actor::Person {
                tenant: Some(own), ..
            } => Ok(Self::Own(*own)),
            _ => Err(Error::NotFound("that tenant")),
        }
    }

    /// The one tenant, where there is one.
    pub(crate) const fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Own(tenant) => Some(tenant),
            Self::All | Self::Operations => None,
        }
    }

    /// It belongs to the issuer's own people.
    pub(crate) const fn is_staff(self) -> bool {
        !matches!(self, Self::Own(_))
    }
}

/// May read what a hold does not disclose.
pub(crate) fn sees_matters(actor: &Actor) -> bool {
    actor.require(Permission::ManageHolds).is_ok()
}
