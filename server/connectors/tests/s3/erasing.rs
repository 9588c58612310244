//! What erasing leaves, and what it says when it may not.

use std::time::{Duration, Instant};

use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{
    ObjectLockLegalHold, ObjectLockLegalHoldStatus, ObjectLockRetention, ObjectLockRetentionMode,
};
use domain::port::erase::{Chunk, EraseError};
use domain::selection::{Exclusion, Selection, Side};
use domain::time::Clock;

use crate::on_every_server;
use crate::world::{Server, Wall, World, chunk, criterion, total};

const TEMPLATE: &str = "tenants/{tenant_key}/";

on_every_server! {
    versions_and_delete_markers_go_and_neighbours_stay
    an_unversioned_bucket_is_emptied_of_the_tenant
    unfinished_uploads_are_aborted
    more_than_a_thousand_go_chunk_by_chunk
    many_versions_of_one_key_go_in_small_chunks
    erasing_twice_does_no_more_than_once
    nothing_is_deleted_after_the_deadline
    a_legal_hold_in_the_store_is_named_as_the_reason
    withheld_records_stay
    one_person_goes_and_the_namesake_stays
    a_wrong_credential_is_refused
    a_missing_bucket_is_refused
}

async fn versions_and_delete_markers_go_and_neighbours_stay(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    for key in ["tenants/acme/a", "tenants/acme/b/c", "tenants/acme/d&e 'f'.txt"] {
        world.put(key).await;
        world.put(key).await;
    }
    world.hide("tenants/acme/a").await;
    let neighbours = [
        "tenants/acme-2/a",
        "tenants/acm/a",
        "tenants/globex/acme/a",
        "tenants/acme",
        "other/acme/a",
    ];
    for key in neighbours {
        world.put(key).await;
    }
    let acme = world.tenant("acme");
    let ids = world.ids(&acme, Side::Selected).await;
    let others = world.ids(&acme, Side::Others).await;
    assert_eq!((ids.len(), others.len()), (7, 3));

    let reports = world.erase(&acme, 10_000).await.unwrap();

    assert_eq!(total(&reports), 7);
    let seen = world.look(&acme, &ids, &others).await.unwrap();
    assert_eq!(seen.counts, [Some(0)]);
    assert_eq!(seen.found, [false; 7]);
    assert_eq!(seen.controls, [true; 3]);
    let left = world
        .client
        .list_object_versions()
        .bucket(&world.bucket)
        .send()
        .await
        .unwrap();
    assert_eq!(left.versions().len(), neighbours.len());
}

async fn an_unversioned_bucket_is_emptied_of_the_tenant(server: Server) {
    let world = World::new(server, TEMPLATE).await;
    world.put("tenants/acme/a").await;
    world.put("tenants/globex/a").await;
    let acme = world.tenant("acme");
    assert_eq!(
        world.ids(&acme, Side::Selected).await[0].0,
        r#"["tenants/acme/a","null"]"#
    );

    world.erase(&acme, 100).await.unwrap();

    assert_eq!(world.count(&acme, Side::Selected).await, 0);
    assert_eq!(world.count(&acme, Side::Others).await, 1);
}

async fn unfinished_uploads_are_aborted(server: Server) {
    let world = World::new(server, TEMPLATE).await;
    for number in 0..3 {
        world.begin_upload(&format!("tenants/acme/{number}")).await;
    }
    world.begin_upload("tenants/acme-2/0").await;
    world.put("tenants/acme/a").await;
    let acme = world.tenant("acme");
    let ids = world.ids(&acme, Side::Selected).await;
    assert_eq!((world.count(&acme, Side::Selected).await, ids.len()), (4, 4));

    let reports = world.erase(&acme, 2).await.unwrap();

    assert_eq!(total(&reports), 4);
    assert!(reports.iter().all(|report| report.reported <= 2));
    let others = world.ids(&acme, Side::Others).await;
    let seen = world.look(&acme, &ids, &others).await.unwrap();
    assert_eq!(
        (seen.counts, seen.found, seen.controls),
        (vec![Some(0)], vec![false; 4], vec![true])
    );
}

async fn more_than_a_thousand_go_chunk_by_chunk(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    world
        .put_many((0..1_100).map(|number| format!("tenants/acme/{number:05}")))
        .await;
    world.put("tenants/globex/a").await;
    let acme = world.tenant("acme");
    let mut ids = world.ids(&acme, Side::Selected).await;
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1_100);

    let first = world.eraser().erase(&acme, &chunk(None, 400)).await.unwrap();
    assert_eq!(first.reported, 400);
    assert_eq!(world.count(&acme, Side::Selected).await, 700);
    let again = world
        .eraser()
        .erase(&acme, &chunk(first.next.clone(), 400))
        .await
        .unwrap();
    let repeated = world
        .eraser()
        .erase(&acme, &chunk(first.next, 10_000))
        .await
        .unwrap();
    assert_eq!((again.reported, repeated.reported), (400, 300));
    assert_eq!(repeated.next, None);

    let seen = world.look(&acme, &ids[..50], &[]).await.unwrap();
    assert_eq!((seen.counts, seen.found), (vec![Some(0)], vec![false; 50]));
    assert_eq!(world.count(&acme, Side::Others).await, 1);
}

async fn many_versions_of_one_key_go_in_small_chunks(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    for _ in 0..7 {
        world.put("tenants/acme/a").await;
        world.put("tenants/acme/b").await;
    }
    world.hide("tenants/acme/b").await;
    let acme = world.tenant("acme");

    let reports = world.erase(&acme, 2).await.unwrap();

    assert_eq!(total(&reports), 15);
    assert_eq!(world.count(&acme, Side::Selected).await, 0);
}

async fn erasing_twice_does_no_more_than_once(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    world.put("tenants/acme/a").await;
    world.put("tenants/globex/a").await;
    let acme = world.tenant("acme");

    let once = world.erase(&acme, 100).await.unwrap();
    let twice = world.erase(&acme, 100).await.unwrap();

    assert_eq!((total(&once), total(&twice)), (1, 0));
    assert_eq!(world.count(&acme, Side::Others).await, 1);
    let left = world
        .client
        .list_object_versions()
        .bucket(&world.bucket)
        .send()
        .await
        .unwrap();
    assert_eq!(left.delete_markers().len(), 0);
}

async fn nothing_is_deleted_after_the_deadline(server: Server) {
    let world = World::versioned(server, TEMPLATE).await;
    world.put("tenants/acme/a").await;
    let acme = world.tenant("acme");
    let late = Chunk {
        deadline: Wall.now().before(Duration::from_secs(1)),
        ..chunk(None, 100)
    };

    assert_eq!(world.eraser().erase(&acme, &late).await, Err(EraseError::TooLate));

    assert_eq!(world.count(&acme, Side::Selected).await, 1);
}

/// A bucket with one object under retention and one that is free, what the eraser says of it, and until when.
async fn erasing_under_retention(server: Server) -> (String, String) {
    let world = World::locked(server, TEMPLATE).await;
    let version = world.put("tenants/acme/secret-name").await;
    world.put("tenants/acme/free").await;
    let until = Wall.now().after(Duration::from_secs(90_000));
    let retention = ObjectLockRetention::builder()
        .mode(ObjectLockRetentionMode::Governance)
        .retain_until_date(DateTime::from_secs(until.as_microsecond() / 1_000_000))
        .build();
    let call = world
        .client
        .put_object_retention()
        .bucket(&world.bucket)
        .key("tenants/acme/secret-name");
    call.version_id(version)
        .retention(retention)
        .send()
        .await
        .unwrap();
    let acme = world.tenant("acme");

    let Err(EraseError::Refused(why)) = world.erase(&acme, 100).await else {
        panic!("not refused")
    };

    assert!(
        why.starts_with("1 of 2 records were not deleted: ") && !why.contains("secret-name"),
        "{why}"
    );
    assert_eq!(world.count(&acme, Side::Selected).await, 1);
    (why, until.date().to_string())
}

#[tokio::test]
async fn retention_is_named_as_the_reason() {
    let (why, until) = erasing_under_retention(Server::ceph()).await;
    assert!(
        why.contains(&format!("Object Lock, retention (governance) until {until}")),
        "{why}"
    );
}

#[tokio::test]
async fn object_lock_is_named_where_the_retention_cannot_be_read() {
    let (why, _) = erasing_under_retention(Server::moto()).await;
    assert!(
        why.ends_with("AccessDenied; the bucket has Object Lock on, and what it keeps may not be read"),
        "{why}"
    );
}

async fn a_legal_hold_in_the_store_is_named_as_the_reason(server: Server) {
    let world = World::locked(server, TEMPLATE).await;
    let version = world.put("tenants/acme/a").await;
    let hold = ObjectLockLegalHold::builder()
        .status(ObjectLockLegalHoldStatus::On)
        .build();
    let call = world
        .client
        .put_object_legal_hold()
        .bucket(&world.bucket)
        .key("tenants/acme/a");
    call.version_id(version).legal_hold(hold).send().await.unwrap();

    let outcome = world.erase(&world.tenant("acme"), 100).await;

    let why = "1 of 1 records were not deleted: Object Lock, legal hold in the store";
    assert_eq!(outcome, Err(EraseError::Refused(why.to_owned())));
}

async fn withheld_records_stay(server: Server) {
    let world = World::versioned(server, "tenants/{tenant_key}/users/{user_id}/").await;
    for key in ["ada/a", "ada/b", "bob/a", "bob-2/a"] {
        world.put(&format!("tenants/acme/users/{key}")).await;
    }
    let except = vec![Exclusion::AnyOf(vec![criterion("user_id", "bob")])];
    let acme = world.target(Selection {
        tenant: criterion("tenant_key", "acme"),
        subject: vec![],
        except,
    });
    assert_eq!(world.count(&acme, Side::Withheld).await, 1);

    world.erase(&acme, 1).await.unwrap();

    let (left, kept) = (
        world.count(&acme, Side::Selected).await,
        world.ids(&acme, Side::Withheld).await,
    );
    assert_eq!((left, kept.len()), (0, 1));
    assert!(kept[0].0.starts_with(r#"["tenants/acme/users/bob/a","#));
}

async fn one_person_goes_and_the_namesake_stays(server: Server) {
    let world = World::versioned(server, "tenants/{tenant_key}/users/{user_id}.json").await;
    for key in [
        "acme/users/ada.json",
        "acme/users/ada.json.json",
        "acme/users/ad.json",
        "globex/users/ada.json",
    ] {
        world.put(&format!("tenants/{key}")).await;
    }
    let (tenant, subject) = (criterion("tenant_key", "acme"), vec![criterion("user_id", "ada")]);
    let ada = world.target(Selection {
        tenant,
        subject,
        except: vec![],
    });

    assert_eq!(total(&world.erase(&ada, 100).await.unwrap()), 1);

    let left = world
        .client
        .list_object_versions()
        .bucket(&world.bucket)
        .send()
        .await
        .unwrap();
    assert_eq!(left.versions().len(), 3);
    assert_eq!(
        world
            .probe()
            .values(&world.tenant("acme"), "user_id")
            .await
            .unwrap(),
        ["ad", "ada.json"]
    );
}

async fn a_wrong_credential_is_refused(server: Server) {
    let mut world = World::new(server, TEMPLATE).await;
    world.server.secret = "wrong".to_owned();

    let outcome = world.erase(&world.tenant("acme"), 100).await;

    let Err(EraseError::Refused(why)) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(why.contains("SignatureDoesNotMatch (403)"), "{why}");
}

async fn a_missing_bucket_is_refused(server: Server) {
    let world = World::without_bucket(server, TEMPLATE);

    let outcome = world.erase(&world.tenant("acme"), 100).await;

    assert_eq!(
        outcome,
        Err(EraseError::Refused("the bucket is not there".to_owned()))
    );
}

/// Prints times; run it by hand with `--run-ignored only --no-capture`.
async fn ten_thousand_objects(server: Server) {
    let world = World::new(server, TEMPLATE).await;
    world
        .put_many((0..10_000).map(|number| format!("tenants/acme/{number:05}")))
        .await;
    world.put("tenants/globex/a").await;
    let acme = world.tenant("acme");
    let ids = world.ids(&acme, Side::Selected).await;
    let start = Instant::now();
    world.erase(&acme, 10_000).await.unwrap();
    let erased = start.elapsed();
    let start = Instant::now();
    let seen = world
        .look(&acme, &ids[..1_000], &world.ids(&acme, Side::Others).await)
        .await
        .unwrap();
    assert_eq!((seen.counts, seen.controls), (vec![Some(0)], vec![true]));
    eprintln!(
        "{}: erased in {erased:?}, 1,000 looked up in {:?}",
        world.server.url,
        start.elapsed()
    );
}

#[tokio::test]
#[ignore = "measures"]
async fn ten_thousand_objects_of_moto() {
    ten_thousand_objects(Server::moto()).await;
}

#[tokio::test]
#[ignore = "measures"]
async fn ten_thousand_objects_of_ceph() {
    ten_thousand_objects(Server::ceph()).await;
}
