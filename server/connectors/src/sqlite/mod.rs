//! SQLite files, version 3.38 and later.

mod catalog;
mod config;
#[cfg(feature = "erase")]
mod erase;
#[cfg(feature = "probe")]
mod probe;
#[cfg(feature = "probe")]
mod sides;

use domain::inventory::Handling;

use crate::registry::Kind;

/// The kind `sqlite`.
pub(crate) const KIND: Kind = Kind {
    name: "sqlite",
    handling: Handling::Erase,
    check: config::check,
    #[cfg(feature = "erase")]
    eraser: Some(erase::make),
    #[cfg(feature = "probe")]
    probe: Some(probe::make),
    #[cfg(feature = "probe")]
    backups: None,
};
