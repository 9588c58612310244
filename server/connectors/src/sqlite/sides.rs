//! The sides of a selection in SQLite's words, for looking only.

use domain::port::probe::ProbeError;
use domain::selection::{Criterion, Exclusion, Selection, Side};
use domain::subject::Normalisation;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

use super::catalog::{Column, Table};
use crate::sql;

/// A condition and what is bound to it.
#[derive(Default)]
pub(super) struct Where {
    bound: Vec<String>,
}

impl Where {
    /// The query with its values.
    pub(super) fn bind(self, query: String) -> Query<'static, Sqlite, SqliteArguments> {
        self.bound
            .into_iter()
            .fold(sqlx::query(AssertSqlSafe(query)), |query, text| query.bind(text))
    }

    fn put(&mut self, text: &str) -> String {
        self.bound.push(text.to_owned());
        format!("${}", self.bound.len())
    }

    /// Records beyond a key, in the key's order.
    pub(super) fn beyond(&mut self, key: &[&Column], after: &[String]) -> String {
        let names: Vec<String> = key.iter().map(|column| column.key()).collect();
        let values: Vec<String> = after.iter().map(|text| self.put(text)).collect();
        format!("({}) > ({})", names.join(", "), values.join(", "))
    }

    /// Records of one side.
    pub(super) fn side(
        &mut self,
        table: &Table,
        selection: &Selection,
        side: Side,
    ) -> Result<String, ProbeError> {
        let wanted = self.wanted(table, selection)?;
        if side == Side::Others {
            return Ok(format!("({wanted}) IS NOT TRUE"));
        }
        let withheld = self.withheld(table, selection)?;
        Ok(match side {
            Side::Withheld => format!("{wanted} AND {withheld}"),
            _ => format!("{wanted} AND NOT {withheld}"),
        })
    }

    /// Records that the request is about, withheld or not.
    pub(super) fn wanted(&mut self, table: &Table, selection: &Selection) -> Result<String, ProbeError> {
        let tenant = self.one_of(table, &selection.tenant)?;
        if selection.subject.is_empty() {
            return Ok(tenant);
        }
        let mut ways = Vec::new();
        for criterion in &selection.subject {
            ways.push(self.one_of(table, criterion)?);
        }
        Ok(format!("{tenant} AND ({})", ways.join(" OR ")))
    }

    /// Always true or false, never NULL.
    fn withheld(&mut self, table: &Table, selection: &Selection) -> Result<String, ProbeError> {
        let mut grounds = Vec::new();
        for exclusion in &selection.except {
            match exclusion {
                Exclusion::AnyOf(criteria) => {
                    for criterion in criteria {
                        grounds.push(self.one_of(table, criterion)?);
                    }
                }
                Exclusion::Created { field, from, until } => {
                    let column = table.column(field).map_err(ProbeError::Blind)?;
                    let day = format!("date({}, 'auto')", sql::quote(&column.name));
                    let from = from.map_or("'0000-01-01'".into(), |from| self.put(&from.to_string()));
                    let until = until.map_or("'9999-12-31'".into(), |until| self.put(&until.to_string()));
                    grounds.push(format!("COALESCE({day} BETWEEN {from} AND {until}, TRUE)"));
                }
            }
        }
        Ok(match grounds.is_empty() {
            true => "FALSE".into(),
            false => format!("COALESCE({}, FALSE)", grounds.join(" OR ")),
        })
    }

    /// Records of which a column is one of the values, byte by byte, whatever the column's collation.
    fn one_of(&mut self, table: &Table, criterion: &Criterion) -> Result<String, ProbeError> {
        let column = table.column(&criterion.field).map_err(ProbeError::Blind)?;
        let name = match column.typed && criterion.normalise != Normalisation::Lower {
            true => sql::quote(&column.name),
            false => format!("CAST({} AS TEXT)", sql::quote(&column.name)),
        };
        let collation = match criterion.normalise {
            Normalisation::Lower => "lethe_lower",
            Normalisation::Exact | Normalisation::Digits => "BINARY",
        };
        let values = self.put(&serde_json::Value::from(criterion.any_of.clone()).to_string());
        Ok(format!(
            "{name} COLLATE {collation} IN (SELECT value FROM json_each({values}))"
        ))
    }
}

/// What an error of SQLite means, in words of our own.
pub(super) fn error(error: sqlx::Error) -> ProbeError {
    let sqlx::Error::Database(error) = &error else {
        return ProbeError::Blind("the file cannot be read as the table that is expected".into());
    };
    let code = error
        .code()
        .and_then(|code| code.parse::<i32>().ok())
        .unwrap_or(0);
    match code & 0xff {
        5 | 6 => ProbeError::Unreachable("another connection holds the file's lock".into()),
        10 => ProbeError::Unreachable("the disk fails".into()),
        11 => ProbeError::Blind("the file is damaged".into()),
        14 => ProbeError::Blind("there is no such file, or it may not be read".into()),
        26 => ProbeError::Blind("the file is not an SQLite database".into()),
        _ => ProbeError::Blind(format!("SQLite refuses to answer (code {code})")),
    }
}
