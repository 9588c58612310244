//! The rows to erase, in PostgreSQL's words: for deleting only.

use domain::port::erase::EraseError;
use domain::selection::{Criterion, Exclusion, Selection, Target};
use domain::subject::Normalisation;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

use super::blocks::BlockRange;
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

/// Which part of a table a deletion reaches.
pub(super) enum Extent<'a> {
    /// Rows after a key, up to another.
    Keys {
        key: &'a [&'a Column],
        after: Option<&'a [String]>,
        until: Option<&'a [String]>,
    },
    /// Rows that lie in some of its blocks.
    Blocks(BlockRange),
}

impl Statement {
    /// Finds the key of the last row of the chunk; no row where the rest is no more than a chunk.
    pub(super) fn end_of_range(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        after: Option<&[String]>,
        limit: u32,
    ) -> Result<String, EraseError> {
        let mut rows = self.selection(table, &target.selection)?;
        if let Some(after) = after {
            rows = format!("{rows} AND {}", self.key(key, ">", after));
        }
        let names: Vec<String> = key.iter().map(|column| sql::quote(&column.name)).collect();
        let texts: Vec<String> = names.iter().map(|name| format!("{name}::text")).collect();
        // Qualified: a bare name would mean the text of the same name, and sort by that.
        let ordered: Vec<String> = names.iter().map(|name| format!("t.{name}")).collect();
        Ok(format!(
            "SELECT {} FROM {} t WHERE {rows} ORDER BY {} OFFSET {} LIMIT 1",
            texts.join(", "),
            table.quoted,
            ordered.join(", "),
            limit.max(1) - 1,
        ))
    }

    /// Asks how many rows the server expects to be selected.
    pub(super) fn estimate(&mut self, table: &Table, target: &Target) -> Result<String, EraseError> {
        let rows = self.selection(table, &target.selection)?;
        Ok(format!(
            "EXPLAIN (FORMAT JSON) SELECT FROM {} WHERE {rows}",
            table.quoted
        ))
    }

    /// Deletes the selected rows of a range, none when it starts after the deadline.
    pub(super) fn delete(
        &mut self,
        table: &Table,
        target: &Target,
        extent: Extent<'_>,
        deadline: i64,
    ) -> Result<String, EraseError> {
        let mut parts = vec![self.selection(table, &target.selection)?];
        match extent {
            Extent::Keys { key, after, until } => {
                parts.extend(after.map(|after| self.key(key, ">", after)));
                parts.extend(until.map(|until| self.key(key, "<=", until)));
            }
            Extent::Blocks(BlockRange { from, until }) => {
                parts.push(format!("ctid >= '({from},0)'::tid"));
                parts.extend(until.map(|until| format!("ctid < '({until},0)'::tid")));
            }
        }
        parts.push(format!(
            "statement_timestamp() < timestamptz 'epoch' + {deadline} * interval '1 microsecond'"
        ));
        Ok(format!(
            "DELETE FROM {} WHERE {}",
            table.quoted,
            parts.join(" AND ")
        ))
    }
}
