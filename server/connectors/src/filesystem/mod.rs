//! Under way.
use domain::inventory::Handling;
use crate::registry::Kind;
/// The kind `filesystem`.
pub(crate) const KIND: Kind = Kind {
    name: "filesystem",
    handling: Handling::Erase,
    check: |system| crate::settings::only(system, &[]),
    #[cfg(feature = "erase")]
    eraser: None,
    #[cfg(feature = "probe")]
    probe: None,
    #[cfg(feature = "probe")]
    backups: None,
};
