//! What a hold would do, before it is placed: in numbers, and without writing anything.

use domain::actor::{Actor, Permission};
use domain::id::RequestId;
use domain::inventory::{Category, DatasetRef, SystemName};
use domain::port::store::Tx;
use domain::request::{ErasureRequest, Stage};
use domain::scope::{Cover, KeepScope, Place, RequestScope, TenantScope};
use domain::subject::TenantKey;
use serde::Serialize;
use std::collections::BTreeSet;

use crate::holds::NewHold;
use crate::{Engine, Error};

/// What a hold would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Open requests of which everything would be kept: they would wait.
    pub stopped: Vec<Touched>,
    /// Open requests of which parts would be kept: the rest would go on.
    pub in_part: Vec<Touched>,
    /// Chunks that are being erased now and that it covers: they end, and none follows.
    pub in_flight: u64,
    /// The systems of the present inventory of which it keeps something.
    pub systems: Vec<CoveredSystem>,
    /// The tenant is not registered: the hold would stand for when it is.
    pub unknown_tenant: bool,
}

/// A request that a hold would touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Touched {
    /// Which.
    pub request: RequestId,
    /// Of which tenant.
    pub tenant: TenantKey,
    /// The word of its state.
    pub state: &'static str,
    /// The datasets that would be kept, wholly or in part.
    pub datasets: Vec<DatasetRef>,
    /// Erasure has begun already: what is gone stays gone.
    pub touched: bool,
}

/// A system of which a hold keeps something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoveredSystem {
    /// Which.
    pub system: SystemName,
    /// What people call it.
    pub title: String,
    /// The datasets that are kept, wholly or in part.
    pub datasets: Vec<DatasetRef>,
    /// Every dataset of it is.
    pub all: bool,
}

impl Engine {
    /// What a hold would stop if it were placed now.
    pub async fn hold_preview(&self, actor: &Actor, hold: &NewHold) -> Result<Preview, Error> {
        actor.require(Permission::ManageHolds)?;
        let scope = self.scope(hold.scope.clone())?;
        let mut tx = self.ports.store.read().await?;
        let tx = &mut *tx;
        let mut preview = Preview {
            stopped: Vec::new(),
            in_part: Vec::new(),
            in_flight: self.covered_chunks(tx, &scope).await?,
            systems: covered_systems(tx, &scope).await?,
            unknown_tenant: match &scope.tenant {
                TenantScope::Any => false,
                TenantScope::One(key) => tx.tenants().find_by_key(key).await?.is_none(),
            },
        };
        for request in tx.requests().open().await? {
            let (kept, of) = kept_of(tx, &request, &scope).await?;
            if kept.is_empty() {
                continue;
            }
            let whole = kept.iter().filter(|(_, cover)| *cover == Cover::Whole).count() == of;
            let touched = Touched {
                request: request.id,
                tenant: request.tenant_key.clone(),
                state: request.state_word(),
                datasets: kept.into_iter().map(|(dataset, _)| dataset).collect(),
                touched: request.touched,
            };
            match whole {
                true => preview.stopped.push(touched),
                false => preview.in_part.push(touched),
            }
        }
        Ok(preview)
    }

    async fn covered_chunks(&self, tx: &mut dyn Tx, scope: &KeepScope) -> Result<u64, Error> {
        let mut covered = 0;
        for attempt in tx.attempts().in_flight(None, self.now()).await? {
            let Some(step) = tx.attempts().find_step(attempt.step).await? else {
                continue;
            };
            let plan = tx.plans().find(step.plan).await?;
            let request = tx.requests().find(attempt.request).await?;
            let (Some(plan), Some(request)) = (plan, request) else {
                continue;
            };
            let Some(part) = plan.part(&attempt.dataset) else {
                continue;
            };
            let place = Place {
                system: &attempt.dataset.system,
                categories: &part.categories,
            };
            covered += u64::from(scope.covers(request.wanted(&plan.digests), place) != Cover::None);
        }
        Ok(covered)
    }
}

/// Which datasets of a request a scope keeps, and of how many. By its plan, else by the present inventory.
async fn kept_of(
    tx: &mut dyn Tx,
    request: &ErasureRequest,
    scope: &KeepScope,
) -> Result<(Vec<(DatasetRef, Cover)>, usize), Error> {
    if request.stage == Stage::Closed || request.stage.is_end() {
        return Ok((Vec::new(), 0));
    }
    let plan = match request.plan {
        Some(plan) => tx.plans().find(plan).await?,
        None => None,
    };
    let (places, digests) = match plan {
        Some(plan) => {
            let wanted = |action| !matches!(action, domain::plan::Action::NoPersonalRecords);
            let parts = plan.parts().filter(|(_, part)| wanted(part.action));
            let places: Vec<(SystemName, _, BTreeSet<Category>)> = parts
                .map(|(entry, part)| {
                    (
                        entry.system.clone(),
                        part.dataset.clone(),
                        part.categories.clone(),
                    )
                })
                .collect();
            (places, plan.digests)
        }
        None => {
            let inventory = tx.inventory().latest().await?;
            let systems = inventory.into_iter().flat_map(|version| version.systems);
            let person = request.scope == RequestScope::Subject;
            let mut places = Vec::new();
            for system in systems {
                for dataset in system.datasets {
                    if !person || !dataset.locator.subject.is_empty() {
                        places.push((system.name.clone(), dataset.name, dataset.categories));
                    }
                }
            }
            (places, request.digests.clone())
        }
    };
    let of = places.len();
    let kept = places.into_iter().filter_map(|(system, dataset, categories)| {
        let place = Place {
            system: &system,
            categories: &categories,
        };
        let cover = scope.covers(request.wanted(&digests), place);
        (cover != Cover::None).then(|| {
            (
                DatasetRef {
                    system: system.clone(),
                    dataset,
                },
                cover,
            )
        })
    });
    Ok((kept.collect(), of))
}

async fn covered_systems(tx: &mut dyn Tx, scope: &KeepScope) -> Result<Vec<CoveredSystem>, Error> {
    let inventory = tx.inventory().latest().await?;
    let systems = inventory.into_iter().flat_map(|version| version.systems);
    let covered = systems.filter_map(|system| {
        let named = scope.systems.is_empty() || scope.systems.contains(&system.name);
        let kept = system.datasets.iter().filter(|dataset| {
            named && (scope.categories.is_empty() || !scope.categories.is_disjoint(&dataset.categories))
        });
        let datasets: Vec<DatasetRef> = kept
            .map(|dataset| DatasetRef {
                system: system.name.clone(),
                dataset: dataset.name.clone(),
            })
            .collect();
        (!datasets.is_empty()).then_some(CoveredSystem {
            all: datasets.len() == system.datasets.len(),
            system: system.name,
            title: system.title,
            datasets,
        })
    });
    Ok(covered.collect())
}
