//! Redis and Valkey, version 6 and later; one server, not a cluster.

mod config;
#[cfg(feature = "erase")]
mod erase;
#[cfg(feature = "probe")]
mod keys;
#[cfg(feature = "probe")]
mod probe;

use domain::inventory::Handling;

use crate::registry::Kind;

/// The kind `redis`.
pub(crate) const KIND: Kind = Kind {
    name: "redis",
    handling: Handling::Erase,
    check: config::check,
    #[cfg(feature = "erase")]
    eraser: Some(erase::make),
    #[cfg(feature = "probe")]
    probe: Some(probe::make),
    #[cfg(feature = "probe")]
    backups: None,
};
