//! The rows to erase, in PostgreSQL's words: for deleting only.

use domain::port::erase::EraseError;
use domain::selection::{Criterion, Exclusion, Selection, Target};
use domain::subject::Normalisation;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

use super::catalog::{Column, Table};
use crate::sql;

/// A piece of SQL with what is bound to it.
#[derive(Default)]
pub(super) struct Statement {
    bound: Vec<Bound>,
}

enum Bound {
    Text(String),
    Texts(Vec<String>),
}

impl Statement {
    /// The placeholder of a text of some type.
    fn text(&mut self, text: impl Into<String>, kind: &str) -> String {
        self.bound.push(Bound::Text(text.into()));
        format!("${}::text::{kind}", self.bound.len())
    }

    /// The placeholder of a list of texts of some type.
    fn texts(&mut self, texts: &[String], kind: &str) -> String {
        self.bound.push(Bound::Texts(texts.to_vec()));
        format!("${}::text[]::{kind}[]", self.bound.len())
    }

    /// The statement with its values.
    pub(super) fn query(self, sql: String) -> Query<'static, Postgres, PgArguments> {
        self.bound
            .into_iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |query, bound| match bound {
                Bound::Text(text) => query.bind(text),
                Bound::Texts(texts) => query.bind(texts),
            })
    }

    /// Rows of which a column is one of the values.
    fn criterion(&mut self, table: &Table, criterion: &Criterion) -> Result<String, EraseError> {
        let column = table.column(&criterion.field).map_err(EraseError::Refused)?;
        let name = sql::quote(&column.name);
        Ok(match criterion.normalise {
            Normalisation::Lower => {
                let values = self.texts(&criterion.any_of, "text");
                let blank = "E' \\t\\n\\r\\f\\x0b'";
                format!(
                    "LOWER(BTRIM({name}::text, {blank}){}) = ANY ({values})",
                    table.lower_collation
                )
            }
            Normalisation::Exact | Normalisation::Digits => {
                let values = self.texts(&criterion.any_of, &column.kind);
                format!("{name} = ANY ({values})")
            }
        })
    }

    fn any(&mut self, table: &Table, criteria: &[Criterion]) -> Result<String, EraseError> {
        let parts = criteria
            .iter()
            .map(|criterion| self.criterion(table, criterion))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(match parts.is_empty() {
            true => "FALSE".into(),
            false => parts.join(" OR "),
        })
    }

    /// Rows that must stay; a row without a date stays.
    fn exclusion(&mut self, table: &Table, exclusion: &Exclusion) -> Result<String, EraseError> {
        let (field, from, until) = match exclusion {
            Exclusion::AnyOf(criteria) => return self.any(table, criteria),
            Exclusion::Created { field, from, until } => (field, from, until),
        };
        let column = table.column(field).map_err(EraseError::Refused)?;
        let name = sql::quote(&column.name);
        let moment = match column.kind.as_str() {
            "date" | "timestamp without time zone" => "::timestamp",
            "timestamp with time zone" => "::timestamp AT TIME ZONE 'UTC'",
            other => {
                return Err(EraseError::Refused(format!(
                    "column {field:?} is {other}, not a date"
                )));
            }
        };
        let mut within = vec![format!("{name} IS NOT NULL")];
        if let Some(from) = from {
            let from = self.text(from.to_string(), "date");
            within.push(format!("{name} >= ({from}){moment}"));
        }
        if let Some(until) = until {
            let until = self.text(until.to_string(), "date");
            within.push(format!("{name} < ({until} + 1){moment}"));
        }
        Ok(format!("{name} IS NULL OR ({})", within.join(" AND ")))
    }

    /// Rows to erase, and no others.
    fn selection(&mut self, table: &Table, selection: &Selection) -> Result<String, EraseError> {
        let mut parts = vec![self.criterion(table, &selection.tenant)?];
        if !selection.subject.is_empty() {
            parts.push(format!("({})", self.any(table, &selection.subject)?));
        }
        for exclusion in &selection.except {
            parts.push(format!("({}) IS NOT TRUE", self.exclusion(table, exclusion)?));
        }
        Ok(parts.join(" AND "))
    }

    /// A comparison of the key with a key given as texts.
    fn key(&mut self, key: &[&Column], compare: &str, with: &[String]) -> String {
        let names: Vec<String> = key.iter().map(|column| sql::quote(&column.name)).collect();
        let values: Vec<String> = key
            .iter()
            .zip(with)
            .map(|(column, text)| self.text(text, &column.kind))
            .collect();
        format!("({}) {compare} ({})", names.join(", "), values.join(", "))
    }
}

impl Statement {
    /// Finds the key of the last row of the chunk, absent where the rest is no more than a chunk; and behind it that of
    /// the last row of its first half, absent where the rest is no more than that, or no half is asked for.
    pub(super) fn ends_of_range(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        after: Option<&[String]>,
        limit: u32,
        half: Option<u32>,
    ) -> Result<String, EraseError> {
        let mut rows = self.selection(table, &target.selection)?;
        if let Some(after) = after {
            rows = format!("{rows} AND {}", self.key(key, ">", after));
        }
        let each = |form: &dyn Fn(usize, String) -> String| -> String {
            let columns = key.iter().enumerate();
            let columns: Vec<String> = columns
                .map(|(at, column)| form(at, sql::quote(&column.name)))
                .collect();
            columns.join(", ")
        };
        let named = each(&|at, name| format!("t.{name} AS k{at}"));
        let ordered = each(&|_, name| format!("t.{name}"));
        let row = |rows: &str, number: u32| {
            let before = number.max(1) - 1;
            format!(
                "SELECT {named} FROM {} t WHERE {rows} ORDER BY {ordered} OFFSET {before} LIMIT 1",
                table.quoted
            )
        };
        let (middle, last) = match half {
            None => (
                format!("SELECT {}", each(&|at, _| format!("NULL AS k{at}"))),
                row(&rows, limit),
            ),
            Some(half) => {
                let found = each(&|at, _| format!("k{at}"));
                let rest = format!("{rows} AND ({ordered}) > (SELECT {found} FROM middle)");
                (row(&rows, half), row(&rest, limit - half))
            }
        };
        let texts = |of: &str| each(&|at, _| format!("{of}.k{at}::text"));
        Ok(format!(
            "WITH middle AS MATERIALIZED ({middle}), last AS MATERIALIZED ({last}) \
             SELECT {}, {} FROM (SELECT 1) one LEFT JOIN last ON TRUE LEFT JOIN middle ON TRUE",
            texts("last"),
            texts("middle"),
        ))
    }

    /// Deletes the selected rows of a range, none when it starts after the deadline.
    pub(super) fn delete(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        after: Option<&[String]>,
        until: Option<&[String]>,
        deadline: i64,
    ) -> Result<String, EraseError> {
        let mut rows = self.selection(table, &target.selection)?;
        if let Some(after) = after {
            rows = format!("{rows} AND {}", self.key(key, ">", after));
        }
        if let Some(until) = until {
            rows = format!("{rows} AND {}", self.key(key, "<=", until));
        }
        let in_time =
            format!("statement_timestamp() < timestamptz 'epoch' + {deadline} * interval '1 microsecond'");
        Ok(format!("DELETE FROM {} WHERE {rows} AND {in_time}", table.quoted))
    }
}
