//! Searching a restored system: its values are compared with the ledger by their keyed digests.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Actor, Permission};
use domain::id::{ReplayId, RequestId};
use domain::inventory::{Dataset, DatasetRef, Handling, InventoryVersion, System};
use domain::job::{Disposition, Leased};
use domain::port::probe::{Probe, Question};
use domain::replay::{Comparison, ErasedIdentity};
use domain::selection::{RecordId, Side, Target};
use domain::subject::{Identifier, TenantKey};

use crate::planning::Resolver;
use crate::{Engine, Error, controls};

/// What was erased, by tenant.
type Ledger = BTreeMap<TenantKey, Vec<ErasedIdentity>>;

/// What is there again of what one request erased.
#[derive(Default)]
pub(super) struct Traces {
    pub(super) datasets: BTreeSet<DatasetRef>,
    pub(super) identifiers: BTreeSet<Identifier>,
}

/// What is there again, by the request that erased it first.
pub(super) type Found = BTreeMap<RequestId, Traces>;

impl Engine {
    /// Searches a restored system, and opens a request for each identity that is there again.
    pub(crate) async fn search_restored(
        &self,
        actor: &Actor,
        leased: &Leased,
        id: ReplayId,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.read().await?;
        let replay = tx.replays().find(id).await?;
        let replay = replay.ok_or(Error::NotFound("that replay"))?;
        if replay.seen.is_some() {
            return Ok(Disposition::Done);
        }
        let inventory = tx.inventory().latest().await?;
        let inventory = inventory.ok_or(Error::NotFound("an inventory"))?;
        let mut ledger = Ledger::new();
        for tenant in tx.replays().tenants().await? {
            let erased = tx.replays().erased(&tenant).await?;
            ledger.insert(tenant, erased);
        }
        drop(tx);
        let (mut found, mut unclear) = (Found::new(), Vec::new());
        match inventory.system(&replay.system) {
            Some(system) if system.handling == Handling::Erase => {
                for dataset in &system.datasets {
                    match self.search_dataset(&inventory, system, dataset, &ledger).await {
                        Ok((seen, untold)) => {
                            for (of, traces) in seen {
                                let all = found.entry(of).or_default();
                                all.datasets.extend(traces.datasets);
                                all.identifiers.extend(traces.identifiers);
                            }
                            unclear.extend(untold);
                        }
                        Err(Error::NotNow(why)) => unclear.push(why),
                        Err(error) => match self.gives_up(&error, leased) {
                            Some(why) => unclear.push(format!("{}.{}: {why}", system.name, dataset.name)),
                            None => return Err(error),
                        },
                    }
                }
            }
            _ => unclear.push(format!(
                "{} is no longer a system of the inventory that is erased from",
                replay.system
            )),
        }
        let compared: BTreeSet<RequestId> = ledger.values().flatten().map(|one| one.request).collect();
        let seen = Comparison {
            at: self.now(),
            inventory: inventory.number,
            compared: compared.len() as u64,
            found: Vec::new(),
            unclear,
        };
        self.keep_comparison(actor, id, seen, found).await?;
        Ok(Disposition::Done)
    }

    /// What is there again in one dataset, and what of it could not be told. A dataset in which nothing of anybody is seen cannot be told from one that is not
    /// seen at all.
    async fn search_dataset(
        &self,
        inventory: &InventoryVersion,
        system: &System,
        dataset: &Dataset,
        ledger: &Ledger,
    ) -> Result<(Found, Vec<String>), Error> {
        let name = DatasetRef {
            system: system.name.clone(),
            dataset: dataset.name.clone(),
        };
        let (mut found, mut untold) = (Found::new(), Vec::new());
        let mut sees = None;
        for (tenant, erased) in ledger {
            let mut resolver = Resolver::of_tenant(self, inventory, tenant);
            let target = resolver.target(system, dataset).await?;
            if target.selection.tenant.any_of.is_empty() {
                untold.push(format!(
                    "{name}: whose records these are follows from another dataset, which does not know tenant {tenant} any more"
                ));
                continue;
            }
            let probe = resolver.probe(system)?;
            let of_whole = erased
                .iter()
                .filter(|one| one.identity.is_none())
                .map(|one| one.request);
            if let Some(of) = of_whole.max()
                && any(&*probe, &target).await?
            {
                found.entry(of).or_default().datasets.insert(name.clone());
            }
            let strangers = self.known_otherwise(&name, dataset, erased).await?;
            if strangers > 0 {
                untold.push(format!(
                    "{name}: {strangers} of the people who were erased from tenant {tenant} are known by other identifiers than \
                     those by which this dataset, which their runs did not know, finds people"
                ));
            }
            for (of, identifier) in self.persons_again(&*probe, &target, erased).await? {
                let traces = found.entry(of).or_default();
                traces.datasets.insert(name.clone());
                traces.identifiers.insert(identifier);
            }
            if sees.is_none() {
                sees = Some((probe, target));
            }
        }
        match sees {
            Some((probe, target))
                if found.is_empty() && !sees_anything(&*probe, &target, dataset).await? =>
            {
                untold.push(format!(
                    "{name}: the probe sees no records of anybody, neither the canary nor other tenants': an empty dataset \
                     cannot be told from one that it does not see. Plant a canary record"
                ));
            }
            _ => {}
        }
        Ok((found, untold))
    }

    /// How many erased people the dataset cannot be searched for: it finds people by identifiers that the ledger does not hold of
    /// them, because the dataset was not in the inventory by which they were erased.
    async fn known_otherwise(
        &self,
        name: &DatasetRef,
        dataset: &Dataset,
        erased: &[ErasedIdentity],
    ) -> Result<usize, Error> {
        if dataset.locator.subject.is_empty() {
            return Ok(0);
        }
        let mut kinds: BTreeMap<RequestId, bool> = BTreeMap::new();
        for one in erased {
            if let Some(identity) = &one.identity {
                let mut matches = dataset.locator.subject.iter();
                let told = matches.any(|one| one.identifier == identity.kind);
                *kinds.entry(one.request).or_default() |= told;
            }
        }
        kinds.retain(|_, told| !*told);
        if kinds.is_empty() {
            return Ok(0);
        }
        let mut strangers = 0;
        let mut tx = self.ports.store.read().await?;
        for request in kinds.into_keys() {
            let plans = tx.plans().of_request(request).await?;
            let knew = plans.iter().any(|plan| plan.part(name).is_some());
            strangers += usize::from(!knew);
        }
        Ok(strangers)
    }

    /// Values of a tenant's records whose keyed digests are in the ledger, each with the request that erased the person.
    async fn persons_again(
        &self,
        probe: &dyn Probe,
        target: &Target,
        erased: &[ErasedIdentity],
    ) -> Result<Vec<(RequestId, Identifier)>, Error> {
        let mut persons = BTreeMap::new();
        for one in erased {
            if let Some(identity) = &one.identity {
                persons.insert(identity, one.request);
            }
        }
        let mut again = Vec::new();
        for one in &target.locator.subject {
            if !persons.keys().any(|person| person.kind == one.identifier) {
                continue;
            }
            let values = probe.values(target, &one.field).await.map_err(Error::Probe)?;
            for identifier in values
                .iter()
                .filter_map(|value| Identifier::new(&one.identifier, value).ok())
            {
                let digests = self.digests(std::slice::from_ref(&identifier))?;
                let of = digests.iter().find_map(|digest| persons.get(digest));
                again.extend(of.map(|of| (*of, identifier)));
            }
        }
        Ok(again)
    }
}

/// Whether a selection has any records.
async fn any(probe: &dyn Probe, target: &Target) -> Result<bool, Error> {
    let page = probe.scan(target, Side::Selected, None, 1).await;
    Ok(!page.map_err(Error::Probe)?.ids.is_empty())
}

/// The canary is found, or a record of another tenant is, by the lookup that finds single records (V5).
async fn sees_anything(probe: &dyn Probe, target: &Target, dataset: &Dataset) -> Result<bool, Error> {
    if let Some(canary) = &dataset.canary {
        let question = Question {
            ids: Vec::new(),
            controls: vec![RecordId(canary.clone())],
            count: Vec::new(),
        };
        let sighting = probe.look(target, &question).await.map_err(Error::Probe)?;
        return Ok(sighting.controls == [true]);
    }
    let other = controls::fresh(probe, target).await.map_err(Error::Probe)?;
    Ok(other.is_some())
}
