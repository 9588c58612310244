//! Searching a restored system: its values are compared with the ledger by their keyed digests.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::{ReplayId, RequestId};
use domain::inventory::{Dataset, DatasetRef, Handling, InventoryVersion, System};
use domain::job::{Disposition, Job, Leased};
use domain::port::probe::{Probe, Question};
use domain::port::store::Tx;
use domain::replay::{Again, Comparison, ErasedIdentity, FoundAgain, Replay};
use domain::request::{ErasureRequest, Stage};
use domain::retention::due_on;
use domain::scope::RequestScope;
use domain::selection::{RecordId, Side, Target};
use domain::subject::{Identifier, TenantKey};
use serde_json::json;

use crate::planning::Resolver;
use crate::{Engine, Error, controls};

/// What was erased, by tenant.
type Ledger = BTreeMap<TenantKey, Vec<ErasedIdentity>>;

/// What is there again of what one request erased.
#[derive(Default)]
struct Traces {
    datasets: BTreeSet<DatasetRef>,
    identifiers: BTreeSet<Identifier>,
}

/// What is there again, by the request that erased it first.
type Found = BTreeMap<RequestId, Traces>;

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
                        Ok(seen) => seen.into_iter().for_each(|(of, traces)| {
                            let all = found.entry(of).or_default();
                            all.datasets.extend(traces.datasets);
                            all.identifiers.extend(traces.identifiers);
                        }),
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

    /// What is there again in one dataset. A dataset in which nothing of anybody is seen cannot be told from one that is not
    /// seen at all.
    async fn search_dataset(
        &self,
        inventory: &InventoryVersion,
        system: &System,
        dataset: &Dataset,
        ledger: &Ledger,
    ) -> Result<Found, Error> {
        let name = DatasetRef {
            system: system.name.clone(),
            dataset: dataset.name.clone(),
        };
        let mut found = Found::new();
        let mut sees = None;
        for (tenant, erased) in ledger {
            let mut resolver = Resolver::of_tenant(self, inventory, tenant);
            let target = resolver.target(system, dataset).await?;
            if target.selection.tenant.any_of.is_empty() {
                return Err(Error::NotNow(format!(
                    "{name}: whose records these are follows from another dataset, which does not know tenant {tenant} any more"
                )));
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
                Err(Error::NotNow(format!(
                    "{name}: the probe sees no records of anybody, neither the canary nor other tenants': an empty dataset \
                     cannot be told from one that it does not see. Plant a canary record"
                )))
            }
            _ => Ok(found),
        }
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

    /// Writes down what was seen, and opens the requests that erase it again.
    async fn keep_comparison(
        &self,
        actor: &Actor,
        id: ReplayId,
        seen: Comparison,
        found: Found,
    ) -> Result<(), Error> {
        let mut tx = self.ports.store.begin().await?;
        let replay = tx.replays().find(id).await?;
        let replay = replay.ok_or(Error::NotFound("that replay"))?;
        if replay.seen.is_some() {
            return Ok(());
        }
        let mut again = Vec::new();
        for (of, traces) in found {
            let request = match self.still_open(&mut *tx, actor, &replay, of).await? {
                Some(request) => request,
                None => self.open_again(&mut *tx, actor, &replay, of, &traces).await?,
            };
            again.push(FoundAgain {
                of,
                request,
                datasets: traces.datasets,
            });
        }
        let ended_at = again.is_empty().then_some(seen.at);
        let details = json!({ "inventory": seen.inventory, "compared": seen.compared, "found": again.len(),
            "unclear": seen.unclear.len(), "ended": ended_at.is_some() });
        let replay = Replay {
            seen: Some(Comparison { found: again, ..seen }),
            ended_at,
            ..replay
        };
        tx.replays().update(&replay).await?;
        let event = Event::new("replay.searched", format!("replay:{id}"), details);
        self.log(&mut *tx, actor, event).await?;
        Ok(tx.commit().await?)
    }

    /// The request of an earlier replay that has the same to erase and has not ended. One that only waits for what is kept
    /// is planned afresh: the restore may have brought more.
    async fn still_open(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        replay: &Replay,
        of: RequestId,
    ) -> Result<Option<RequestId>, Error> {
        let same = |again: &Again| again.of == of && again.system == replay.system;
        let open = tx.requests().open().await?;
        let Some(request) = open
            .into_iter()
            .find(|request| request.again.as_ref().is_some_and(same))
        else {
            return Ok(None);
        };
        let id = request.id;
        if request.stage == Stage::Verified {
            tx.requests().update(&request.replan()?).await?;
            let event = Event::new(
                "request.replanned",
                format!("request:{id}"),
                json!({ "why": "the system was restored again" }),
            );
            self.log(tx, actor, event).await?;
            tx.jobs().enqueue(&Job::Plan { request: id }, self.now()).await?;
        }
        Ok(Some(id))
    }

    /// Opens the request that erases again what another one erased. Whose it is was confirmed then.
    async fn open_again(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        replay: &Replay,
        of: RequestId,
        traces: &Traces,
    ) -> Result<RequestId, Error> {
        let first = tx.requests().find(of).await?;
        let first = first.ok_or(Error::NotFound("a request of the ledger"))?;
        let now = self.now();
        let id = RequestId::new(now, self.random());
        let key = self.ports.vault.new_key(&format!("request:{id}"))?;
        let identifiers: Vec<Identifier> = match first.scope {
            RequestScope::Subject => traces.identifiers.iter().cloned().collect(),
            RequestScope::Tenant { .. } => Vec::new(),
        };
        let request = ErasureRequest {
            id,
            channel: "replay".into(),
            identifiers: Some(self.seal_under(&key, "identifiers", &identifiers)?),
            key: Some(key),
            digests: self.digests(&identifiers)?,
            opened_by: Some(replay.asked_by),
            received_at: now,
            due_on: due_on(now, &self.policy.zone)?,
            extension: None,
            stage: Stage::IdentityConfirmed,
            aside: None,
            plan: None,
            approval: None,
            starts_at: None,
            round: 0,
            touched: false,
            ending: None,
            certificate: None,
            again: Some(Again {
                replay: replay.id,
                system: replay.system.clone(),
                of,
            }),
            closed_at: None,
            destroyed_at: None,
            version: 1,
            ..first
        };
        tx.requests().insert(&request).await?;
        let details = json!({ "tenant": request.tenant, "replay": replay.id, "again": of });
        let event = Event::new("request.opened", format!("request:{id}"), details);
        self.log(tx, actor, event).await?;
        tx.jobs().enqueue(&Job::Plan { request: id }, now).await?;
        Ok(id)
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
