//! The sides of a selection in PostgreSQL's words, for looking only.

use domain::port::probe::ProbeError;
use domain::selection::{Criterion, Exclusion, Selection, Side};
use domain::subject::Normalisation;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

use super::catalog::{Column, Table};
use crate::sql;

/// A condition and what is bound to it. Every condition given out is true or false, never NULL.
#[derive(Default)]
pub(super) struct Where {
    bound: Vec<Vec<String>>,
}

impl Where {
    /// The query with its values. Every value travels as a list of texts and is cast by the server.
    pub(super) fn bind(self, query: String) -> Query<'static, Postgres, PgArguments> {
        self.bound
            .into_iter()
            .fold(sqlx::query(AssertSqlSafe(query)), |query, texts| {
                query.bind(texts)
            })
    }

    fn list(&mut self, texts: &[String], kind: &str) -> String {
        self.bound.push(texts.to_vec());
        format!("${}::text[]::{kind}[]", self.bound.len())
    }

    fn one(&mut self, text: &str, kind: &str) -> String {
        self.bound.push(vec![text.to_owned()]);
        format!("(${}::text[])[1]::{kind}", self.bound.len())
    }

    /// Records beyond a key, in the key's order.
    pub(super) fn beyond(&mut self, key: &[&Column], after: &[String]) -> String {
        let values: Vec<String> = key
            .iter()
            .zip(after)
            .map(|(column, text)| self.one(text, &column.kind))
            .collect();
        let names: Vec<String> = key.iter().map(|column| sql::quote(&column.name)).collect();
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
                    let name = sql::quote(&column.name);
                    let day = match column.kind.as_str() {
                        "date" => name.clone(),
                        "timestamp without time zone" => format!("{name}::date"),
                        "timestamp with time zone" => format!("({name} AT TIME ZONE 'UTC')::date"),
                        other => {
                            return Err(ProbeError::Blind(format!(
                                "column {field:?} is {other}, not a date"
                            )));
                        }
                    };
                    let from = from.map_or("'-infinity'".into(), |from| self.one(&from.to_string(), "date"));
                    let until =
                        until.map_or("'infinity'".into(), |until| self.one(&until.to_string(), "date"));
                    grounds.push(format!("COALESCE({day} BETWEEN {from} AND {until}, TRUE)"));
                }
            }
        }
        Ok(match grounds.is_empty() {
            true => "FALSE".into(),
            false => format!("COALESCE({}, FALSE)", grounds.join(" OR ")),
        })
    }

    /// Records of which a column is one of the values.
    fn one_of(&mut self, table: &Table, criterion: &Criterion) -> Result<String, ProbeError> {
        let column = table.column(&criterion.field).map_err(ProbeError::Blind)?;
        let name = sql::quote(&column.name);
        if criterion.normalise == Normalisation::Lower {
            let values = self.list(&criterion.any_of, "text");
            let bare = format!(
                "BTRIM({name}::text, E' \\t\\n\\r\\f\\x0b'){}",
                table.lower_collation
            );
            return Ok(format!("LOWER({bare}) = ANY ({values})"));
        }
        let values = self.list(&criterion.any_of, &column.kind);
        Ok(format!("{name} = ANY ({values})"))
    }
}

/// What an error of the server means, in words of our own: its message may quote values.
pub(super) fn error(error: sqlx::Error) -> ProbeError {
    let code = match &error {
        sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
        sqlx::Error::PoolTimedOut => {
            return ProbeError::Unreachable("no connection to the server in time".into());
        }
        sqlx::Error::Io(error) => return ProbeError::Unreachable(format!("connection: {}", error.kind())),
        sqlx::Error::Tls(_) => return ProbeError::Blind("the server's certificate is not accepted".into()),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            return ProbeError::Blind("the server's answer was not understood".into());
        }
        _ => return ProbeError::Unreachable("the connection broke".into()),
    };
    let blind = |words: &str| ProbeError::Blind(format!("{words} (SQLSTATE {code})"));
    match code.as_str() {
        "28P01" | "28000" => blind("the server refuses the role or its password"),
        "3D000" => blind("there is no such database"),
        "42501" => blind(
            "the role may not read all rows: it lacks a right, or row-level security is in force for it",
        ),
        "42P01" | "42703" | "3F000" => blind("a table or column is not there"),
        "57014" => ProbeError::Unreachable("the server was not done in time".into()),
        passing
            if ["08", "40", "53", "55", "57"]
                .iter()
                .any(|class| passing.starts_with(class)) =>
        {
            ProbeError::Unreachable(format!("the server is busy or going down (SQLSTATE {code})"))
        }
        value if value.starts_with("22") => blind("a value does not fit the type of its column"),
        _ => blind("the server refuses to answer"),
    }
}
