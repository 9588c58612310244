//! SQLite's own traps.

use std::sync::Arc;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::erase::EraseError;
use domain::port::probe::ProbeError;
use domain::secret::Secret;
use domain::selection::{Exclusion, RecordId, Side};
use domain::time::date;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqliteConnection};

use crate::clocks::Real;
use crate::place::*;

pub struct File {
    folder: tempfile::TempDir,
}

impl File {
    async fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        place
            .run("CREATE TABLE records (id INTEGER PRIMARY KEY, tenant TEXT, usr TEXT, made_on TEXT)")
            .await;
        place
    }

    async fn db(&self) -> SqliteConnection {
        let file = self.folder.path().join("it's.db");
        SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .connect()
            .await
            .unwrap()
    }

    async fn run(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.db().await)
            .await
            .unwrap();
    }

    /// The system with another table as its dataset.
    fn with_table(&self, container: &str, id: &str) -> System {
        let file = self.folder.path().join("it's.db");
        system("sqlite", &[("file", file.to_str().unwrap())], container, Some(id))
    }
}

#[async_trait]
impl Place for File {
    fn system(&self) -> System {
        self.with_table("records", "id")
    }

    fn erase_secret(&self) -> Secret {
        Secret::new("")
    }

    fn probe_secret(&self) -> Secret {
        Secret::new("")
    }

    async fn put(&self, records: &[Record]) {
        let rows: Vec<(&str, &str)> = records
            .iter()
            .map(|record| (&*record.tenant, &*record.user))
            .collect();
        sqlx::query("INSERT INTO records (tenant, usr) SELECT value ->> 0, value ->> 1 FROM json_each($1)")
            .bind(serde_json::to_string(&rows).unwrap())
            .execute(&mut self.db().await)
            .await
            .unwrap();
    }

    fn without_container(&self) -> Option<System> {
        Some(self.with_table("recordings", "id"))
    }

    fn keeps_deadlines(&self) -> bool {
        false
    }
}

crate::contract!(File::new());

/// A place whose table is another one.
struct Other(File, System);

#[async_trait]
impl Place for Other {
    fn system(&self) -> System {
        self.1.clone()
    }

    fn erase_secret(&self) -> Secret {
        Secret::new("")
    }

    fn probe_secret(&self) -> Secret {
        Secret::new("")
    }

    async fn put(&self, _: &[Record]) {}

    fn without_container(&self) -> Option<System> {
        None
    }

    fn keeps_deadlines(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn keys_of_every_type_page_without_gaps() {
    for (declared, make) in [
        ("id INTEGER PRIMARY KEY", "n"),
        ("id BIGINT NOT NULL UNIQUE", "n * 1000000007"),
        ("id TEXT PRIMARY KEY", "n || ''"),
        (
            "id UUID PRIMARY KEY",
            "printf('%08x-0000-4000-8000-000000000000', n)",
        ),
        ("id TEXT PRIMARY KEY COLLATE NOCASE", "char(64 + n) || n"),
        ("id BLOB PRIMARY KEY", "randomblob(16)"),
        ("id PRIMARY KEY", "n"),
    ] {
        let file = File::new().await;
        file.run(&format!(
            "CREATE TABLE \"odd \"\" name\" ({declared}, tenant INTEGER, usr TEXT);
             WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 30)
             INSERT INTO \"odd \"\" name\" SELECT {make}, n % 2, 'u' FROM c"
        ))
        .await;
        let system = file.with_table("odd \" name", "id");
        let place = Other(file, system.clone());
        let one = of_tenant(&system, "1");
        let ids = scan(&place, &one, Side::Selected, 4).await;
        assert_eq!(ids.len(), 15, "{declared}");
        assert_eq!(found(&place, &one, &ids).await, vec![true; 15], "{declared}");
        assert_eq!(erase_all(&place, &one, 4).await, 15, "{declared}");
        assert_eq!(found(&place, &one, &ids).await, vec![false; 15], "{declared}");
        assert_eq!(counts(&place, &one).await, (0, 0, 15), "{declared}");
    }
}

#[tokio::test]
async fn keys_of_two_columns_page_without_gaps() {
    let file = File::new().await;
    file.run(
        "CREATE TABLE members (tenant TEXT, usr INTEGER, PRIMARY KEY (tenant, usr)) WITHOUT ROWID;
         INSERT INTO members SELECT 'acme', value FROM json_each('[1,2,3,4,5,10,20]');
         INSERT INTO members SELECT 'zeta', value FROM json_each('[1,2]')",
    )
    .await;
    let system = file.with_table("members", "tenant, usr");
    let place = Other(file, system.clone());
    let acme = of_tenant(&system, "acme");
    let ids = scan(&place, &acme, Side::Selected, 2).await;
    assert_eq!(ids[6], RecordId("[\"acme\",\"20\"]".into()));
    assert_eq!(erase_all(&place, &acme, 2).await, 7);
    assert_eq!(found(&place, &acme, &ids).await, vec![false; 7]);
    assert_eq!(counts(&place, &acme).await, (0, 0, 2));
}

#[tokio::test]
async fn records_without_a_tenant_are_others_and_without_a_date_are_withheld() {
    let place = File::new().await;
    place
        .run(
            "INSERT INTO records (tenant, usr, made_on) VALUES ('acme', NULL, '2026-01-01'), ('acme', 'u', NULL),
             ('acme', 'u', '2026-02-01T23:59:59Z'), ('acme', 'u', '2026-02-02'), ('acme', 'u', 'no date'),
             ('acme', 'u', 1700000000), (NULL, 'u', '2026-01-01')",
        )
        .await;
    let mut held = of_tenant(&place.system(), "acme");
    held.selection.except = vec![
        Exclusion::Created {
            field: "made_on".into(),
            from: Some(date(2026, 1, 15).unwrap()),
            until: Some(date(2026, 2, 1).unwrap()),
        },
        Exclusion::AnyOf(vec![exact("usr", &["nobody"])]),
    ];
    assert_eq!(counts(&place, &held).await, (3, 3, 1));
    assert_eq!(erase_all(&place, &held, 1).await, 3);
    assert_eq!(counts(&place, &held).await, (0, 3, 1));
}

#[tokio::test]
async fn a_record_that_changed_hands_is_still_found_by_its_key() {
    let place = File::new().await;
    place.put(&records("acme", 3)).await;
    let acme = of_tenant(&place.system(), "acme");
    let ids = scan(&place, &acme, Side::Selected, 10).await;
    place.run("UPDATE records SET tenant = NULL").await;
    assert_eq!(counts(&place, &acme).await.0, 0);
    assert_eq!(found(&place, &acme, &ids).await, vec![true; 3]);
}

#[tokio::test]
async fn tables_whose_records_cannot_be_told_apart_are_refused() {
    let file = File::new().await;
    file.run(
        "CREATE VIEW seen AS SELECT * FROM records;
         CREATE TABLE loose (id TEXT, tenant TEXT);
         CREATE TABLE reals (id REAL PRIMARY KEY, tenant TEXT);
         CREATE TABLE holes (id TEXT PRIMARY KEY, tenant TEXT);
         INSERT INTO holes VALUES (NULL, 'acme')",
    )
    .await;
    let systems = ["seen", "loose", "reals", "holes"].map(|table| file.with_table(table, "id"));
    let mut file = file;
    for system in systems {
        let place = Other(file, system.clone());
        let acme = of_tenant(&system, "acme");
        assert!(matches!(
            try_look(&place, &acme, &[]).await,
            Err(ProbeError::Blind(_))
        ));
        let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
        assert!(matches!(outcome, Err(EraseError::Refused(_))));
        file = place.0;
    }
}

#[tokio::test]
async fn a_foreign_key_never_takes_rows_that_nobody_named() {
    let place = File::new().await;
    place.put(&records("acme", 2)).await;
    place
        .run(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, record INTEGER REFERENCES records (id) ON DELETE CASCADE);
             INSERT INTO orders SELECT id, id FROM records",
        )
        .await;
    let acme = of_tenant(&place.system(), "acme");
    let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Refused(why)) if why.contains("orders")));
    let mut allowed = place.system();
    allowed
        .config
        .insert("cascades".into(), serde_json::json!(["orders"]));
    assert_eq!(erase_all(&Other(place, allowed), &acme, 10).await, 2);
}

#[tokio::test]
async fn rows_that_are_still_referred_to_are_tried_again() {
    let place = File::new().await;
    place.put(&records("acme", 2)).await;
    place
        .run(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, record INTEGER REFERENCES records (id));
             INSERT INTO orders SELECT id, id FROM records",
        )
        .await;
    let acme = of_tenant(&place.system(), "acme");
    let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Transient(_))), "{outcome:?}");
    assert_eq!(counts(&place, &acme).await.0, 2);
}

#[tokio::test]
async fn a_file_that_is_not_there_or_no_database_is_blind() {
    let place = File::new().await;
    for content in [
        None,
        Some("not a database, whatever its name says, and long enough to have a header".repeat(9)),
    ] {
        let path = place.folder.path().join("other.db");
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let system = system(
            "sqlite",
            &[("file", path.to_str().unwrap())],
            "records",
            Some("id"),
        );
        let acme = of_tenant(&system, "acme");
        let other = Other(File::new().await, system);
        assert!(matches!(
            try_look(&other, &acme, &[]).await,
            Err(ProbeError::Blind(_))
        ));
        let outcome = erase_by(&other, Arc::new(Real), &acme, &chunk(None, 10)).await;
        assert!(matches!(outcome, Err(EraseError::Refused(_))));
    }
}
