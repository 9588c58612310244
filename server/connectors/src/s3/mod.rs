//! S3 and what speaks its protocol: one record is one version of an object, one delete marker or one unfinished
//! multipart upload. A record's id is the JSON array `["key","version"]` (version `null` in a bucket that keeps none)
//! or, for an unfinished upload, `["key","upload id","upload"]`.

use domain::inventory::{Handling, System};
use domain::port::connector::ConnectorError;

use crate::registry::Kind;
use crate::settings;

pub(crate) mod config;
#[cfg(feature = "erase")]
mod erase;
mod place;
#[cfg(feature = "probe")]
mod probe;

#[cfg(feature = "probe")]
pub(crate) use probe::failure;

/// The kind, for the registry.
pub(crate) const KIND: Kind = Kind {
    name: "s3",
    handling: Handling::Erase,
    check,
    #[cfg(feature = "erase")]
    eraser: Some(erase::eraser),
    #[cfg(feature = "probe")]
    probe: Some(probe::probe),
    #[cfg(feature = "probe")]
    backups: None,
};

fn check(system: &System) -> Result<(), ConnectorError> {
    settings::only(system, &config::NAMES)?;
    config::Settings::read(system)?;
    for (index, dataset) in system.datasets.iter().enumerate() {
        place::Template::of(&dataset.locator).map_err(|error| {
            settings::wrong(&settings::at(system, index, "container"), &error.to_string())
        })?;
    }
    Ok(())
}
