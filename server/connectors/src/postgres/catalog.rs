//! What the catalog says about a dataset's table: read afresh by either half, with its own credential.

use domain::inventory::Locator;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::config;
use crate::sql;

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: String,
    /// Its type without length, domains resolved, as casts are written.
    pub(crate) kind: String,
    /// Never NULL.
    pub(crate) not_null: bool,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its name, quoted.
    pub(crate) quoted: String,
    /// `pg_class.relkind`.
    pub(crate) relkind: String,
    /// Whether the server that answers is a replica.
    #[cfg(feature = "probe")]
    pub(crate) replica: bool,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// The columns of each unique index over whole columns and all rows.
    pub(crate) unique: Vec<Vec<String>>,
    /// Tables that lose or change rows by a foreign key when rows here go.
    pub(crate) cascades: Vec<String>,
    /// How its rows lie in its file; absent where they do not lie in blocks of one file, and before PostgreSQL 14, where a range
    /// of blocks is found by reading all of them.
    #[cfg(feature = "erase")]
    pub(crate) layout: Option<Layout>,
    /// How text is lower-cased over the whole of Unicode, where the server can.
    pub(crate) lower_collation: &'static str,
}

/// How rows lie in the file of a table.
#[cfg(feature = "erase")]
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Number of the file: a table that is written anew has another.
    pub(crate) file: i64,
    /// How many blocks it has now.
    pub(crate) blocks: i64,
    /// Blocks and rows as the statistics count them.
    pub(crate) counted: (f64, f64),
}

/// For the beginning of a transaction whose first statement is [`read`]: planning that one takes longer than it runs, and one
/// plan does for all tables. From then on statements are planned for their values: how many rows a tenant has is not
/// known otherwise.
pub(crate) const PLANNED_ONCE: &str = "SET LOCAL plan_cache_mode = force_generic_plan";

/// Everything in one question: a chunk asks it each time, and an answer costs more than what is in it.
const TABLE: &str = "
    WITH RECURSIVE found AS (
        SELECT c.oid, c.relkind::text AS relkind, c.relpages, c.reltuples,
               c.relkind = 'r' AND am.amname = 'heap'
                   AND pg_catalog.current_setting('server_version_num')::int4 >= 140000 AS in_blocks
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
        WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ), step (attnum, name, not_null, type) AS (
        SELECT a.attnum, a.attname, a.attnotnull, a.atttypid
        FROM pg_catalog.pg_attribute a
        JOIN found ON found.oid = a.attrelid
        WHERE a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT step.attnum, step.name, step.not_null, t.typbasetype
        FROM step
        JOIN pg_catalog.pg_type t ON t.oid = step.type AND t.typtype = 'd'
    ), described AS (
        SELECT step.attnum, step.name::text, step.not_null, pg_catalog.format_type(step.type, -1) AS kind
        FROM step
        JOIN pg_catalog.pg_type t ON t.oid = step.type AND t.typtype <> 'd'
    )
    SELECT found.relkind,
           pg_catalog.set_config('plan_cache_mode', 'force_custom_plan', TRUE),
           COALESCE(found.in_blocks, FALSE) AS in_blocks,
           COALESCE(pg_catalog.pg_relation_filenode(found.oid)::int8, 0) AS file,
           CASE WHEN found.in_blocks
               THEN pg_catalog.pg_relation_size(found.oid) / pg_catalog.current_setting('block_size')::int8
               ELSE 0 END AS blocks,
           found.relpages::float8 AS counted_blocks,
           found.reltuples::float8 AS counted_rows,
           pg_catalog.pg_is_in_recovery() AS replica,
           EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu')
               AND pg_catalog.getdatabaseencoding() = 'UTF8' AS icu,
           ARRAY (SELECT name FROM described ORDER BY attnum) AS names,
           ARRAY (SELECT not_null FROM described ORDER BY attnum) AS not_null,
           ARRAY (SELECT kind FROM described ORDER BY attnum) AS kinds,
           ARRAY (
               SELECT pg_catalog.json_agg(a.attname::text ORDER BY a.attname)::text
               FROM pg_catalog.pg_index i
               JOIN pg_catalog.pg_attribute a
                   ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1])
               WHERE i.indrelid = found.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                   AND i.indexprs IS NULL
               GROUP BY i.indexrelid
           ) AS unique_keys,
           ARRAY (
               SELECT DISTINCT n.nspname || '.' || c.relname
               FROM pg_catalog.pg_constraint f
               JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE f.contype = 'f' AND f.confrelid = found.oid AND f.confdeltype IN ('c', 'n', 'd')
               ORDER BY 1
           ) AS cascades
    FROM found";

/// Reads about the table of a locator; absent when no such table is to be seen.
pub(crate) async fn read(db: &mut PgConnection, locator: &Locator) -> Result<Option<Table>, sqlx::Error> {
    let (schema, table) = config::table(locator);
    let row = sqlx::query(TABLE)
        .bind(schema)
        .bind(table)
        .fetch_optional(db)
        .await?;
    row.map(|row| described(&row, locator)).transpose()
}

fn described(row: &PgRow, locator: &Locator) -> Result<Table, sqlx::Error> {
    let (names, kinds): (Vec<String>, Vec<String>) = (row.try_get("names")?, row.try_get("kinds")?);
    let not_null: Vec<bool> = row.try_get("not_null")?;
    let columns = names.into_iter().zip(kinds).zip(not_null);
    let unique: Vec<String> = row.try_get("unique_keys")?;
    let unique = unique.iter().map(|names| serde_json::from_str(names));
    Ok(Table {
        quoted: config::quoted(locator),
        relkind: row.try_get("relkind")?,
        #[cfg(feature = "probe")]
        replica: row.try_get("replica")?,
        columns: columns
            .map(|((name, kind), not_null)| Column { name, kind, not_null })
            .collect(),
        unique: unique
            .collect::<Result<_, _>>()
            .map_err(|error| sqlx::Error::Decode(error.into()))?,
        cascades: row.try_get("cascades")?,
        #[cfg(feature = "erase")]
        layout: match row.try_get("in_blocks")? {
            true => Some(Layout {
                file: row.try_get("file")?,
                blocks: row.try_get("blocks")?,
                counted: (row.try_get("counted_blocks")?, row.try_get("counted_rows")?),
            }),
            false => None,
        },
        lower_collation: if row.try_get("icu")? {
            " COLLATE \"und-x-icu\""
        } else {
            ""
        },
    })
}

impl Table {
    /// The column of a name, or words about its absence.
    pub(crate) fn column(&self, name: &str) -> Result<&Column, String> {
        let column = self.columns.iter().find(|column| column.name == name);
        column.ok_or_else(|| format!("table {} has no column {name:?}", self.quoted))
    }

    /// The columns of the key, or words why records cannot be told apart by it: without a unique key, paging loses rows.
    pub(crate) fn key(&self, locator: &Locator) -> Result<Vec<&Column>, String> {
        match self.relkind.as_str() {
            "r" | "p" => {}
            "v" | "m" => {
                return Err(format!(
                    "{} is a view; name the table that it reads from",
                    self.quoted
                ));
            }
            _ => return Err(format!("{} is a foreign table; name its own system", self.quoted)),
        }
        let mut names = sql::key_columns(locator);
        let key = names
            .iter()
            .map(|name| self.column(name))
            .collect::<Result<Vec<_>, _>>()?;
        names.sort_unstable();
        if !self
            .unique
            .iter()
            .any(|columns| columns.iter().map(String::as_str).eq(names.iter().copied()))
        {
            return Err(format!(
                "{} is not a primary or unique key of {}",
                names.join(", "),
                self.quoted
            ));
        }
        match key.iter().find(|column| !column.not_null) {
            Some(column) => Err(format!("column {:?} of the key may be NULL", column.name)),
            None => Ok(key),
        }
    }
}
