//! Systems outside one's control: a named party erases and confirms with a document (I5). Neither half exists.

use domain::inventory::{Handling, System};
use domain::port::connector::ConnectorError;

use crate::registry::Kind;
use crate::settings;

/// The kind `attestation`.
pub(crate) const KIND: Kind = Kind {
    name: "attestation",
    handling: Handling::Attest,
    check,
    #[cfg(feature = "erase")]
    eraser: None,
    #[cfg(feature = "probe")]
    probe: None,
    #[cfg(feature = "probe")]
    backups: None,
};

fn check(system: &System) -> Result<(), ConnectorError> {
    settings::only(system, &[])
}
