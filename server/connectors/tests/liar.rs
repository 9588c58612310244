//! Each lie does what it says it does, over a store in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use connectors::liar::LyingRegistry;
use domain::inventory::{DatasetRef, Handling, Limits, Locator, Match, Slug, System};
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Erase, EraseError, Erased, Erasers};
use domain::port::probe::{
    BackupProbe, Capabilities, Page, Probe, ProbeError, Probes, Question, Sighting, Survey,
};
use domain::secret::Secret;
use domain::selection::{Criterion, Exclusion, RecordId, Selection, Side, Target};
use domain::subject::Normalisation;
use domain::time::Timestamp;
use serde_json::{Value, json};

/// Records by id: tenant and user.
#[derive(Default)]
struct Store(Mutex<BTreeMap<String, (String, String)>>);

impl Store {
    fn side(target: &Target, (tenant, user): &(String, String)) -> Side {
        let held = target.selection.except.iter().any(
            |exclusion| matches!(exclusion, Exclusion::AnyOf(criteria) if criteria[0].any_of.contains(user)),
        );
        match (target.selection.tenant.any_of.contains(tenant), held) {
            (false, _) => Side::Others,
            (true, true) => Side::Withheld,
            (true, false) => Side::Selected,
        }
    }

    fn ids(&self, target: &Target, side: Side) -> Vec<RecordId> {
        let records = self.0.lock().unwrap();
        let on_side = records
            .iter()
            .filter(|(_, record)| Self::side(target, record) == side);
        on_side.map(|(id, _)| RecordId(id.clone())).collect()
    }
}

#[async_trait]
impl Erase for Store {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        if chunk.deadline <= Timestamp::from_microsecond(1) {
            return Err(EraseError::TooLate);
        }
        let ids = self.ids(target, Side::Selected);
        let ids = &ids[..ids.len().min(chunk.limit.try_into().unwrap())];
        self.0
            .lock()
            .unwrap()
            .retain(|id, _| !ids.contains(&RecordId(id.clone())));
        Ok(Erased {
            reported: ids.len().try_into().unwrap(),
            next: None,
            method: "honest".to_owned(),
        })
    }
}

#[async_trait]
impl Probe for Store {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            exact_count: true,
            exclude_records: true,
            exclude_dates: false,
            others: true,
            level: "memory",
        }
    }

    async fn survey(&self, _: &Target) -> Result<Survey, ProbeError> {
        Ok(Survey {
            container_found: true,
            siblings: vec![],
            fields: vec![],
            notes: vec![],
        })
    }

    async fn scan(&self, target: &Target, side: Side, _: Option<&str>, _: u32) -> Result<Page, ProbeError> {
        Ok(Page {
            ids: self.ids(target, side),
            tenants: vec![],
            next: None,
        })
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let there: BTreeSet<String> = self.0.lock().unwrap().keys().cloned().collect();
        let find = |ids: &[RecordId]| ids.iter().map(|id| there.contains(&id.0)).collect();
        let count = |side: &Side| Some(self.ids(target, *side).len().try_into().unwrap());
        Ok(Sighting {
            found: find(&question.ids),
            controls: find(&question.controls),
            counts: question.count.iter().map(count).collect(),
        })
    }

    async fn values(&self, _: &Target, _: &str) -> Result<Vec<String>, ProbeError> {
        Ok(vec![])
    }

    fn place_behind(&self, _target: &Target, _id: &RecordId) -> Option<String> {
        None
    }

    fn native_query(&self, _: &Target, _: &RecordId) -> String {
        String::new()
    }
}

struct Stores(Arc<Store>);

impl Erasers for Stores {
    fn eraser(&self, system: &System, _: &Secret) -> Result<Arc<dyn Erase>, ConnectorError> {
        assert_eq!(
            system.config.len(),
            0,
            "the real connector is told nothing of lies"
        );
        Ok(Arc::clone(&self.0) as Arc<dyn Erase>)
    }
}

impl Probes for Stores {
    fn check(&self, _: &System) -> Result<(), ConnectorError> {
        Ok(())
    }

    fn probe(&self, _: &System, _: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
        Ok(Arc::clone(&self.0) as Arc<dyn Probe>)
    }

    fn backups(&self, system: &System, _: &Secret) -> Result<Arc<dyn BackupProbe>, ConnectorError> {
        Err(ConnectorError::NoSuchHalf {
            kind: system.kind.clone(),
            what: "be asked for backups",
        })
    }

    fn version(&self, kind: &str) -> String {
        kind.to_owned()
    }
}

/// Four records of acme, one of them held, and two of globex, in a system that is told a lie.
struct World {
    store: Arc<Store>,
    registry: LyingRegistry<Stores>,
    system: System,
}

impl World {
    fn told(settings: Value) -> Self {
        let store = Arc::new(Store::default());
        for (id, tenant, user) in [
            ("1", "acme", "ada"),
            ("2", "acme", "ada"),
            ("3", "acme", "bob"),
            ("4", "acme", "held"),
            ("5", "globex", "eve"),
            ("6", "globex", "eve"),
        ] {
            store
                .0
                .lock()
                .unwrap()
                .insert(id.to_owned(), (tenant.to_owned(), user.to_owned()));
        }
        let system = System {
            name: Slug::parse("crm").unwrap(),
            title: "CRM".to_owned(),
            kind: "memory".to_owned(),
            owner: "sales".to_owned(),
            location: "IE".to_owned(),
            processor: None,
            handling: Handling::Erase,
            settle_seconds: 0,
            limits: Limits::default(),
            config: serde_json::from_value(settings).unwrap(),
            datasets: vec![],
            erase_credential: None,
            probe_credential: None,
            shared_credential: false,
        };
        Self {
            registry: LyingRegistry::new(Arc::new(Stores(Arc::clone(&store)))),
            store,
            system,
        }
    }

    fn target() -> Target {
        let criterion = |field: &str, value: &str| Criterion {
            field: field.to_owned(),
            any_of: vec![value.to_owned()],
            normalise: Normalisation::Exact,
        };
        let matched = |field: &str| Match {
            identifier: field.to_owned(),
            field: field.to_owned(),
            normalise: Normalisation::Exact,
            lookup: None,
        };
        Target {
            dataset: DatasetRef {
                system: Slug::parse("crm").unwrap(),
                dataset: Slug::parse("users").unwrap(),
            },
            locator: Locator {
                container: "users".to_owned(),
                id: None,
                tenant: matched("tenant"),
                subject: vec![],
                created: None,
            },
            selection: Selection {
                tenant: criterion("tenant", "acme"),
                subject: vec![],
                except: vec![Exclusion::AnyOf(vec![criterion("user", "held")])],
            },
        }
    }

    async fn erase(&self) -> Erased {
        let chunk = Chunk {
            after: None,
            limit: 100,
            deadline: Timestamp::from_microsecond(1_000_000),
        };
        let eraser = self.registry.eraser(&self.system, &Secret::new("")).unwrap();
        eraser.erase(&Self::target(), &chunk).await.unwrap()
    }

    async fn look(&self) -> Result<Sighting, ProbeError> {
        let question = Question {
            ids: vec![RecordId("1".to_owned())],
            controls: vec![RecordId("5".to_owned())],
            count: vec![Side::Selected, Side::Withheld],
        };
        self.registry
            .probe(&self.system, &Secret::new(""))
            .unwrap()
            .look(&Self::target(), &question)
            .await
    }

    /// The ids that are really there.
    fn left(&self) -> String {
        self.store.0.lock().unwrap().keys().cloned().collect()
    }
}

#[tokio::test]
async fn without_a_lie_everything_is_passed_on() {
    let world = World::told(json!({}));
    assert_eq!((world.erase().await.reported, world.left().as_str()), (3, "456"));
    assert_eq!(world.look().await.unwrap().counts, [Some(0), Some(1)]);
}

#[tokio::test]
async fn erasers_report_success_whatever_they_did() {
    for (settings, left) in [
        (json!({"lie": "deletes_nothing"}), "123456"),
        (json!({"lie": "error_inside200"}), "123456"),
        (json!({"lie": "deletes_half", "lie_records": 2}), "3456"),
        (
            json!({"lie": "deletes_wrong_tenant", "lie_tenant": "globex"}),
            "1234",
        ),
        (json!({"lie": "deletes_too_much", "lie_tenant": "globex"}), "4"),
        (json!({"lie": "deletes_held"}), "56"),
        (json!({"lie": "deletes_late", "lie_delay_ms": 60_000}), "123456"),
        (json!({"lie": "only_unlinks"}), "123456"),
    ] {
        let world = World::told(settings.clone());
        let report = world.erase().await;
        assert_eq!((world.left().as_str(), report.next), (left, None), "{settings}");
        assert!(report.reported > 0);
    }
}

#[tokio::test]
async fn a_lie_can_end_after_some_runs() {
    let world = World::told(json!({"lie": "deletes_nothing", "lie_attempts": 2}));
    world.erase().await;
    world.erase().await;
    assert_eq!(world.left(), "123456");
    world.erase().await;
    assert_eq!(world.left(), "456");
    assert_eq!(world.registry.memory().runs(&World::target().dataset), 3);
}

#[tokio::test]
async fn a_late_deletion_comes() {
    let world = World::told(json!({"lie": "deletes_late", "lie_delay_ms": 20}));
    world.erase().await;
    assert_eq!(world.left(), "123456");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(world.left(), "456");
}

#[tokio::test]
async fn unlinking_is_what_the_test_makes_it() {
    let World {
        store,
        registry,
        system,
    } = World::told(json!({"lie": "only_unlinks"}));
    let of = Arc::clone(&store);
    let registry = registry.with_unlink(Arc::new(move |_| {
        let of = Arc::clone(&of);
        Box::pin(async move {
            of.0.lock()
                .unwrap()
                .values_mut()
                .for_each(|record| record.0 = String::new())
        })
    }));
    let world = World {
        store,
        registry,
        system,
    };

    world.erase().await;

    let seen = world.look().await.unwrap();
    assert_eq!((seen.counts[0], seen.found), (Some(0), vec![true]));
}

#[tokio::test]
async fn probes_lie_after_so_many_looks() {
    let honest = ([Some(3), Some(1)], true, true);
    for (lie, expected) in [
        ("loses_index", Some(([Some(0), Some(1)], true, true))),
        ("sees_nothing", Some(([Some(0), Some(0)], false, false))),
        ("counts_from_cache", Some(([Some(3), Some(1)], false, true))),
        ("goes_blind", None),
    ] {
        let world = World::told(json!({"lie": lie, "lie_looks": 1}));
        let flat = |seen: Sighting| ([seen.counts[0], seen.counts[1]], seen.found[0], seen.controls[0]);
        assert_eq!(flat(world.look().await.unwrap()), honest, "{lie}");
        if lie == "counts_from_cache" {
            world.erase().await;
        }
        assert_eq!(world.look().await.ok().map(flat), expected, "{lie}");
        let probe = world.registry.probe(&world.system, &Secret::new("")).unwrap();
        let page = probe.scan(&World::target(), Side::Selected, None, 10).await.ok();
        let listed = page.map(|page| page.ids.len());
        assert_eq!(listed, if lie == "goes_blind" { None } else { Some(0) }, "{lie}");
    }
}

#[test]
fn a_lie_that_nobody_knows_is_refused() {
    for settings in [
        json!({"lie": "fibs"}),
        json!({"lie": "deletes_too_much"}),
        json!({"lie": "deletes_half", "lie_records": -1}),
    ] {
        let world = World::told(settings);
        assert!(matches!(
            Probes::check(&world.registry, &world.system),
            Err(ConnectorError::Config { .. })
        ));
    }
}
