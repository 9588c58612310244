//! A `SELECT` with as many conditions as are asked for. Its text is made of constants of ours only; what people wrote
//! is always an argument.

use chrono::{DateTime, NaiveDate, Utc};
use domain::port::reading::LONGEST_PAGE;
use domain::port::store::StoreError;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::transaction::{Connection, Transaction};

/// Rows on a page where nobody said how many.
const PAGE: u32 = 50;

/// A value of a condition.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    Id(Uuid),
    Text(String),
    Count(i64),
    Moment(DateTime<Utc>),
    Day(NaiveDate),
}

macro_rules! arguments {
    ($($kind:ident $from:ty),+) => {$(
        impl From<$from> for Argument {
            fn from(value: $from) -> Self {
                Self::$kind(value.into())
            }
        }
    )+};
}

arguments! { Id Uuid, Text String, Text &str, Count i64, Moment DateTime<Utc>, Day NaiveDate }

/// The text so far, and its arguments.
#[derive(Debug)]
pub(super) struct Query {
    sql: String,
    arguments: Vec<Argument>,
    joined_by: &'static str,
}

impl Query {
    /// Begins with what stands before `WHERE`.
    pub(super) fn new(select: &'static str) -> Self {
        Self {
            sql: select.to_owned(),
            arguments: Vec::new(),
            joined_by: " WHERE ",
        }
    }

    /// One more condition; each `?` in it stands for an argument.
    pub(super) fn and<const N: usize>(mut self, condition: &'static str, arguments: [Argument; N]) -> Self {
        self.sql.push_str(self.joined_by);
        self.joined_by = " AND ";
        let mut pieces = condition.split('?');
        self.sql.push_str(pieces.next().unwrap_or_default());
        for (argument, piece) in arguments.into_iter().zip(pieces) {
            self.arguments.push(argument);
            self.sql.push_str(&format!("${}", self.arguments.len()));
            self.sql.push_str(piece);
        }
        self
    }

    /// One more condition, where there is something to compare with.
    pub(super) fn and_some(self, condition: &'static str, argument: Option<impl Into<Argument>>) -> Self {
        match argument {
            Some(argument) => self.and(condition, [argument.into()]),
            None => self,
        }
    }

    /// The column has one of some words; none: it may have any.
    pub(super) fn among<'w>(
        mut self,
        column: &'static str,
        words: impl IntoIterator<Item = &'w String>,
    ) -> Self {
        let first = self.arguments.len();
        self.arguments
            .extend(words.into_iter().map(|word| Argument::Text(word.clone())));
        if self.arguments.len() > first {
            let places: Vec<String> = (first + 1..=self.arguments.len())
                .map(|place| format!("${place}"))
                .collect();
            self.sql.push_str(self.joined_by);
            self.joined_by = " AND ";
            self.sql.push_str(column);
            self.sql.push_str(&format!(" IN ({})", places.join(", ")));
        }
        self
    }

    /// Ends with the order, and one row more than fit on the page, so that one knows whether there is a next.
    pub(super) fn page(mut self, order: &'static str, limit: u32) -> Self {
        self.arguments.push(Argument::Count(i64::from(limit) + 1));
        self.sql.push_str(" ORDER BY ");
        self.sql.push_str(order);
        self.sql.push_str(&format!(" LIMIT ${}", self.arguments.len()));
        self
    }

    /// All rows.
    pub(super) async fn rows<R>(self, tx: &mut Transaction) -> Result<Vec<R>, StoreError>
    where
        R: for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
    {
        macro_rules! bound {
            ($tx:expr) => {{
                let mut query = sqlx::query_as::<_, R>(AssertSqlSafe(self.sql));
                for argument in self.arguments {
                    query = match argument {
                        Argument::Id(value) => query.bind(value),
                        Argument::Text(value) => query.bind(value),
                        Argument::Count(value) => query.bind(value),
                        Argument::Moment(value) => query.bind(value),
                        Argument::Day(value) => query.bind(value),
                    };
                }
                query.fetch_all(&mut **$tx).await
            }};
        }
        let rows = match &mut tx.connection {
            Connection::Sqlite(connection) => bound!(connection),
            Connection::Postgres(connection) => bound!(connection),
        };
        tx.seen(rows)
    }
}

/// How many rows a page has.
pub(super) fn page_size(asked: u32) -> u32 {
    match asked {
        0 => PAGE,
        asked => asked.min(LONGEST_PAGE),
    }
}

/// A pattern for `LIKE .. ESCAPE '\'`: the text somewhere within, lower case.
pub(super) fn within(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.trim().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// The first and the last id that begin with a text; where it cannot begin one, a range in which there is none.
pub(super) fn ids_from(text: &str) -> [Argument; 2] {
    let digits: String = text
        .trim()
        .chars()
        .filter(|character| *character != '-')
        .collect();
    let possible = (4..=32).contains(&digits.len()) && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    let filled = |with: &str| {
        let text = format!("{digits}{}", with.repeat(32 - digits.len()));
        Uuid::parse_str(&text).unwrap_or(Uuid::nil())
    };
    match possible {
        true => [filled("0").into(), filled("f").into()],
        false => [Uuid::max().into(), Uuid::nil().into()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_numbered_over_all_conditions() {
        let query = Query::new("SELECT 1 FROM t")
            .and("a = ?", [1_i64.into()])
            .among("b", [&"x".to_owned(), &"y".to_owned()])
            .and_some("c > ?", None::<i64>)
            .and("(d, e) < (?, ?)", [2_i64.into(), 3_i64.into()])
            .page("a DESC", 10);
        assert_eq!(
            query.sql,
            "SELECT 1 FROM t WHERE a = $1 AND b IN ($2, $3) AND (d, e) < ($4, $5) ORDER BY a DESC LIMIT $6"
        );
        assert_eq!(query.arguments.len(), 6);
    }

    #[test]
    fn what_people_write_is_no_pattern() {
        assert_eq!(within(" 50%_Off\\ "), "%50\\%\\_off\\\\%");
    }
}
