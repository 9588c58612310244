//! What the schema says about a dataset's table: read afresh by either half, in its own way of opening the file.

use domain::inventory::Locator;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::config;
use crate::sql;

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: String,
    /// It has a type, so that texts compared with it become values of that type.
    pub(crate) typed: bool,
    /// It holds real numbers, whose text is not exact.
    real: bool,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its name, quoted.
    pub(crate) quoted: String,
    /// It is a view.
    pub(crate) view: bool,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// The columns of the primary key and of each unique index over whole columns and all rows.
    pub(crate) unique: Vec<Vec<String>>,
    /// Tables that lose or change rows by a foreign key when rows here go.
    pub(crate) cascades: Vec<String>,
}

const TABLE: &str = "SELECT type FROM sqlite_schema WHERE name = $1 AND type IN ('table', 'view')";

const COLUMNS: &str = "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid";

const UNIQUE: &str = "
    SELECT i.name AS index_name, c.name AS column_name
    FROM pragma_index_list($1) i
    JOIN pragma_index_info(i.name) c
    WHERE i.\"unique\" = 1 AND i.partial = 0
    ORDER BY i.name, c.name";

const CASCADES: &str = "
    SELECT DISTINCT s.name
    FROM sqlite_schema s
    JOIN pragma_foreign_key_list(s.name) f
    WHERE s.type = 'table' AND f.\"table\" = $1 COLLATE NOCASE AND f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
    ORDER BY s.name";

/// Reads about the table of a locator; absent when there is no such table.
pub(crate) async fn read(db: &mut SqliteConnection, locator: &Locator) -> Result<Option<Table>, sqlx::Error> {
    let name = config::table(locator);
    let Some(kind) = sqlx::query_scalar::<_, String>(TABLE)
        .bind(name)
        .fetch_optional(&mut *db)
        .await?
    else {
        return Ok(None);
    };
    let mut columns = Vec::new();
    let mut primary = Vec::new();
    for row in sqlx::query(COLUMNS).bind(name).fetch_all(&mut *db).await? {
        let column: String = row.try_get("name")?;
        if row.try_get::<i64, _>("pk")? > 0 {
            primary.push(column.clone());
        }
        let (typed, real) = affinity(row.try_get("type")?);
        columns.push(Column {
            name: column,
            typed,
            real,
        });
    }
    primary.sort_unstable();
    let mut unique = vec![primary];
    let mut last = None;
    for row in sqlx::query(UNIQUE).bind(name).fetch_all(&mut *db).await? {
        let index: String = row.try_get("index_name")?;
        // A part of an index that is an expression has no name.
        let column = row
            .try_get::<Option<String>, _>("column_name")?
            .unwrap_or_default();
        match unique.last_mut() {
            Some(columns) if last.as_ref() == Some(&index) => columns.push(column),
            _ => unique.push(vec![column]),
        }
        last = Some(index);
    }
    let cascades = sqlx::query_scalar(CASCADES)
        .bind(name)
        .fetch_all(&mut *db)
        .await?;
    Ok(Some(Table {
        quoted: sql::quote(name),
        view: kind == "view",
        columns,
        unique,
        cascades,
    }))
}

/// Whether a declared type has an affinity, and whether it is that of real numbers, by the rules of SQLite.
fn affinity(declared: &str) -> (bool, bool) {
    let declared = declared.trim().to_ascii_uppercase();
    let says = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
    match () {
        () if says(&["INT", "CHAR", "CLOB", "TEXT"]) => (true, false),
        () if declared.is_empty() || says(&["BLOB"]) => (false, false),
        () => (true, says(&["REAL", "FLOA", "DOUB"])),
    }
}

impl Column {
    /// The column as the key is ordered and compared by.
    pub(crate) fn key(&self) -> String {
        let name = sql::quote(&self.name);
        match self.typed {
            true => name,
            false => self.text(),
        }
    }

    /// The column as text; bytes as hexadecimal.
    pub(crate) fn text(&self) -> String {
        let name = sql::quote(&self.name);
        match self.typed {
            true => format!("CAST({name} AS TEXT)"),
            false => format!(
                "CASE typeof({name}) WHEN 'blob' THEN 'x:' || hex({name}) ELSE CAST({name} AS TEXT) END"
            ),
        }
    }
}

impl Table {
    /// The column of a name, or words about its absence.
    pub(crate) fn column(&self, name: &str) -> Result<&Column, String> {
        let column = self.columns.iter().find(|column| column.name == name);
        column.ok_or_else(|| format!("table {} has no column {name:?}", self.quoted))
    }

    /// The columns of the key, or words why records cannot be told apart by it: without a unique key, paging loses rows.
    pub(crate) fn key(&self, locator: &Locator) -> Result<Vec<&Column>, String> {
        if self.view {
            return Err(format!(
                "{} is a view; name the table that it reads from",
                self.quoted
            ));
        }
        let mut names = sql::key_columns(locator);
        let key = names
            .iter()
            .map(|name| self.column(name))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(column) = key.iter().find(|column| column.real) {
            return Err(format!(
                "column {:?} of the key holds real numbers, which no text gives exactly",
                column.name
            ));
        }
        names.sort_unstable();
        match self
            .unique
            .iter()
            .any(|columns| columns.iter().map(String::as_str).eq(names.iter().copied()))
        {
            true => Ok(key),
            false => Err(format!(
                "{} is not a primary or unique key of {}",
                names.join(", "),
                self.quoted
            )),
        }
    }

    /// Whether a row has no key: SQLite allows NULL even in primary keys, and no page would ever hold such a row.
    pub(crate) async fn keyless_rows(
        &self,
        db: &mut SqliteConnection,
        key: &[&Column],
    ) -> Result<bool, sqlx::Error> {
        let none: Vec<String> = key
            .iter()
            .map(|column| format!("{} IS NULL", sql::quote(&column.name)))
            .collect();
        let query = format!(
            "SELECT EXISTS (SELECT 1 FROM {} WHERE {})",
            self.quoted,
            none.join(" OR ")
        );
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(db).await
    }
}
