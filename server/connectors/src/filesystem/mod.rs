//! Folders of files.

mod config;
#[cfg(feature = "erase")]
mod erase;
#[cfg(feature = "probe")]
mod probe;
#[cfg(feature = "probe")]
mod walk;

use domain::inventory::Handling;

use crate::registry::Kind;

/// The kind `filesystem`.
pub(crate) const KIND: Kind = Kind {
    name: "filesystem",
    handling: Handling::Erase,
    check: config::check,
    #[cfg(feature = "erase")]
    eraser: Some(erase::make),
    #[cfg(feature = "probe")]
    probe: Some(probe::make),
    #[cfg(feature = "probe")]
    backups: None,
};
