//! PostgreSQL's own traps. Needs a server (package `postgresql`), told by its superuser's URL in LETHE_TEST_POSTGRES.

use std::sync::Arc;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::erase::EraseError;
use domain::port::probe::ProbeError;
use domain::secret::Secret;
use domain::selection::{Exclusion, RecordId, Selection, Side};
use domain::time::date;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::clocks::Real;
use crate::place::*;

pub(crate) fn server() -> String {
    std::env::var("LETHE_TEST_POSTGRES")
        .expect("LETHE_TEST_POSTGRES: URL of a superuser (package postgresql)")
}

/// A schema with a table, a role that may delete in it and a role that may only read it.
pub struct Schema {
    pub(crate) name: String,
    container: String,
    pub(crate) id: String,
    reader: String,
}

impl Schema {
    pub(crate) async fn new() -> Self {
        Self::with(
            "\"rec\"\"ords\"",
            "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text, usr text",
        )
        .await
    }

    /// A schema whose table has a quoted name and columns.
    pub(crate) async fn with(table: &str, columns: &str) -> Self {
        let name = format!("t{}", uuid::Uuid::new_v4().simple());
        let container = format!("{name}.{}", table.trim_matches('"').replace("\"\"", "\""));
        let place = Self {
            reader: format!("{name}_probe"),
            container,
            id: "id".into(),
            name: name.clone(),
        };
        place
            .run(&format!(
                "CREATE SCHEMA {name};
                 CREATE TABLE {name}.{table} ({columns});
                 CREATE ROLE {name}_erase LOGIN PASSWORD 'secret';
                 CREATE ROLE {name}_probe LOGIN PASSWORD 'secret';
                 GRANT USAGE ON SCHEMA {name} TO {name}_erase, {name}_probe;
                 GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA {name} TO {name}_erase;
                 GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {name}_probe"
            ))
            .await;
        place
    }

    pub(crate) async fn run(&self, sql: &str) {
        let mut db = PgConnection::connect(&server()).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut db)
            .await
            .unwrap();
    }

    pub(crate) fn table(&self) -> String {
        format!(
            "{}.\"{}\"",
            self.name,
            self.container.split_once('.').unwrap().1.replace('"', "\"\"")
        )
    }

    fn url(&self, role: &str, password: &str) -> Secret {
        let server = server();
        let (_, host) = server.rsplit_once('@').unwrap();
        Secret::new(format!("postgres://{role}:{password}@{host}"))
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let name = self.name.clone();
        let sql = format!(
            "DROP SCHEMA {name} CASCADE; DROP OWNED BY {name}_erase, {name}_probe; DROP ROLE {name}_erase, {name}_probe"
        );
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                if let Ok(mut db) = PgConnection::connect(&server()).await {
                    let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await;
                }
            });
        });
        let _ = cleaning.join();
    }
}

#[async_trait]
impl Place for Schema {
    fn system(&self) -> System {
        system("postgres", &[], &self.container, Some(&self.id))
    }

    fn erase_secret(&self) -> Secret {
        self.url(&format!("{}_erase", self.name), "secret")
    }

    fn probe_secret(&self) -> Secret {
        self.url(&self.reader, "secret")
    }

    async fn put(&self, records: &[Record]) {
        let mut db = PgConnection::connect(&server()).await.unwrap();
        let tenants: Vec<String> = records.iter().map(|record| record.tenant.clone()).collect();
        let users: Vec<String> = records.iter().map(|record| record.user.clone()).collect();
        let insert = format!(
            "INSERT INTO {} (tenant, usr) SELECT * FROM unnest($1::text[], $2::text[])",
            self.table()
        );
        sqlx::query(AssertSqlSafe(insert))
            .bind(tenants)
            .bind(users)
            .execute(&mut db)
            .await
            .unwrap();
    }

    fn without_container(&self) -> Option<System> {
        Some(system(
            "postgres",
            &[],
            &format!("{}.recordings", self.name),
            Some("id"),
        ))
    }

    fn keeps_deadlines(&self) -> bool {
        true
    }
}

crate::contract!(Schema::new());

#[tokio::test]
async fn keys_of_every_type_page_without_gaps() {
    for (kind, make) in [
        ("int", "n"),
        ("bigint", "n * 1000000007::bigint"),
        ("uuid", "gen_random_uuid()"),
        ("text", "'k' || n"),
        ("varchar(10)", "'K' || n"),
        ("char(12)", "'c' || n"),
        ("numeric(20, 3)", "n / 8.0"),
        ("timestamptz", "now() + n * interval '1 microsecond'"),
        ("bytea", "decode(md5(n::text), 'hex')"),
    ] {
        let place = Schema::with(
            "records",
            &format!("id {kind} PRIMARY KEY, tenant smallint, usr text"),
        )
        .await;
        let table = place.table();
        place
            .run(&format!(
                "INSERT INTO {table} SELECT {make}, n % 2, 'u' FROM generate_series(1, 30) n"
            ))
            .await;
        let one = of_tenant(&place.system(), "1");
        let ids = scan(&place, &one, Side::Selected, 4).await;
        assert_eq!(ids.len(), 15, "{kind}");
        assert_eq!(found(&place, &one, &ids).await, vec![true; 15], "{kind}");
        assert_eq!(erase_all(&place, &one, 4).await, 15, "{kind}");
        assert_eq!(found(&place, &one, &ids).await, vec![false; 15], "{kind}");
        assert_eq!(counts(&place, &one).await, (0, 0, 15), "{kind}");
    }
}

#[tokio::test]
async fn keys_of_two_columns_page_without_gaps() {
    let mut place = Schema::with("members", "tenant text, usr int, PRIMARY KEY (tenant, usr)").await;
    place.id = "tenant, usr".into();
    let table = place.table();
    place
        .run(&format!(
            "INSERT INTO {table} SELECT 'acme', n FROM generate_series(1, 12) n"
        ))
        .await;
    place
        .run(&format!("INSERT INTO {table} VALUES ('zeta', 1), ('aaaa', 2)"))
        .await;
    let acme = of_tenant(&place.system(), "acme");
    let ids = scan(&place, &acme, Side::Selected, 5).await;
    assert_eq!(ids[11], RecordId("[\"acme\",\"12\"]".into()));
    assert_eq!(erase_all(&place, &acme, 5).await, 12);
    assert_eq!(found(&place, &acme, &ids).await, vec![false; 12]);
    assert_eq!(counts(&place, &acme).await, (0, 0, 2));
}

/// A column may have the very name by which a query calls its text.
#[tokio::test]
async fn a_key_is_ordered_by_its_column_whatever_its_name() {
    let mut place = Schema::with("records", "k0 int PRIMARY KEY, tenant text, usr text").await;
    place.id = "k0".into();
    let table = place.table();
    place
        .run(&format!(
            "INSERT INTO {table} SELECT n, 'acme', 'u' FROM generate_series(1, 30) n"
        ))
        .await;
    let acme = of_tenant(&place.system(), "acme");
    let ids = scan(&place, &acme, Side::Selected, 4).await;
    let expected: Vec<RecordId> = (1..=30).map(|n| RecordId(n.to_string())).collect();
    assert_eq!(ids, expected);
    assert_eq!(erase_all(&place, &acme, 4).await, 30);
    assert_eq!(counts(&place, &acme).await, (0, 0, 0));
}

#[tokio::test]
async fn columns_with_a_length_are_not_compared_by_their_beginning() {
    for kind in ["varchar(4)", "char(4)"] {
        let place = Schema::with("records", &format!("id int PRIMARY KEY, tenant {kind}, usr text")).await;
        place
            .run(&format!("INSERT INTO {} VALUES (1, 'acme', 'u')", place.table()))
            .await;
        let longer = of_tenant(&place.system(), "acme-holding");
        assert_eq!(counts(&place, &longer).await, (0, 0, 1), "{kind}");
        assert_eq!(erase_all(&place, &longer, 10).await, 0, "{kind}");
        assert_eq!(
            erase_all(&place, &of_tenant(&place.system(), "acme"), 10).await,
            1,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn records_without_a_tenant_are_others_and_without_a_date_are_withheld() {
    for kind in ["date", "timestamp", "timestamptz"] {
        let columns = format!("id int PRIMARY KEY, tenant text, usr text, made_at {kind}");
        let place = Schema::with("records", &columns).await;
        let table = place.table();
        place
            .run(&format!(
                "SET timezone = 'UTC';
                 INSERT INTO {table} VALUES (1, 'acme', NULL, '2026-01-01'), (2, 'acme', 'u', NULL),
                 (3, 'acme', 'u', '2026-02-01 23:59:59'), (4, 'acme', 'u', '2026-02-02'), (5, NULL, 'u', '2026-01-01')"
            ))
            .await;
        let mut held = of_tenant(&place.system(), "acme");
        held.selection.except = vec![
            Exclusion::Created {
                field: "made_at".into(),
                from: Some(date(2026, 1, 15).unwrap()),
                until: Some(date(2026, 2, 1).unwrap()),
            },
            Exclusion::AnyOf(vec![exact("usr", &["nobody"])]),
        ];
        assert_eq!(counts(&place, &held).await, (2, 2, 1), "{kind}");
        assert_eq!(erase_all(&place, &held, 1).await, 2, "{kind}");
        assert_eq!(counts(&place, &held).await, (0, 2, 1), "{kind}");
    }
}

#[tokio::test]
async fn a_value_that_is_not_of_the_columns_type_is_told_without_the_value() {
    let place = Schema::with("records", "id int PRIMARY KEY, tenant int, usr text").await;
    let strange = of_tenant(&place.system(), "1 OR 1=1");
    let look = try_look(&place, &strange, &[]).await;
    assert!(look.is_ok(), "nothing was counted");
    let scan = probe(&place).scan(&strange, Side::Selected, None, 10).await;
    assert!(matches!(scan, Err(ProbeError::Blind(why)) if !why.contains("OR")));
    let outcome = erase_by(&place, Arc::new(Real), &strange, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Refused(why)) if !why.contains("OR")));
}

#[tokio::test]
async fn a_record_that_changed_hands_is_still_found_by_its_key() {
    let place = Schema::new().await;
    place.put(&records("acme", 3)).await;
    let acme = of_tenant(&place.system(), "acme");
    let ids = scan(&place, &acme, Side::Selected, 10).await;
    place
        .run(&format!("UPDATE {} SET tenant = NULL", place.table()))
        .await;
    assert_eq!(counts(&place, &acme).await, (0, 0, 3));
    assert_eq!(found(&place, &acme, &ids).await, vec![true; 3]);
}

#[tokio::test]
async fn row_level_security_that_hides_rows_is_blind_and_refused() {
    let place = Schema::new().await;
    place.put(&records("acme", 3)).await;
    place
        .run(&format!(
            "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
            place.table()
        ))
        .await;
    let acme = of_tenant(&place.system(), "acme");
    assert!(matches!(
        try_look(&place, &acme, &[RecordId("1".into())]).await,
        Err(ProbeError::Blind(_))
    ));
    assert!(matches!(
        probe(&place).scan(&acme, Side::Selected, None, 9).await,
        Err(ProbeError::Blind(_))
    ));
    let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Refused(_))), "{outcome:?}");
    let notes = probe(&place).survey(&acme).await.unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("row-level security")));
    place
        .run(&format!("ALTER ROLE {}_probe BYPASSRLS", place.name))
        .await;
    assert_eq!(counts(&place, &acme).await.0, 3);
}

#[tokio::test]
async fn wrong_credentials_are_blind_and_a_closed_port_is_unreachable() {
    let place = Schema::new().await;
    let acme = of_tenant(&place.system(), "acme");
    let registry = connectors::registry::Registry::new(Arc::new(Real));
    let wrong = place.url(&place.reader, "wrong");
    let nowhere = Secret::new("postgres://someone:secret@127.0.0.1:9/postgres");
    let look = |secret: Secret| {
        use domain::port::probe::{Probes as _, Question};
        let probe = registry.probe(&place.system(), &secret).unwrap();
        let acme = acme.clone();
        async move {
            probe
                .look(
                    &acme,
                    &Question {
                        ids: vec![],
                        controls: vec![],
                        count: vec![Side::Selected],
                    },
                )
                .await
        }
    };
    assert!(matches!(look(wrong).await, Err(ProbeError::Blind(why)) if !why.contains("wrong")));
    assert!(matches!(look(nowhere).await, Err(ProbeError::Unreachable(_))));
    place
        .run(&format!(
            "REVOKE SELECT ON {} FROM {}",
            place.table(),
            place.reader
        ))
        .await;
    assert!(matches!(
        look(place.probe_secret()).await,
        Err(ProbeError::Blind(_))
    ));
}

#[tokio::test]
async fn the_probes_role_cannot_delete_and_is_told_when_it_could() {
    let place = Schema::new().await;
    let acme = of_tenant(&place.system(), "acme");
    assert!(probe(&place).survey(&acme).await.unwrap().notes.is_empty());
    place
        .run(&format!("GRANT DELETE ON {} TO {}", place.table(), place.reader))
        .await;
    assert!(probe(&place).survey(&acme).await.unwrap().notes[0].contains("may delete"));
}

#[tokio::test]
async fn views_and_tables_without_a_key_are_refused() {
    let mut place = Schema::with("loose", "id int, tenant text, usr text").await;
    let name = place.name.clone();
    place
        .run(&format!(
            "CREATE VIEW {name}.seen AS SELECT * FROM {name}.loose;
             GRANT SELECT, DELETE ON {name}.seen TO {name}_erase; GRANT SELECT ON {name}.seen TO {name}_probe"
        ))
        .await;
    for table in ["loose", "seen"] {
        place.container = format!("{name}.{table}");
        let acme = of_tenant(&place.system(), "acme");
        assert!(matches!(
            try_look(&place, &acme, &[]).await,
            Err(ProbeError::Blind(_))
        ));
        let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
        assert!(matches!(outcome, Err(EraseError::Refused(_))));
        assert!(!probe(&place).survey(&acme).await.unwrap().notes.is_empty());
    }
}

/// A place whose system has one more setting.
struct Set(Schema, System);

#[async_trait]
impl Place for Set {
    fn system(&self) -> System {
        self.1.clone()
    }

    fn erase_secret(&self) -> Secret {
        self.0.erase_secret()
    }

    fn probe_secret(&self) -> Secret {
        self.0.probe_secret()
    }

    async fn put(&self, records: &[Record]) {
        self.0.put(records).await;
    }

    fn without_container(&self) -> Option<System> {
        None
    }

    fn keeps_deadlines(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn a_foreign_key_never_takes_rows_that_nobody_named() {
    let place = Schema::with(
        "records",
        "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text, usr text",
    )
    .await;
    place.put(&records("acme", 2)).await;
    let (name, table) = (place.name.clone(), place.table());
    place
        .run(&format!(
            "CREATE TABLE {name}.orders (id int REFERENCES {table} ON DELETE CASCADE)"
        ))
        .await;
    place
        .run(&format!("INSERT INTO {name}.orders SELECT id FROM {table}"))
        .await;
    let acme = of_tenant(&place.system(), "acme");
    let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Refused(why)) if why.contains("orders")));
    let mut allowed = place.system();
    allowed
        .config
        .insert("cascades".into(), serde_json::json!([format!("{name}.orders")]));
    assert_eq!(erase_all(&Set(place, allowed), &acme, 10).await, 2);
}

#[tokio::test]
async fn rows_that_are_still_referred_to_are_tried_again() {
    let place = Schema::with(
        "records",
        "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text, usr text",
    )
    .await;
    place.put(&records("acme", 2)).await;
    let (name, table) = (place.name.clone(), place.table());
    place
        .run(&format!("CREATE TABLE {name}.orders (id int REFERENCES {table})"))
        .await;
    place
        .run(&format!("INSERT INTO {name}.orders SELECT id FROM {table}"))
        .await;
    let acme = of_tenant(&place.system(), "acme");
    let outcome = erase_by(&place, Arc::new(Real), &acme, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Transient(_))), "{outcome:?}");
    assert_eq!(counts(&place, &acme).await.0, 2);
}

#[tokio::test]
async fn a_row_that_someone_else_holds_is_given_up_at_the_deadline() {
    let place = Schema::new().await;
    place.put(&records("acme", 2)).await;
    let acme = of_tenant(&place.system(), "acme");
    let mut holder = PgConnection::connect(&server()).await.unwrap();
    let hold = format!("BEGIN; UPDATE {} SET usr = 'held'", place.table());
    sqlx::raw_sql(AssertSqlSafe(hold))
        .execute(&mut holder)
        .await
        .unwrap();
    let short = domain::port::erase::Chunk {
        deadline: in_millis(1_500),
        ..chunk(None, 10)
    };
    let since = std::time::Instant::now();
    let outcome = erase_by(&place, Arc::new(Real), &acme, &short).await;
    assert!(matches!(outcome, Err(EraseError::Transient(_))), "{outcome:?}");
    assert!(since.elapsed().as_secs() < 6);
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    assert_eq!(counts(&place, &acme).await.0, 2);
}

/// Erases all of acme with one eraser, `size` records at a time; what happens after the first chunk is told as SQL.
async fn erase_with_one_eraser(place: &Schema, size: u32, after_the_first: &str) -> u64 {
    use domain::port::erase::Erasers as _;
    let acme = of_tenant(&place.system(), "acme");
    let eraser = connectors::registry::Registry::new(Arc::new(Real));
    let eraser = eraser.eraser(&place.system(), &place.erase_secret()).unwrap();
    let (mut after, mut reported) = (None, 0);
    loop {
        let first = after.is_none();
        let erased = eraser.erase(&acme, &chunk(after, size)).await.unwrap();
        assert!(erased.reported <= u64::from(size));
        reported += erased.reported;
        after = erased.next;
        if after.is_none() {
            return reported;
        }
        // Between chunks an engine writes to its own database; by then a connection is free again.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        if first {
            place.run(after_the_first).await;
        }
    }
}

#[tokio::test]
async fn one_eraser_works_chunk_by_chunk() {
    let place = Schema::new().await;
    place.put(&records("acme", 40)).await;
    assert_eq!(erase_with_one_eraser(&place, 7, "").await, 40);
}

#[tokio::test]
async fn what_was_looked_for_ahead_pages_and_does_not_choose() {
    let place = Schema::new().await;
    place.put(&records("acme", 40)).await;
    let change = format!(
        "UPDATE {} SET tenant = 'globex' WHERE id IN (9, 14, 33)",
        place.table()
    );
    assert_eq!(erase_with_one_eraser(&place, 7, &change).await, 37);
    let globex = of_tenant(&place.system(), "globex");
    assert_eq!(counts(&place, &globex).await.0, 3);
}

#[tokio::test]
async fn a_role_with_one_connection_erases_all_the_same() {
    let place = Schema::new().await;
    place.put(&records("acme", 40)).await;
    place
        .run(&format!("ALTER ROLE {}_erase CONNECTION LIMIT 1", place.name))
        .await;
    assert_eq!(erase_with_one_eraser(&place, 7, "").await, 40);
}

#[tokio::test]
async fn a_query_for_people_is_quoted() {
    let place = Schema::new().await;
    let acme = target(
        &place.system(),
        Selection {
            tenant: exact("tenant", &["acme"]),
            subject: vec![],
            except: vec![],
        },
    );
    let query = probe(&place).native_query(&acme, &RecordId("o'neil\\".into()));
    assert_eq!(
        query,
        format!(
            "SELECT * FROM \"{}\".\"rec\"\"ords\" WHERE \"id\" = E'o''neil\\\\';",
            place.name
        )
    );
}
