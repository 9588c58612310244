//! PostgreSQL, version 13 and later.

#[cfg(feature = "erase")]
mod ahead;
#[cfg(feature = "erase")]
mod blocks;
mod catalog;
mod config;
#[cfg(feature = "erase")]
mod erase;
#[cfg(feature = "probe")]
mod probe;
#[cfg(feature = "erase")]
mod refusal;
#[cfg(feature = "erase")]
mod selected;
#[cfg(feature = "probe")]
mod sides;
#[cfg(feature = "probe")]
mod survey;

use domain::inventory::Handling;

use crate::registry::Kind;

/// The kind `postgres`.
pub(crate) const KIND: Kind = Kind {
    name: "postgres",
    handling: Handling::Erase,
    check: config::check,
    #[cfg(feature = "erase")]
    eraser: Some(erase::make),
    #[cfg(feature = "probe")]
    probe: Some(probe::make),
    #[cfg(feature = "probe")]
    backups: None,
};
