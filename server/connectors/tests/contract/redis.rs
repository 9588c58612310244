//! Redis's own traps. Needs a server (package `redis-server`), told by its URL in LETHE_TEST_REDIS.

use std::sync::Arc;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::erase::EraseError;
use domain::port::probe::ProbeError;
use domain::secret::Secret;
use domain::selection::{RecordId, Side};
use redis::aio::MultiplexedConnection;

use crate::clocks::Real;
use crate::place::*;

fn server() -> String {
    std::env::var("LETHE_TEST_REDIS")
        .expect("LETHE_TEST_REDIS: URL of a user who may do all (package redis-server)")
}

/// Keys below a prefix, a user who may delete them and a user who may only look.
pub struct Keys {
    prefix: String,
}

const ERASE: &str = "+info +time +scan +unlink +eval";
const PROBE: &str = "+info +scan +exists";

impl Keys {
    async fn new() -> Self {
        let prefix = format!("t{}", uuid::Uuid::new_v4().simple());
        let place = Self { prefix };
        let mut db = place.db().await;
        for (user, rights) in [("erase", ERASE), ("probe", PROBE)] {
            let mut set = redis::cmd("ACL");
            set.arg("SETUSER")
                .arg(format!("{}_{user}", place.prefix))
                .arg("on")
                .arg(">secret")
                .arg("~*");
            rights.split(' ').for_each(|right| {
                set.arg(right);
            });
            let () = set.query_async(&mut db).await.unwrap();
        }
        place
    }

    async fn db(&self) -> MultiplexedConnection {
        let client = redis::Client::open(server()).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    fn url(&self, user: &str, password: &str) -> Secret {
        let server = server();
        let (_, host) = server
            .rsplit_once('@')
            .unwrap_or_else(|| server.rsplit_once("//").unwrap());
        Secret::new(format!("redis://{}_{user}:{password}@{host}", self.prefix))
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let client = redis::Client::open(server()).unwrap();
        let Ok(mut db) = client.get_connection() else {
            return;
        };
        let keys: Vec<Vec<u8>> = redis::cmd("KEYS")
            .arg(format!("{}*", self.prefix))
            .query(&mut db)
            .unwrap_or_default();
        for part in keys.chunks(1_000) {
            let _: Result<i64, _> = redis::cmd("UNLINK").arg(part).query(&mut db);
        }
        for user in ["erase", "probe"] {
            let _: Result<i64, _> = redis::cmd("ACL")
                .arg("DELUSER")
                .arg(format!("{}_{user}", self.prefix))
                .query(&mut db);
        }
    }
}

#[async_trait]
impl Place for Keys {
    fn system(&self) -> System {
        system(
            "redis",
            &[],
            &format!("{}[1]:{{tenant}}:{{usr}}:*", self.prefix),
            None,
        )
    }

    fn erase_secret(&self) -> Secret {
        self.url("erase", "secret")
    }

    fn probe_secret(&self) -> Secret {
        self.url("probe", "secret")
    }

    async fn put(&self, records: &[Record]) {
        let mut db = self.db().await;
        for part in records.chunks(1_000) {
            let mut sets = redis::pipe();
            for record in part {
                let id = uuid::Uuid::new_v4();
                sets.set(
                    format!("{}[1]:{}:{}:{id}", self.prefix, record.tenant, record.user),
                    "x",
                )
                .ignore();
            }
            let () = sets.query_async(&mut db).await.unwrap();
        }
    }

    fn without_container(&self) -> Option<System> {
        None
    }

    fn keeps_deadlines(&self) -> bool {
        true
    }
}

crate::contract!(Keys::new());

#[tokio::test]
async fn thousands_of_keys_go_and_thousands_of_neighbours_stay() {
    let place = Keys::new().await;
    place.put(&records("acme", 12_000)).await;
    place.put(&records("acm", 3_000)).await;
    place.put(&records("acme2", 3_000)).await;
    let acme = of_tenant(&place.system(), "acme");
    assert_eq!(counts(&place, &acme).await, (12_000, 0, 6_000));
    let ids = scan(&place, &acme, Side::Selected, 900).await;
    assert_eq!(ids.len(), 12_000);
    assert_eq!(erase_all(&place, &acme, 2_500).await, 12_000);
    assert_eq!(counts(&place, &acme).await, (0, 0, 6_000));
    assert_eq!(found(&place, &acme, &ids).await, vec![false; 12_000]);
}

#[tokio::test]
async fn a_value_that_reaches_over_its_place_is_refused() {
    let place = Keys::new().await;
    place
        .put(&[Record {
            tenant: "acme".into(),
            user: "u:1".into(),
        }])
        .await;
    let reaching = of_tenant(&place.system(), "acme:u");
    assert!(matches!(
        try_look(&place, &reaching, &[]).await,
        Err(ProbeError::Blind(_))
    ));
    let outcome = erase_by(&place, Arc::new(Real), &reaching, &chunk(None, 10)).await;
    assert!(matches!(outcome, Err(EraseError::Refused(_))));
    assert_eq!(counts(&place, &of_tenant(&place.system(), "acme")).await.0, 1);
}

#[tokio::test]
async fn keys_that_are_not_utf8_are_seen_and_go() {
    let place = Keys::new().await;
    let mut db = place.db().await;
    let mut key = format!("{}[1]:acme:u1:", place.prefix).into_bytes();
    key.extend_from_slice(b"\xff\x00\xfe");
    let () = redis::cmd("SET")
        .arg(&key)
        .arg("x")
        .query_async(&mut db)
        .await
        .unwrap();
    let acme = of_tenant(&place.system(), "acme");
    let ids = scan(&place, &acme, Side::Selected, 10).await;
    assert_eq!(found(&place, &acme, &ids).await, vec![true]);
    assert_eq!(erase_all(&place, &acme, 10).await, 1);
    assert_eq!(found(&place, &acme, &ids).await, vec![false]);
}

#[tokio::test]
async fn keys_of_every_type_go() {
    let place = Keys::new().await;
    let mut db = place.db().await;
    let prefix = format!("{}[1]:acme:u1:", place.prefix);
    let () = redis::pipe()
        .lpush(format!("{prefix}list"), "x")
        .hset(format!("{prefix}hash"), "f", "x")
        .sadd(format!("{prefix}set"), "x")
        .zadd(format!("{prefix}zset"), "x", 1)
        .ignore()
        .query_async(&mut db)
        .await
        .unwrap();
    assert_eq!(
        erase_all(&place, &of_tenant(&place.system(), "acme"), 10).await,
        4
    );
}

#[tokio::test]
async fn wrong_credentials_and_lacking_rights_are_blind_and_a_closed_port_is_unreachable() {
    use domain::port::erase::Erasers as _;
    use domain::port::probe::{Probes as _, Question};
    let place = Keys::new().await;
    place.put(&records("acme", 1)).await;
    let acme = of_tenant(&place.system(), "acme");
    let registry = connectors::registry::Registry::new(Arc::new(Real));
    let question = Question {
        ids: vec![RecordId("x".into())],
        controls: vec![],
        count: vec![Side::Selected],
    };
    let wrong = registry
        .probe(&place.system(), &place.url("probe", "wrong"))
        .unwrap();
    assert!(matches!(
        wrong.look(&acme, &question).await,
        Err(ProbeError::Blind(_))
    ));
    let nowhere = registry
        .probe(&place.system(), &Secret::new("redis://127.0.0.1:9"))
        .unwrap();
    assert!(matches!(
        nowhere.look(&acme, &question).await,
        Err(ProbeError::Unreachable(_))
    ));
    let reader = registry.eraser(&place.system(), &place.probe_secret()).unwrap();
    assert!(matches!(
        reader.erase(&acme, &chunk(None, 10)).await,
        Err(EraseError::Refused(_))
    ));
    assert_eq!(counts(&place, &acme).await.0, 1);
}
