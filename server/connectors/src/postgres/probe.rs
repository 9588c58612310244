//! Looks into a PostgreSQL table: every look is one read-only transaction on the primary.

use std::sync::Arc;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::secret::Secret;
use domain::selection::{RecordId, Side, Target};
use sqlx::postgres::{PgPool, PgRow};
use sqlx::{Postgres, Row, Transaction};

use super::catalog::{self, Column, Table};
use super::sides::{Where, error};
use super::{config, survey};
use crate::{settings, sql};

const CAPABILITIES: Capabilities = Capabilities {
    exact_count: true,
    exclude_records: true,
    exclude_dates: true,
    others: true,
    level: "logical deletion; pages and the write-ahead log may keep bytes until VACUUM and until segments are recycled",
};

/// Makes the probe.
pub(super) fn make(system: &System, credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
    let pool = config::connections(system, credential, "lethe-probe")?;
    let timeout = settings::timeout(system)?.as_millis();
    let begin = format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {timeout}; \
         SET LOCAL row_security = off; {}",
        catalog::PLANNED_ONCE
    );
    Ok(Arc::new(Eyes { pool, begin }))
}

struct Eyes {
    pool: PgPool,
    begin: String,
}

impl Eyes {
    async fn session(&self) -> Result<Transaction<'static, Postgres>, ProbeError> {
        let begin = sqlx::AssertSqlSafe(self.begin.clone());
        self.pool.begin_with(begin).await.map_err(error)
    }

    /// The table on the primary, where records can be told apart in it.
    async fn table(tx: &mut Transaction<'static, Postgres>, target: &Target) -> Result<Table, ProbeError> {
        let table = catalog::read(tx, &target.locator).await.map_err(error)?;
        let table = table.ok_or_else(|| {
            let name = config::quoted(&target.locator);
            ProbeError::Blind(format!("there is no table {name} that this role can see"))
        })?;
        on_primary(&table)?;
        table.key(&target.locator).map_err(ProbeError::Blind)?;
        Ok(table)
    }
}

/// A replica may show what was, or hide what is.
pub(super) fn on_primary(table: &Table) -> Result<(), ProbeError> {
    let why = "the server is a replica; the credential must lead to the primary";
    match table.replica {
        true => Err(ProbeError::Blind(why.into())),
        false => Ok(()),
    }
}

#[async_trait]
impl Probe for Eyes {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        let mut tx = self.session().await?;
        let survey = survey::survey(&mut tx, target).await?;
        tx.rollback().await.map_err(error)?;
        Ok(survey)
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let mut tx = self.session().await?;
        let table = Self::table(&mut tx, target).await?;
        let key = table.key(&target.locator).map_err(ProbeError::Blind)?;
        let mut clause = Where::default();
        let mut rows = clause.side(&table, &target.selection, side)?;
        if let Some(after) = after {
            let wrong = || ProbeError::Blind("the cursor is not one of this dataset".into());
            let after = sql::key_after(after, key.len()).ok_or_else(wrong)?;
            rows = format!("({rows}) AND {}", clause.beyond(&key, &after));
        }
        let tenant = match side {
            Side::Others => Some(
                table
                    .column(&target.selection.tenant.field)
                    .map_err(ProbeError::Blind)?,
            ),
            Side::Selected | Side::Withheld => None,
        };
        let (names, texts, columns) = listed(&key, tenant);
        // A page is one row: a list for each column of the key, which is read far sooner than a row for each record.
        let query = format!(
            "SELECT {columns} FROM (SELECT {texts} FROM {} t WHERE {rows} ORDER BY {names} LIMIT {limit}) page",
            table.quoted
        );
        let page = clause.bind(query).fetch_one(&mut *tx).await.map_err(error)?;
        tx.rollback().await.map_err(error)?;
        let keys = keys_in(&page, key.len()).map_err(error)?;
        let tenants: Vec<Option<String>> = match tenant {
            Some(_) => page.try_get(key.len()).map_err(error)?,
            None => Vec::new(),
        };
        let next = keys
            .last()
            .filter(|_| keys.len() >= limit as usize)
            .map(|key| sql::cursor_of(key));
        Ok(Page {
            ids: keys.into_iter().map(sql::id_of).collect(),
            tenants,
            next,
        })
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let mut tx = self.session().await?;
        let table = Self::table(&mut tx, target).await?;
        let key = table.key(&target.locator).map_err(ProbeError::Blind)?;
        let asked: Vec<&RecordId> = question.ids.iter().chain(&question.controls).collect();
        let mut seen = vec![false; asked.len()];
        let (query, columns) = lookup(&table, &key, &asked)?;
        let query = columns
            .into_iter()
            .fold(sqlx::query_scalar(sqlx::AssertSqlSafe(query)), |query, column| {
                query.bind(column)
            });
        let places: Vec<i64> = query.fetch_all(&mut *tx).await.map_err(error)?;
        for place in places {
            if let Some(seen) = usize::try_from(place - 1)
                .ok()
                .and_then(|place| seen.get_mut(place))
            {
                *seen = true;
            }
        }
        let mut counts = Vec::with_capacity(question.count.len());
        for side in &question.count {
            let mut clause = Where::default();
            let rows = clause.side(&table, &target.selection, *side)?;
            let query = format!("SELECT COUNT(*) FROM {} WHERE {rows}", table.quoted);
            let row = clause.bind(query).fetch_one(&mut *tx).await.map_err(error)?;
            let count: i64 = row.try_get(0).map_err(error)?;
            counts.push(u64::try_from(count).ok());
        }
        tx.rollback().await.map_err(error)?;
        let controls = seen.split_off(question.ids.len());
        Ok(Sighting {
            found: seen,
            controls,
            counts,
        })
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        let mut tx = self.session().await?;
        let table = Self::table(&mut tx, target).await?;
        let column = table.column(field).map_err(ProbeError::Blind)?;
        let name = sql::quote(&column.name);
        let mut clause = Where::default();
        let rows = clause.wanted(&table, &target.selection)?;
        let query = format!(
            "SELECT DISTINCT {name}::text AS value FROM {} WHERE ({rows}) AND {name} IS NOT NULL ORDER BY value",
            table.quoted
        );
        let found = clause.bind(query).fetch_all(&mut *tx).await.map_err(error)?;
        tx.rollback().await.map_err(error)?;
        found
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()
            .map_err(error)
    }

    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String> {
        let columns = sql::key_columns(&target.locator).len();
        Some(sql::cursor_of(&sql::key_of(id, columns)?))
    }

    fn native_query(&self, target: &Target, id: &RecordId) -> String {
        let columns = sql::key_columns(&target.locator);
        let key = sql::key_of(id, columns.len()).unwrap_or_default();
        let parts: Vec<String> = columns
            .iter()
            .zip(&key)
            .map(|(column, text)| format!("{} = {}", sql::quote(column), literal(text)))
            .collect();
        format!(
            "SELECT * FROM {} WHERE {};",
            config::quoted(&target.locator),
            parts.join(" AND ")
        )
    }
}

/// A text as PostgreSQL reads it whatever its settings.
fn literal(text: &str) -> String {
    match text.contains('\\') {
        true => format!("E{}", sql::quote_text(&text.replace('\\', "\\\\"))),
        false => sql::quote_text(text),
    }
}

/// The columns of the key: as they are ordered by, as they are read, and as lists of a page. The tenant's column is read
/// and listed behind them.
fn listed(key: &[&Column], tenant: Option<&Column>) -> (String, String, String) {
    let names: Vec<String> = key.iter().map(|column| sql::quote(&column.name)).collect();
    let behind = tenant.map(|column| sql::quote(&column.name));
    let texts = names
        .iter()
        .chain(&behind)
        .enumerate()
        .map(|(at, name)| format!("{name}::text AS k{at}"));
    let read = key.len() + usize::from(tenant.is_some());
    let lists = (0..read).map(|at| format!("COALESCE(array_agg(k{at}), '{{}}')"));
    // Qualified: a bare name would mean the text of the same name, and sort by that.
    let ordered: Vec<String> = names.iter().map(|name| format!("t.{name}")).collect();
    (
        ordered.join(", "),
        texts.collect::<Vec<_>>().join(", "),
        lists.collect::<Vec<_>>().join(", "),
    )
}

/// The keys of a page, from a list for each of their columns.
fn keys_in(page: &PgRow, columns: usize) -> Result<Vec<Vec<String>>, sqlx::Error> {
    let mut keys: Vec<Vec<String>> = Vec::new();
    for at in 0..columns {
        let column: Vec<String> = page.try_get(at)?;
        keys.resize_with(column.len(), || Vec::with_capacity(columns));
        keys.iter_mut().zip(column).for_each(|(key, part)| key.push(part));
    }
    Ok(keys)
}

/// A query for the places (from 1) of those ids that are there, by primary key and nothing else, and one list of
/// texts for each column of the key.
fn lookup(
    table: &Table,
    key: &[&Column],
    ids: &[&RecordId],
) -> Result<(String, Vec<Vec<String>>), ProbeError> {
    let mut columns = vec![Vec::with_capacity(ids.len()); key.len()];
    for id in ids {
        let parts = sql::key_of(id, key.len());
        let parts =
            parts.ok_or_else(|| ProbeError::Blind("an id does not have the parts of the key".into()))?;
        columns
            .iter_mut()
            .zip(parts)
            .for_each(|(column, part)| column.push(part));
    }
    let lists: Vec<String> = (1..=key.len()).map(|at| format!("${at}::text[]")).collect();
    let names: Vec<String> = (0..key.len()).map(|at| format!("k{at}")).collect();
    let same: Vec<String> = key
        .iter()
        .zip(&names)
        .map(|(column, name)| format!("t.{} = asked.{name}::{}", sql::quote(&column.name), column.kind))
        .collect();
    let query = format!(
        "SELECT asked.place FROM unnest({}) WITH ORDINALITY asked ({}, place) JOIN {} t ON {}",
        lists.join(", "),
        names.join(", "),
        table.quoted,
        same.join(" AND ")
    );
    Ok((query, columns))
}
