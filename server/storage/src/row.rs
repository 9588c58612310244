//! Rows: columns beside a document, and the document is the truth.

use std::fmt::Display;

use chrono::{DateTime, NaiveDate, Utc};
use domain::port::store::StoreError;
use domain::time::{Date, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sqlx::types::Json;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

/// A noun of the domain that is kept in the `document` column of a table.
pub(crate) trait Noun: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: &'static str;
}

/// A row as `SELECT .. AS id, CAST(document AS TEXT) AS document` gives it, not yet read.
pub(crate) struct Stored<K = Uuid> {
    id: K,
    document: Result<String, String>,
}

impl<'r, R, K> FromRow<'r, R> for Stored<K>
where
    R: Row,
    &'static str: ColumnIndex<R>,
    K: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let document = row.try_get("document").map_err(|_| "not text".to_owned());
        Ok(Self {
            id: row.try_get("id")?,
            document,
        })
    }
}

impl<K: Display> Stored<K> {
    /// The noun.
    pub(crate) fn read<T: Noun>(self) -> Result<T, StoreError> {
        let read = self.document.and_then(|text| parse(&text));
        read.map_err(|why| unreadable(T::TABLE, "document", self.id, why))
    }
}

/// Reads JSON; what is wrong is told by place, never by value.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "something unexpected",
            _ => "no JSON",
        };
        format!("{what} at line {}, column {}", error.line(), error.column())
    })
}

/// The error of a row that cannot be read.
pub(crate) fn unreadable(
    table: &'static str,
    column: &'static str,
    id: impl Display,
    why: String,
) -> StoreError {
    StoreError::Unreadable {
        table,
        column,
        id: id.to_string(),
        why,
    }
}

/// All nouns of some rows.
pub(crate) fn all<T: Noun, K: Display>(rows: Vec<Stored<K>>) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(Stored::read).collect()
}

/// The noun of the first row.
pub(crate) fn first<T: Noun, K: Display>(rows: Vec<Stored<K>>) -> Result<Option<T>, StoreError> {
    rows.into_iter().next().map(Stored::read).transpose()
}

/// What is written into a `document` column.
pub(crate) fn document(noun: &impl Serialize) -> Result<Json<Box<RawValue>>, StoreError> {
    let raw = serde_json::value::to_raw_value(noun);
    raw.map(Json)
        .map_err(|_| StoreError::Refused("it cannot be written as JSON".into()))
}

/// A moment as a column.
pub(crate) fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.as_microsecond()).expect("the years -9999 to 9999 are in range")
}

/// A column as a moment.
pub(crate) fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp::from_microsecond(at.timestamp_micros())
}

/// A date as a column.
pub(crate) fn day(date: Date) -> NaiveDate {
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    NaiveDate::from_ymd_opt(date.year().into(), month.into(), day.into()).expect("a civil date is a date")
}
