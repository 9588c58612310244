//! Large chunks of PostgreSQL, which are deleted in halves side by side.

use std::sync::Arc;

use domain::port::erase::{Erase, EraseError, Erasers as _};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::clocks::Real;
use crate::place::*;
use crate::postgres::{Schema, server};

/// The smallest chunk that goes in halves.
const LARGE: u32 = 50_000;

/// A table of so many rows of acme, and one of globex for each hundred of them.
async fn filled(key: &str, rows: u32) -> Schema {
    let columns = format!("id int NOT NULL, tenant text NOT NULL, usr text, PRIMARY KEY ({key})");
    let mut place = Schema::with("records", &columns).await;
    place.id = key.into();
    let table = place.table();
    place
        .run(&format!(
            "INSERT INTO {table} SELECT n, 'acme' FROM generate_series(1, {rows}) n;
             INSERT INTO {table} SELECT n, 'globex' FROM generate_series(-{rows} / 100 + 1, 0) n;
             ANALYZE {table}"
        ))
        .await;
    place
}

fn eraser(place: &Schema) -> Arc<dyn Erase> {
    let registry = connectors::registry::Registry::new(Arc::new(Real));
    registry.eraser(&place.system(), &place.erase_secret()).unwrap()
}

/// Erases all of acme with one eraser; how many were reported, by chunk.
async fn erase(place: &Schema, eraser: &dyn Erase) -> Vec<u64> {
    let acme = of_tenant(&place.system(), "acme");
    let (mut after, mut reported) = (None, Vec::new());
    loop {
        let erased = eraser.erase(&acme, &chunk(after, LARGE)).await.unwrap();
        reported.push(erased.reported);
        after = erased.next;
        if after.is_none() {
            return reported;
        }
        // Between chunks an engine writes to its own database; by then the connection is free again.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Sessions of the eraser that delete beside the first.
async fn beside(place: &Schema) -> i64 {
    let mut db = PgConnection::connect(&server()).await.unwrap();
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND application_name = 'lethe-erase-beside'";
    let role = format!("{}_erase", place.name);
    sqlx::query_scalar(sql)
        .bind(role)
        .fetch_one(&mut db)
        .await
        .unwrap()
}

async fn left(place: &Schema) -> (u64, u64) {
    let of = async |tenant| counts(place, &of_tenant(&place.system(), tenant)).await.0;
    (of("acme").await, of("globex").await)
}

#[tokio::test]
async fn a_large_chunk_goes_in_halves() {
    for key in ["id", "tenant, id"] {
        let place = filled(key, 130_000).await;
        let eraser = eraser(&place);
        assert_eq!(erase(&place, &*eraser).await, [50_000, 50_000, 30_000], "{key}");
        assert_eq!(beside(&place).await, 1, "{key}");
        assert_eq!(left(&place).await, (0, 1_300), "{key}");
    }
}

#[tokio::test]
async fn a_rest_that_is_less_than_a_half_goes_at_once() {
    let place = filled("id", 60_000).await;
    let eraser = eraser(&place);
    assert_eq!(erase(&place, &*eraser).await, [50_000, 10_000]);
    assert_eq!(left(&place).await, (0, 600));
}

#[tokio::test]
async fn where_no_second_session_is_to_be_had_one_deletes_both_halves() {
    let place = filled("id", 130_000).await;
    let limit = format!("ALTER ROLE {}_erase CONNECTION LIMIT 1", place.name);
    place.run(&limit).await;
    let eraser = eraser(&place);
    assert_eq!(erase(&place, &*eraser).await, [50_000, 50_000, 30_000]);
    assert_eq!(beside(&place).await, 0);
    assert_eq!(left(&place).await, (0, 1_300));
}

#[tokio::test]
async fn where_one_half_fails_the_chunk_has_failed_and_goes_again() {
    let place = filled("id", 50_000).await;
    let eraser = eraser(&place);
    let acme = of_tenant(&place.system(), "acme");
    for (held, whole) in [(1_000, 25_000), (49_000, 50_000)] {
        let mut holder = PgConnection::connect(&server()).await.unwrap();
        let hold = format!(
            "BEGIN; SELECT FROM {} WHERE id = {held} FOR UPDATE",
            place.table()
        );
        sqlx::raw_sql(AssertSqlSafe(hold))
            .execute(&mut holder)
            .await
            .unwrap();
        let short = domain::port::erase::Chunk {
            deadline: in_millis(3_000),
            ..chunk(None, LARGE)
        };
        let outcome = eraser.erase(&acme, &short).await;
        assert!(
            matches!(outcome, Err(EraseError::Transient(_))),
            "{held}: {outcome:?}"
        );
        sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
        // The second half commits by itself, the first one only with it.
        assert_eq!(left(&place).await, (whole, 500), "{held}");
        let restore = format!(
            "INSERT INTO {} SELECT n, 'acme' FROM generate_series(1, 50000) n ON CONFLICT DO NOTHING",
            place.table()
        );
        place.run(&restore).await;
    }
    assert_eq!(erase(&place, &*eraser).await.iter().sum::<u64>(), 50_000);
    assert_eq!(left(&place).await, (0, 500));
}

/// Two transactions that touch one row would wait for each other.
#[tokio::test]
async fn where_a_trigger_does_more_one_session_deletes() {
    let place = filled("id", 60_000).await;
    let (name, table) = (&place.name, place.table());
    place
        .run(&format!(
            "CREATE TABLE {name}.tally AS SELECT 0 AS gone;
             CREATE FUNCTION {name}.count_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
             $$ BEGIN UPDATE {name}.tally SET gone = gone + 1; RETURN NULL; END $$;
             CREATE TRIGGER count_up AFTER DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}.count_up()"
        ))
        .await;
    let eraser = eraser(&place);
    assert_eq!(erase(&place, &*eraser).await, [50_000, 10_000]);
    assert_eq!(beside(&place).await, 0);
}
