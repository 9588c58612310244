//! Moments and dates: UTC, whole microseconds, so that both databases give back what they were given.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil;
use serde::{Deserialize, Serialize};

pub use jiff::civil::Date;

/// A moment in UTC, cut to whole microseconds. Serialised as RFC 3339 (`2026-03-01T12:00:00.5Z`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Timestamp(jiff::Timestamp);

/// Tells the time. The only source of moments; use cases are handed one.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Draws random bytes: for identifiers, nonces and salts.
pub trait Entropy: Send + Sync {
    /// Fills the slice with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The text is not a moment or a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not RFC 3339.
    #[error("not a moment: expected RFC 3339, such as 2026-03-01T12:00:00Z")]
    Moment,
    /// Not `YYYY-MM-DD`.
    #[error("not a date: expected YYYY-MM-DD")]
    Date,
    /// Not a zone of the IANA database.
    #[error("not a time zone: expected an IANA name such as Europe/Dublin")]
    Zone,
    /// Outside what a calendar can say.
    #[error("a date out of range")]
    Range,
}

impl Timestamp {
    /// From whole microseconds since 1970-01-01T00:00:00Z. Values out of range are clamped.
    pub fn from_microsecond(micros: i64) -> Self {
        let clamped = micros.clamp(
            jiff::Timestamp::MIN.as_microsecond(),
            jiff::Timestamp::MAX.as_microsecond(),
        );
        Self(jiff::Timestamp::from_microsecond(clamped).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    /// Whole microseconds since 1970-01-01T00:00:00Z.
    pub fn as_microsecond(self) -> i64 {
        self.0.as_microsecond()
    }

    /// The same moment, later by a duration.
    pub fn after(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_microsecond(self.as_microsecond().saturating_add(micros))
    }

    /// The same moment, earlier by a duration.
    pub fn before(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_microsecond(self.as_microsecond().saturating_sub(micros))
    }

    /// How long from `earlier` to here; zero when it is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        let micros = self.as_microsecond().saturating_sub(earlier.as_microsecond());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    /// The calendar date of this moment in a zone (IANA name).
    pub fn date_in(self, zone: &str) -> Result<Date, TimeError> {
        let zone = jiff::tz::TimeZone::get(zone).map_err(|_| TimeError::Zone)?;
        Ok(self.0.to_zoned(zone).date())
    }

    /// The calendar date of this moment in UTC.
    pub fn date(self) -> Date {
        self.0.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// The first moment of a date in a zone (IANA name).
    pub fn start_in(date: Date, zone: &str) -> Result<Self, TimeError> {
        let zone = jiff::tz::TimeZone::get(zone).map_err(|_| TimeError::Zone)?;
        let start = date.to_zoned(zone).map_err(|_| TimeError::Range)?;
        Ok(start.timestamp().into())
    }

    /// The first moment of a date in UTC.
    pub fn start_of(date: Date) -> Self {
        let moment = date
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map(|zoned| zoned.timestamp());
        Self(moment.unwrap_or(jiff::Timestamp::MAX))
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self::from_microsecond(moment.as_microsecond())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>()
            .map(Self::from)
            .map_err(|_| TimeError::Moment)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        jiff::Timestamp::deserialize(deserializer).map(Self::from)
    }
}

/// Reads a date written `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Result<Date, TimeError> {
    text.parse().map_err(|_| TimeError::Date)
}

/// The same day `months` calendar months later; the last day of the month where that day does not
/// exist (Regulation 1182/71 Art. 3(2)(c)): 31 January becomes 28 or 29 February.
pub fn months_later(date: Date, months: i32) -> Result<Date, TimeError> {
    date.checked_add(jiff::Span::new().months(months))
        .map_err(|_| TimeError::Range)
}

/// `days` days later.
pub fn days_later(date: Date, days: i32) -> Result<Date, TimeError> {
    date.checked_add(jiff::Span::new().days(days))
        .map_err(|_| TimeError::Range)
}

/// A date from year, month and day, where they make one.
pub fn date(year: i16, month: i8, day: i8) -> Result<Date, TimeError> {
    civil::Date::new(year, month, day).map_err(|_| TimeError::Range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_after_the_31st_of_january_ends_february() {
        let leap = months_later(date(2028, 1, 31).unwrap(), 1).unwrap();
        let plain = months_later(date(2027, 1, 31).unwrap(), 1).unwrap();
        assert_eq!(
            (leap.to_string(), plain.to_string()),
            ("2028-02-29".into(), "2027-02-28".into())
        );
    }

    #[test]
    fn a_moment_late_in_the_evening_is_the_next_day_further_east() {
        let moment: Timestamp = "2026-03-01T23:30:00Z".parse().unwrap();
        assert_eq!(moment.date_in("Europe/Berlin").unwrap().to_string(), "2026-03-02");
        assert_eq!(moment.date_in("Nowhere/Land"), Err(TimeError::Zone));
    }

    #[test]
    fn a_day_begins_at_midnight_where_the_issuer_is() {
        let start = Timestamp::start_in(date(2026, 7, 1).unwrap(), "Europe/Berlin").unwrap();
        assert_eq!(start.to_string(), "2026-06-30T22:00:00Z");
    }

    #[test]
    fn nanoseconds_are_cut_when_a_moment_is_made() {
        let moment: Timestamp = "2026-03-01T00:00:00.123456789Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-03-01T00:00:00.123456Z");
    }
}
