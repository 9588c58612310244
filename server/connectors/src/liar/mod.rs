//! Systems that lie, for tests and the demonstration: a real eraser or probe, wrapped, that does something else than it
//! says. Compiled only under the feature `liar`.
//!
//! A system is told to lie in its settings: `lie = "deletes_half"`. Further settings, all optional:
//!
//! | setting | meaning | unless stated |
//! |---|---|---|
//! | `lie_attempts` | an eraser lies only in its first so many runs over a tenant's part of a dataset | in all |
//! | `lie_looks` | a probe is honest for so many looks at a dataset | 0 |
//! | `lie_records` | how many records `deletes_half` deletes and the others claim | 1 |
//! | `lie_tenant` | the other tenant's key, for `deletes_wrong_tenant` and `deletes_too_much` | must be stated |
//! | `lie_delay_ms` | how late `deletes_late` deletes | 2000 |

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::inventory::{DatasetRef, System};
use domain::port::connector::ConnectorError;
#[cfg(feature = "probe")]
use domain::selection::Side;
use serde::Deserialize;
use serde_json::Value;

use crate::settings::wrong;

#[cfg(feature = "erase")]
mod erase;
#[cfg(feature = "probe")]
mod probe;
mod registry;

#[cfg(feature = "erase")]
pub use erase::{LyingErase, Unlink};
#[cfg(feature = "probe")]
pub use probe::LyingProbe;
pub use registry::LyingRegistry;

/// A way to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// Reports success and calls nothing.
    DeletesNothing,
    /// Deletes the first `lie_records` and reports that nothing is left.
    DeletesHalf,
    /// Deletes another tenant's records instead.
    DeletesWrongTenant,
    /// Reports success at once, and deletes later.
    DeletesLate,
    /// Takes the tenant off the records and keeps them; how, a test says ([`LyingRegistry::with_unlink`]).
    OnlyUnlinks,
    /// Is refused, and reports success.
    ErrorInside200,
    /// Deletes another tenant's records as well.
    DeletesTooMuch,
    /// Deletes withheld records as well.
    DeletesHeld,
    /// The probe finds records by id only: the count says 0 and a scan by tenant is empty.
    LosesIndex,
    /// The probe finds nothing, not even the controls, and says so without an error.
    SeesNothing,
    /// The probe repeats its first counts.
    CountsFromCache,
    /// The probe cannot see any more, and says so.
    GoesBlind,
}

impl Lie {
    fn is_of_probe(self) -> bool {
        matches!(
            self,
            Self::LosesIndex | Self::SeesNothing | Self::CountsFromCache | Self::GoesBlind
        )
    }
}

/// A lie, with its circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub lie: Lie,
    /// An eraser lies in its first so many runs over a tenant's part; absent: in all.
    pub attempts: Option<u32>,
    /// A probe is honest for so many looks.
    pub looks: u32,
    /// How many records are deleted or claimed.
    pub records: u32,
    /// Another tenant's key.
    pub tenant: Option<String>,
    /// How late a late deletion is.
    pub delay: Duration,
}

impl Told {
    /// The lie that a system is told, where it is told one.
    pub fn of(system: &System) -> Result<Option<Self>, ConnectorError> {
        let Some(lie) = system.config.get("lie") else {
            return Ok(None);
        };
        let lie: Lie = serde_json::from_value(lie.clone()).map_err(|_| wrong("config.lie", "no such lie"))?;
        let number = |key: &str| match system.config.get(key) {
            None => Ok(None),
            Some(value) => value
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .map(Some)
                .ok_or_else(|| wrong(&format!("config.{key}"), "expected a whole number")),
        };
        let tenant = system
            .config
            .get("lie_tenant")
            .and_then(Value::as_str)
            .map(str::to_owned);
        if tenant.is_none() && matches!(lie, Lie::DeletesWrongTenant | Lie::DeletesTooMuch) {
            return Err(wrong(
                "config.lie_tenant",
                "missing; expected the other tenant's key",
            ));
        }
        Ok(Some(Self {
            lie,
            attempts: number("lie_attempts")?,
            looks: number("lie_looks")?.unwrap_or(0),
            records: number("lie_records")?.unwrap_or(1),
            tenant,
            delay: Duration::from_millis(number("lie_delay_ms")?.unwrap_or(2_000).into()),
        }))
    }
}

/// The system as its real connector knows it, without the settings that are for the liar.
fn honest(system: &System) -> System {
    let mut system = system.clone();
    system
        .config
        .retain(|key, _| key != "lie" && !key.starts_with("lie_"));
    system
}

/// What liars remember of a dataset.
#[derive(Default)]
struct Past {
    /// By the tenant's identifiers.
    runs: BTreeMap<Vec<String>, u32>,
    looks: u32,
    #[cfg(feature = "probe")]
    counts: BTreeMap<Side, Option<u64>>,
}

/// What liars remember, as long as the process lives.
#[derive(Default)]
pub struct Memory(Mutex<BTreeMap<DatasetRef, Past>>);

impl Memory {
    /// How often erasing a dataset was begun.
    pub fn runs(&self, dataset: &DatasetRef) -> u32 {
        self.with(dataset, |past| past.runs.values().sum())
    }

    /// How often a dataset was looked at.
    pub fn looks(&self, dataset: &DatasetRef) -> u32 {
        self.with(dataset, |past| past.looks)
    }

    fn with<T>(&self, dataset: &DatasetRef, see: impl FnOnce(&mut Past) -> T) -> T {
        let mut past = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        see(past.entry(dataset.clone()).or_default())
    }
}
