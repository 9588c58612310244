//! Certificates in a second place: a bucket that locks what it keeps, on a real server; and what is said when a place fails.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use connectors::Bucket;
use domain::actor::Actor;
use domain::archive::{StorageHealth, StorageLook};
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::job::{Disposition, Job, Queue};
use domain::port::archive::Archive;
use domain::secret::Secret;
use engine::Error;
use server::archive::BucketArchive;
use server::config::CopyTo;
use sqlx::Connection as _;
use vault::Source;

use crate::support::{Outside, TestApp, Who};
use crate::world::with_certificate;

/// A bucket on the Ceph of the tests.
struct Bucketed {
    client: aws_sdk_s3::Client,
    settings: CopyTo,
    name: String,
}

impl Bucketed {
    async fn made(locks: bool) -> Self {
        let read = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: no radosgw was started"))
        };
        let name = format!(
            "lethe-copies-{}-{}",
            std::process::id(),
            hex::encode(&crate::support::planted::fresh().as_bytes()[..6])
        );
        let bucket = Bucket {
            endpoint: Some(read("LETHE_TEST_CEPH")),
            region: "us-east-1".into(),
            bucket: name.clone(),
            path_style: true,
        };
        let keys = serde_json::json!({ "access_key": read("LETHE_TEST_CEPH_KEY"), "secret_key": read("LETHE_TEST_CEPH_SECRET") });
        let client = bucket.client(&Secret::new(keys.to_string()), 2).unwrap();
        let made = client
            .create_bucket()
            .bucket(&name)
            .object_lock_enabled_for_bucket(locks)
            .send()
            .await;
        made.unwrap();
        Self {
            client,
            settings: CopyTo {
                bucket,
                credential: Source::value(keys.to_string()),
            },
            name,
        }
    }

    fn archive(&self) -> Option<Arc<dyn Archive>> {
        Some(Arc::new(BucketArchive::new(&self.settings).unwrap()))
    }
}

async fn copying(bucket: &Bucketed) -> (TestApp, CertificateId) {
    let outside = Outside {
        archive: bucket.archive(),
        ..Outside::default()
    };
    let (app, certificate) = with_certificate(outside).await;
    // The bucket has a clock of its own, and locks nothing until a day that is past there.
    let present = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let ours = Duration::from_micros(app.engine.now().as_microsecond().unsigned_abs());
    app.clock.advance(present - ours);
    (app, certificate)
}

impl TestApp {
    async fn leave(&self, job: Job) {
        let mut tx = self.engine.store().begin().await.unwrap();
        tx.jobs().enqueue(&job, self.engine.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn mails_of(&self, kind: &str) -> i64 {
        let mut database = sqlx::SqliteConnection::connect(&self.database.url).await.unwrap();
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM mails WHERE document ->> 'kind' = $1");
        count.bind(kind).fetch_one(&mut database).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_copied_once_and_locked_for_seven_years() {
    let bucket = Bucketed::made(true).await;
    let (app, certificate) = copying(&bucket).await;
    app.leave(Job::CopyDocument { certificate }).await;
    let ended = app.run_queue(Queue::Issue).await;
    assert!(
        ended.iter().all(|(_, end)| *end == Disposition::Done),
        "{ended:?}"
    );
    let auditor = app.people.actor(Who::Auditor);
    let copy = app
        .engine
        .document_copy(&auditor, certificate)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (copy.place.as_str(), copy.objects.len()),
        (bucket.name.as_str(), 3)
    );
    assert_eq!(copy.objects[0].digest, Digest::of(b"%PDF-1.7 planted"));
    let pdf = &copy.objects[0];
    let held = bucket
        .client
        .get_object()
        .bucket(&bucket.name)
        .key(&pdf.key)
        .version_id(&pdf.version)
        .send()
        .await
        .unwrap();
    let until = held.object_lock_retain_until_date.unwrap().secs();
    let (record, ..) = app.engine.certificate(&auditor, certificate).await.unwrap();
    let issued = record.issued_at.unwrap().as_microsecond() / 1_000_000;
    assert!(until - issued > 7 * 365 * 24 * 3_600, "{until}");
    let deleted = bucket
        .client
        .delete_object()
        .bucket(&bucket.name)
        .key(&pdf.key)
        .version_id(&pdf.version)
        .send()
        .await;
    assert!(deleted.is_err(), "nobody deletes it");

    app.leave(Job::CopyDocument { certificate }).await;
    app.run_queue(Queue::Issue).await;
    let versions = bucket
        .client
        .list_object_versions()
        .bucket(&bucket.name)
        .send()
        .await
        .unwrap();
    assert_eq!(versions.versions().len(), 3, "a second run copies nothing again");
    let mut officer = app.signed_in(Who::Officer).await;
    assert!(
        officer
            .get(&format!("/certificates/{certificate}"))
            .await
            .text()
            .contains("Kept twice")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_does_not_lock_is_tried_again_and_then_a_person_looks() {
    let bucket = Bucketed::made(false).await;
    let (app, certificate) = copying(&bucket).await;
    app.leave(Job::CopyDocument { certificate }).await;
    let copies = |ended: Vec<(Job, Disposition)>| {
        let of_copy = ended
            .into_iter()
            .find(|(job, _)| *job == Job::CopyDocument { certificate });
        of_copy.expect("it is tried").1
    };
    for _ in 1..12 {
        assert!(matches!(
            copies(app.run_queue(Queue::Issue).await),
            Disposition::Retry { .. }
        ));
        app.clock.advance(Duration::from_secs(3_600));
    }
    let end = copies(app.run_queue(Queue::Issue).await);
    assert!(
        matches!(&end, Disposition::Park { why } if why.contains(&bucket.name)),
        "{end:?}"
    );
    let auditor = app.people.actor(Who::Auditor);
    assert_eq!(
        app.engine.document_copy(&auditor, certificate).await.unwrap(),
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_is_looked_at_and_a_failure_is_told_once() {
    let bucket = Bucketed::made(true).await;
    let (app, certificate) = copying(&bucket).await;
    app.leave(Job::ProbeStorage).await;
    app.run_queue(Queue::Issue).await;
    let auditor = app.people.actor(Who::Auditor);
    let seen = app.engine.storage_health(&auditor).await.unwrap().unwrap();
    let places: Vec<&str> = seen.looks.iter().map(|look| look.place.as_str()).collect();
    assert_eq!(
        (places, seen.failing().count()),
        (vec!["database", bucket.name.as_str()], 0)
    );
    app.run_queue(Queue::Issue).await;
    assert!(
        app.engine
            .document_copy(&auditor, certificate)
            .await
            .unwrap()
            .is_some(),
        "what was issued before is copied now"
    );

    let gone = Bucketed {
        settings: CopyTo {
            bucket: Bucket {
                bucket: format!("{}-gone", bucket.name),
                ..bucket.settings.bucket.clone()
            },
            ..bucket.settings.clone()
        },
        ..bucket
    };
    let (app, _) = copying(&gone).await;
    for _ in 0..3 {
        app.leave(Job::ProbeStorage).await;
        app.run_queue(Queue::Issue).await;
    }
    let told = app.mails_of("storage_failed").await;
    assert_eq!(told, 4, "two officers, an operator and an administrator, once");
    let operator = app.people.actor(Who::Operator);
    let tasks = app.engine.home(&operator).await.unwrap();
    assert!(
        tasks.iter().any(|task| task.object == "storage:certificates"),
        "{tasks:?}"
    );
    let mut browser = app.signed_in(Who::Operator).await;
    assert!(browser.get("/jobs").await.text().contains("Fails"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_those_concerned_says_that_a_place_fails_until_it_works_again() {
    const BANNER: &str = "Certificates may not be kept";
    const PLACE: &str = "s3://certificates";
    let (app, _) = with_certificate(Outside::default()).await;
    let told = async |who: Who, page: &str| {
        let page = app.signed_in(who).await.get(page).await;
        page.text().contains(BANNER)
    };
    app.leave(Job::ProbeStorage).await;
    app.run_queue(Queue::Issue).await;
    assert!(!told(Who::Operator, "/inventory").await, "nothing fails");
    let failing = StorageHealth {
        by: None,
        looked_at: app.engine.now(),
        looks: vec![StorageLook {
            place: PLACE.into(),
            failed: Some("what was written is not given back".into()),
        }],
    };
    let mut tx = app.engine.store().begin().await.unwrap();
    let text = serde_json::to_string(&failing).unwrap();
    tx.settings().note("storage_health", &text).await.unwrap();
    tx.commit().await.unwrap();
    for who in [Who::Operator, Who::Officer, Who::Administrator] {
        for page in ["/", "/requests", "/account"] {
            assert!(told(who, page).await, "{who:?} on {page}");
        }
    }
    for who in [Who::Tenant, Who::Counsel, Who::Auditor] {
        assert!(!told(who, "/requests").await, "{who:?} can do nothing about it");
    }
    let page = app.signed_in(Who::Operator).await.get("/inventory").await;
    assert!(page.text().contains(PLACE) && page.text().contains("is not given back"));
    app.leave(Job::ProbeStorage).await;
    app.run_queue(Queue::Issue).await;
    assert!(!told(Who::Operator, "/inventory").await, "it works again");
}

#[tokio::test]
async fn only_those_who_read_all_learn_where_copies_are() {
    let (app, certificate) = with_certificate(Outside::default()).await;
    for who in [Who::Tenant, Who::Operator] {
        let asked = app
            .engine
            .document_copy(&app.people.actor(who), certificate)
            .await;
        assert!(matches!(asked, Err(Error::Denied(_))));
    }
    let asked = app
        .engine
        .document_copy(&Actor::System("tests"), certificate)
        .await;
    assert_eq!(asked.unwrap(), None);
}
