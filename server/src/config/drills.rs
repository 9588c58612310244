//! Settings of drills: on whom, when, and whether a run waits for them.

use domain::drill::Schedule;
use domain::subject::TenantKey;

use super::reader::{ConfigError, Reader};

/// The day of the month on which a drill is opened.
const DAY: u8 = 1;
/// In how many days it must have ended in a certificate.
const DAYS: u8 = 14;

/// When drills are due; absent: no synthetic tenant is named, and none runs.
pub(super) fn schedule(reader: &mut Reader) -> Result<Option<Schedule>, ConfigError> {
    let key = reader.text("drills.tenant")?;
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    let day = reader.number("drills.day", 1, 28)?.map_or(DAY, small);
    let days = reader.number("drills.days", 1, 27)?.map_or(DAYS, small);
    let Some(key) = key else { return Ok(None) };
    let tenant = TenantKey::parse(&key).map_err(|error| reader.wrong("drills.tenant", &error.to_string()))?;
    Ok(Some(Schedule { tenant, day, days }))
}

/// Whether a run is approved only after a drill, or an acceptance in writing: as soon as drills run, unless it is said otherwise.
pub(super) fn gate(reader: &mut Reader, drills_run: bool) -> Result<bool, ConfigError> {
    let word = reader.one_of("drills.gate", &["refuse", "tell"])?;
    Ok(word.map_or(drills_run, |word| word == "refuse"))
}
