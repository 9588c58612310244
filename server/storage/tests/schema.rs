//! Both schemas are one schema, and every SQL text of ours is understood by both engines.
#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use support::World;

on_both! {
    async fn every_statement_can_be_prepared(world) {
        assert!(world.store.prepare_all().await.unwrap() > 100);
    }
}

/// A schema in words that both engines share.
#[derive(Debug, Default, PartialEq, Eq)]
struct Schema {
    /// Table and column: kind, whether it may be absent, its place in the primary key (0: none).
    columns: BTreeMap<(String, String), (String, bool, i64)>,
    /// Index: table, columns, whether it is unique, whether it is partial.
    indexes: BTreeMap<String, (String, String, bool, bool)>,
    /// Table and word that a CHECK names.
    words: BTreeSet<(String, String)>,
    /// Table and trigger.
    triggers: BTreeSet<(String, String)>,
    /// Table, column, and the table it refers to.
    references: BTreeSet<(String, String, String)>,
}

/// The words in single quotes.
fn quoted(sql: &str) -> impl Iterator<Item = String> {
    sql.split('\'').skip(1).step_by(2).map(str::to_owned)
}

const SQLITE_COLUMNS: &str = "
    SELECT t.name, c.name, c.type, c.\"notnull\", c.pk
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
const SQLITE_INDEXES: &str = "
    SELECT i.name, t.name, group_concat(c.name, ','), i.\"unique\", i.partial
    FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
    WHERE t.type = 'table' AND i.origin = 'c'
    GROUP BY i.name, t.name, i.\"unique\", i.partial";
const SQLITE_REFERENCES: &str = "
    SELECT t.name, r.\"from\", r.\"table\"
    FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS r
    WHERE t.type = 'table'";
const SQLITE_TABLES: &str =
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
const SQLITE_TRIGGERS: &str = "SELECT tbl_name, name FROM sqlite_schema WHERE type = 'trigger'";

async fn of_sqlite(url: &str) -> Schema {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let mut schema = Schema::default();
    let columns: Vec<(String, String, String, bool, i64)> = sqlx::query_as(SQLITE_COLUMNS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for (table, column, kind, not_null, key) in columns {
        schema.columns.insert((table, column), (kind, !not_null, key));
    }
    let indexes: Vec<(String, String, String, bool, bool)> = sqlx::query_as(SQLITE_INDEXES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for (index, table, columns, unique, partial) in indexes {
        schema.indexes.insert(index, (table, columns, unique, partial));
    }
    let tables: Vec<(String, String)> = sqlx::query_as(SQLITE_TABLES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for (table, sql) in tables {
        // A column that was added later has a default here, which says nothing of what it may hold.
        let sql = sql.replace("DEFAULT ''", "");
        schema
            .words
            .extend(quoted(&sql).map(|word| (table.clone(), word)));
    }
    let triggers: Vec<_> = sqlx::query_as(SQLITE_TRIGGERS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let references: Vec<_> = sqlx::query_as(SQLITE_REFERENCES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    (schema.triggers, schema.references) = (triggers.into_iter().collect(), references.into_iter().collect());
    schema
}

const POSTGRES_COLUMNS: &str = "
    SELECT t.relname::text, c.attname::text, format_type(c.atttypid, NULL), c.attnotnull,
        COALESCE(array_position(k.conkey, c.attnum), 0)::bigint
    FROM pg_class AS t
    JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    LEFT JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'
    WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace";
const POSTGRES_INDEXES: &str = "
    SELECT i.relname::text, t.relname::text,
        (SELECT string_agg(pg_get_indexdef(x.indexrelid, n, true), ',' ORDER BY n)
         FROM generate_series(1, x.indnatts) AS n),
        x.indisunique, x.indpred IS NOT NULL
    FROM pg_index AS x
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_class AS t ON t.oid = x.indrelid
    WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary";
const POSTGRES_CHECKS: &str = "
    SELECT t.relname::text, pg_get_constraintdef(k.oid)
    FROM pg_constraint AS k
    JOIN pg_class AS t ON t.oid = k.conrelid
    WHERE k.contype = 'c' AND t.relnamespace = 'public'::regnamespace";
const POSTGRES_TRIGGERS: &str = "
    SELECT t.relname::text, g.tgname::text
    FROM pg_trigger AS g
    JOIN pg_class AS t ON t.oid = g.tgrelid
    WHERE NOT g.tgisinternal AND g.tgname NOT LIKE '%no_truncate'";
const POSTGRES_REFERENCES: &str = "
    SELECT t.relname::text, c.attname::text, r.relname::text
    FROM pg_constraint AS k
    JOIN pg_class AS t ON t.oid = k.conrelid
    JOIN pg_class AS r ON r.oid = k.confrelid
    JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.conkey[1]
    WHERE k.contype = 'f'";

async fn of_postgres(url: &str) -> Schema {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut schema = Schema::default();
    let columns: Vec<(String, String, String, bool, i64)> = sqlx::query_as(POSTGRES_COLUMNS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for (table, column, kind, not_null, key) in columns {
        let kind = match kind.as_str() {
            "uuid" | "bytea" => "BLOB",
            "bigint" => "INTEGER",
            "text" | "jsonb" | "timestamp with time zone" | "date" => "TEXT",
            other => other,
        };
        schema
            .columns
            .insert((table, column), (kind.to_owned(), !not_null, key));
    }
    let indexes: Vec<(String, String, String, bool, bool)> = sqlx::query_as(POSTGRES_INDEXES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for (index, table, columns, unique, partial) in indexes {
        schema.indexes.insert(index, (table, columns, unique, partial));
    }
    let checks: Vec<(String, String)> = sqlx::query_as(POSTGRES_CHECKS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for (table, definition) in checks {
        schema
            .words
            .extend(quoted(&definition).map(|word| (table.clone(), word)));
    }
    let triggers: Vec<_> = sqlx::query_as(POSTGRES_TRIGGERS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let references: Vec<_> = sqlx::query_as(POSTGRES_REFERENCES)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    (schema.triggers, schema.references) = (triggers.into_iter().collect(), references.into_iter().collect());
    schema
}

/// The table of the migrations is the driver's.
fn ours(mut schema: Schema) -> Schema {
    schema.columns.retain(|(table, _), _| table != "_sqlx_migrations");
    schema
}

#[tokio::test]
async fn both_schemas_are_the_same() {
    let (sqlite, postgres) = (World::sqlite().await, World::postgres().await);
    sqlite
        .run(async |sqlite| {
            postgres
                .run(async |postgres| {
                    let (sqlite, postgres) = (
                        ours(of_sqlite(&sqlite.url).await),
                        ours(of_postgres(&postgres.url).await),
                    );
                    assert!(
                        sqlite.columns.len() > 100 && sqlite.indexes.len() > 30 && sqlite.triggers.len() > 20
                    );
                    assert_eq!(sqlite.columns, postgres.columns);
                    assert_eq!(sqlite.indexes, postgres.indexes);
                    assert_eq!(sqlite.words, postgres.words);
                    assert_eq!(sqlite.triggers, postgres.triggers);
                    assert_eq!(sqlite.references, postgres.references);
                })
                .await;
        })
        .await;
}
