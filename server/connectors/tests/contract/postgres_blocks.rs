//! A large share of a PostgreSQL table, which is erased by ranges of its blocks.

use std::sync::Arc;

use domain::port::erase::{Cursor, Erase, Erased, Erasers as _};

use crate::clocks::Real;
use crate::place::*;
use crate::postgres::Schema;

const LIMIT: u32 = 5_000;

/// A table in which one row of so many is acme's, each between rows of globex; the statistics know it.
async fn filled(rows: u32, one_of: u32) -> Schema {
    let place = Schema::with("records", "id int PRIMARY KEY, tenant text NOT NULL, usr text").await;
    let table = place.table();
    place
        .run(&format!(
            "INSERT INTO {table} SELECT n, CASE WHEN n % {one_of} = 0 THEN 'acme' ELSE 'globex' END
             FROM generate_series(1, {rows}) n;
             ANALYZE {table}"
        ))
        .await;
    place
}

fn eraser(place: &Schema) -> Arc<dyn Erase> {
    let registry = connectors::registry::Registry::new(Arc::new(Real));
    registry.eraser(&place.system(), &place.erase_secret()).unwrap()
}

async fn erase(place: &Schema, after: Option<Cursor>) -> Erased {
    let acme = of_tenant(&place.system(), "acme");
    eraser(place).erase(&acme, &chunk(after, LIMIT)).await.unwrap()
}

/// Goes on from a place to the end; what each chunk reported.
async fn erase_all(place: &Schema, mut after: Option<Cursor>) -> Vec<u64> {
    let mut reported = Vec::new();
    loop {
        // Each by an eraser that knows nothing of the one before: all there is to know is in the cursor.
        let erased = erase(place, after).await;
        reported.push(erased.reported);
        after = erased.next;
        if after.is_none() {
            return reported;
        }
    }
}

async fn left(place: &Schema) -> (u64, u64) {
    let of = async |tenant| counts(place, &of_tenant(&place.system(), tenant)).await.0;
    (of("acme").await, of("globex").await)
}

#[tokio::test]
async fn every_second_row_goes_by_blocks_and_its_neighbours_stay() {
    let place = filled(40_000, 2).await;
    let erased = erase(&place, None).await;
    assert_eq!(erased.method, "DELETE by ranges of the table's blocks");
    let rest = erase_all(&place, erased.next).await;
    assert_eq!(rest.iter().sum::<u64>() + erased.reported, 20_000);
    // The statistics are of a sample, so a chunk is about as large as was asked for.
    assert!(
        rest.len() >= 3 && rest.iter().all(|reported| *reported <= 6_000),
        "{rest:?}"
    );
    assert_eq!(left(&place).await, (0, 20_000));
}

#[tokio::test]
async fn a_chunk_holds_no_more_than_twice_its_limit_of_rows_where_those_that_go_lie_together() {
    let place = Schema::with("records", "id int PRIMARY KEY, tenant text NOT NULL, usr text").await;
    let table = place.table();
    place
        .run(&format!(
            "INSERT INTO {table} SELECT n, CASE WHEN n BETWEEN 20001 AND 35000 THEN 'acme' ELSE 'globex' END
             FROM generate_series(1, 80000) n;
             ANALYZE {table}"
        ))
        .await;
    let reported = erase_all(&place, None).await;
    assert_eq!(reported.iter().sum::<u64>(), 15_000);
    assert!(
        reported.iter().all(|reported| *reported <= 10_500),
        "{reported:?}"
    );
    assert_eq!(left(&place).await, (0, 65_000));
}

#[tokio::test]
async fn rows_that_are_few_in_their_table_go_by_their_key() {
    for (rows, one_of) in [(9_000, 2), (200_000, 500)] {
        let place = filled(rows, one_of).await;
        assert_eq!(
            erase(&place, None).await.method,
            "DELETE by ranges of the primary key"
        );
    }
}

#[tokio::test]
async fn what_the_server_has_not_counted_goes_by_its_key() {
    let place = Schema::with("records", "id int PRIMARY KEY, tenant text NOT NULL, usr text").await;
    let table = place.table();
    place
        .run(&format!(
            "INSERT INTO {table} SELECT n, 'acme' FROM generate_series(1, 12000) n"
        ))
        .await;
    assert_eq!(erase_all(&place, None).await, [5_000, 5_000, 2_000]);
}

#[tokio::test]
async fn a_table_that_is_written_anew_between_two_chunks_is_begun_again() {
    let place = filled(40_000, 2).await;
    let first = erase(&place, None).await;
    assert!(first.reported > 0 && first.next.is_some());
    let table = place.table();
    // The rows that were skipped come to lie in blocks that the cursor is past.
    place
        .run(&format!(
            "CREATE INDEX backwards ON {table} ((-id)); CLUSTER {table} USING backwards"
        ))
        .await;
    erase_all(&place, first.next).await;
    assert_eq!(left(&place).await, (0, 20_000));
}

#[tokio::test]
async fn rows_that_are_added_at_the_end_meanwhile_go_with_the_last_range() {
    let place = filled(40_000, 2).await;
    let first = erase(&place, None).await;
    let table = place.table();
    place
        .run(&format!(
            "INSERT INTO {table} SELECT n, 'acme' FROM generate_series(40001, 47000) n"
        ))
        .await;
    let rest = erase_all(&place, first.next).await;
    assert_eq!(first.reported + rest.iter().sum::<u64>(), 27_000);
    assert_eq!(left(&place).await, (0, 20_000));
}

#[tokio::test]
async fn a_table_of_partitions_goes_by_its_key() {
    let place = Schema::with("records", "id int PRIMARY KEY, tenant text NOT NULL, usr text").await;
    let (name, table) = (&place.name, place.table());
    place
        .run(&format!(
            "DROP TABLE {table};
             CREATE TABLE {table} (id int PRIMARY KEY, tenant text NOT NULL, usr text) PARTITION BY RANGE (id);
             CREATE TABLE {name}.low PARTITION OF {table} FOR VALUES FROM (MINVALUE) TO (10000);
             CREATE TABLE {name}.high PARTITION OF {table} FOR VALUES FROM (10000) TO (MAXVALUE);
             GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA {name} TO {name}_erase;
             GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {name}_probe;
             INSERT INTO {table} SELECT n, CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'globex' END FROM generate_series(1, 40000) n;
             ANALYZE {table}"
        ))
        .await;
    let erased = erase(&place, None).await;
    assert_eq!(erased.method, "DELETE by ranges of the primary key");
    erase_all(&place, erased.next).await;
    assert_eq!(left(&place).await, (0, 20_000));
}
