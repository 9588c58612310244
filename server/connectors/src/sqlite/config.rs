//! What the inventory says about an SQLite file.

use std::path::{Path, PathBuf};

use domain::inventory::{Locator, System};
use domain::port::connector::ConnectorError;

use crate::{settings, sql};

/// The database file.
const FILE: &str = "file";
/// Tables that may lose rows by a foreign key when rows of a dataset go.
const CASCADES: &str = "cascades";

/// Refuses a wrong configuration.
pub(crate) fn check(system: &System) -> Result<(), ConnectorError> {
    settings::only(system, &[FILE, CASCADES])?;
    file(system)?;
    cascades(system)?;
    sql::check_locators(system)
}

/// The database file, by its whole path: processes with different working folders must mean the same file.
pub(crate) fn file(system: &System) -> Result<PathBuf, ConnectorError> {
    let path = Path::new(settings::text(
        system,
        FILE,
        "the whole path of the database file",
    )?);
    match path.is_absolute() {
        true => Ok(path.to_owned()),
        false => Err(settings::wrong(
            "config.file",
            "expected a whole path, beginning with /",
        )),
    }
}

/// Tables that may lose rows by a foreign key.
pub(crate) fn cascades(system: &System) -> Result<Vec<String>, ConnectorError> {
    settings::texts(system, CASCADES, "tables that may lose rows by a foreign key")
}

/// The table's name.
pub(crate) fn table(locator: &Locator) -> &str {
    locator
        .container
        .strip_prefix("main.")
        .unwrap_or(&locator.container)
}
