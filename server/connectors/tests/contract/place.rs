//! A place of one kind, fresh for one test, and what tests do in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connectors::registry::Registry;
use domain::inventory::{Dataset, DatasetRef, Handling, Limits, Locator, Match, Slug, System};
use domain::port::erase::{Chunk, EraseError, Erased, Erasers as _};
use domain::port::probe::{Probe, ProbeError, Probes as _, Question, Sighting};
use domain::secret::Secret;
use domain::selection::{Criterion, Exclusion, RecordId, Selection, Side, Target};
use domain::subject::Normalisation;
use domain::time::{Clock, Timestamp};

use crate::clocks::Real;

/// A record to put somewhere: whose it is.
#[derive(Clone)]
pub struct Record {
    pub tenant: String,
    pub user: String,
}

/// `count` records of a tenant, of users `u0`, `u1`, `u2` in turn.
pub fn records(tenant: &str, count: usize) -> Vec<Record> {
    (0..count)
        .map(|n| Record {
            tenant: tenant.into(),
            user: format!("u{}", n % 3),
        })
        .collect()
}

/// A place of one kind.
#[async_trait]
pub trait Place: Send + Sync {
    /// The system, with one dataset `records` whose fields are `tenant` and `usr`.
    fn system(&self) -> System;
    fn erase_secret(&self) -> Secret;
    fn probe_secret(&self) -> Secret;
    /// Puts records there by the system's own means.
    async fn put(&self, records: &[Record]);
    /// The same system with a container that is not there, where the kind knows such a thing.
    fn without_container(&self) -> Option<System>;
    /// The deadline is kept by the system itself, too.
    fn keeps_deadlines(&self) -> bool;
}

/// A system with one dataset.
pub fn system(kind: &str, config: &[(&str, &str)], container: &str, id: Option<&str>) -> System {
    let by = |identifier: &str, field: &str| Match {
        identifier: identifier.into(),
        field: field.into(),
        normalise: Normalisation::Exact,
        lookup: None,
    };
    let locator = Locator {
        container: container.into(),
        id: id.map(str::to_owned),
        tenant: by("tenant_key", "tenant"),
        subject: vec![by("user_id", "usr")],
        created: None,
    };
    System {
        name: Slug::parse("place").unwrap(),
        title: "Place".into(),
        kind: kind.into(),
        owner: "tests".into(),
        location: "DE".into(),
        processor: None,
        handling: Handling::Erase,
        settle_seconds: 0,
        limits: Limits::default(),
        config: config
            .iter()
            .map(|(key, value)| ((*key).to_owned(), serde_json::Value::from(*value)))
            .collect::<BTreeMap<_, _>>(),
        datasets: vec![Dataset {
            name: Slug::parse("records").unwrap(),
            locator,
            categories: BTreeSet::from(["contact".to_owned()]),
            canary: None,
        }],
        erase_credential: None,
        probe_credential: None,
        shared_credential: false,
    }
}

pub fn exact(field: &str, values: &[&str]) -> Criterion {
    let any_of = values.iter().map(|value| (*value).to_owned()).collect();
    Criterion {
        field: field.into(),
        any_of,
        normalise: Normalisation::Exact,
    }
}

pub fn lower(field: &str, value: &str) -> Criterion {
    Criterion {
        normalise: Normalisation::Lower,
        ..exact(field, &[value])
    }
}

/// The whole tenant.
pub fn of_tenant(system: &System, tenant: &str) -> Target {
    target(
        system,
        Selection {
            tenant: exact("tenant", &[tenant]),
            subject: vec![],
            except: vec![],
        },
    )
}

pub fn target(system: &System, selection: Selection) -> Target {
    let dataset = DatasetRef {
        system: system.name.clone(),
        dataset: system.datasets[0].name.clone(),
    };
    Target {
        dataset,
        locator: system.datasets[0].locator.clone(),
        selection,
    }
}

pub fn withholding(mut target: Target, except: Criterion) -> Target {
    target.selection.except.push(Exclusion::AnyOf(vec![except]));
    target
}

pub fn chunk(after: Option<domain::port::erase::Cursor>, limit: u32) -> Chunk {
    Chunk {
        after,
        limit,
        deadline: in_a_minute(),
    }
}

pub fn in_a_minute() -> Timestamp {
    Real.now().after(Duration::from_secs(60))
}

pub fn in_millis(millis: u64) -> Timestamp {
    Real.now().after(Duration::from_millis(millis))
}

/// Erases one chunk through the registry, by a clock.
pub async fn erase_by(
    place: &dyn Place,
    clock: Arc<dyn Clock>,
    target: &Target,
    chunk: &Chunk,
) -> Result<Erased, EraseError> {
    let eraser = Registry::new(clock)
        .eraser(&place.system(), &place.erase_secret())
        .unwrap();
    eraser.erase(target, chunk).await
}

/// Erases all chunks of a size; each by an eraser of its own, as after a restart.
pub async fn erase_all(place: &dyn Place, target: &Target, size: u32) -> u64 {
    let (mut reported, mut after) = (0, None);
    loop {
        let erased = erase_by(place, Arc::new(Real), target, &chunk(after, size))
            .await
            .unwrap();
        assert!(
            erased.reported <= size.into(),
            "a chunk is not larger than its limit"
        );
        reported += erased.reported;
        match erased.next {
            None => return reported,
            next => after = next,
        }
    }
}

pub fn probe(place: &dyn Place) -> Arc<dyn Probe> {
    Registry::new(Arc::new(Real))
        .probe(&place.system(), &place.probe_secret())
        .unwrap()
}

/// Every id of a side, by pages of a size.
pub async fn scan(place: &dyn Place, target: &Target, side: Side, size: u32) -> Vec<RecordId> {
    let probe = probe(place);
    let (mut ids, mut after): (Vec<RecordId>, Option<String>) = (vec![], None);
    loop {
        let page = probe.scan(target, side, after.as_deref(), size).await.unwrap();
        assert!(page.ids.len() <= size as usize);
        ids.extend(page.ids);
        match page.next {
            None => return ids,
            next => after = next,
        }
    }
}

pub async fn try_look(place: &dyn Place, target: &Target, ids: &[RecordId]) -> Result<Sighting, ProbeError> {
    let question = Question {
        ids: ids.to_vec(),
        controls: vec![],
        count: vec![],
    };
    probe(place).look(target, &question).await
}

/// Whether each id is there.
pub async fn found(place: &dyn Place, target: &Target, ids: &[RecordId]) -> Vec<bool> {
    try_look(place, target, ids).await.unwrap().found
}

/// Selected, withheld, others.
pub async fn counts(place: &dyn Place, target: &Target) -> (u64, u64, u64) {
    let count = vec![Side::Selected, Side::Withheld, Side::Others];
    let seen = probe(place)
        .look(
            target,
            &Question {
                ids: vec![],
                controls: vec![],
                count,
            },
        )
        .await
        .unwrap();
    (
        seen.counts[0].unwrap(),
        seen.counts[1].unwrap(),
        seen.counts[2].unwrap(),
    )
}
