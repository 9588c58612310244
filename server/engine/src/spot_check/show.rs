//! Showing ids to an officer: some that were erased, and one decoy that exists.

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::id::{RequestId, SpotCheckId};
use domain::inventory::DatasetRef;
use domain::manifest::Samples;
use domain::port::probe::{Probe, ProbeError};
use domain::request::Stage;
use domain::selection::{RecordId, Target};
use domain::verification::SpotCheck;
use serde::Serialize;
use serde_json::json;

use super::Hidden;
use crate::{Engine, Error, controls};

/// One id that an officer looks up, in the order shown.
#[derive(Debug, Clone, Serialize)]
pub struct ShownId {
    /// The id in the system.
    pub id: RecordId,
    /// How to look it up without us.
    pub native_query: String,
}

impl Engine {
    /// Shows an officer some erased ids of a dataset, and one decoy that exists, in random order. Shown once; the view is logged.
    pub async fn open_spot_check(
        &self,
        actor: &Actor,
        id: RequestId,
        dataset: &DatasetRef,
    ) -> Result<(SpotCheckId, Vec<ShownId>), Error> {
        actor.require(Permission::SpotCheck)?;
        let officer = actor.person()?;
        if matches!(actor, Actor::Person { roles, .. } if roles.contains(&Role::Operator)) {
            return Err(Error::NotNow(
                "whoever operates the systems cannot spot-check them".into(),
            ));
        }
        let mut tx = self.ports.store.read().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if request.stage != Stage::Verified {
            return Err(Error::NotNow(format!(
                "the request is {}: spot checks come once it is verified",
                request.state_word()
            )));
        }
        let plan_id = request
            .plan
            .ok_or_else(|| Error::Broken("verified without a plan".into()))?;
        let plan = tx
            .plans()
            .find(plan_id)
            .await?
            .ok_or(Error::NotFound("that plan"))?;
        let manifest = tx
            .plans()
            .manifest(plan_id)
            .await?
            .ok_or(Error::NotFound("the manifest"))?;
        let inventory = tx
            .inventory()
            .find(plan.inventory)
            .await?
            .ok_or(Error::NotFound("the frozen inventory"))?;
        drop(tx);
        let before = manifest
            .dataset(dataset)
            .ok_or(Error::NotFound("that dataset in the manifest"))?;
        let system = inventory
            .system(&dataset.system)
            .ok_or(Error::NotFound("that system"))?;
        let key = Self::key_of(&request)?;
        let samples: Samples =
            self.open_under(key, &format!("samples:{plan_id}:{dataset}"), &before.sealed)?;
        let target = self
            .secrets_of(&request, &plan)?
            .targets
            .remove(dataset)
            .ok_or(Error::NotFound("that target"))?;
        let probe = self.probes()?.probe(system, &self.probe_secret(system)?)?;
        let decoy = decoy(&*probe, &target, &samples).await?;
        let hidden = self.hide(samples.selected, decoy, dataset)?;
        let shown: Vec<ShownId> = hidden
            .ids
            .iter()
            .map(|id| ShownId {
                id: id.clone(),
                native_query: probe.native_query(&target, id),
            })
            .collect();
        let now = self.now();
        let spot_id = SpotCheckId::new(now, self.random());
        let spot = SpotCheck {
            id: spot_id,
            request: id,
            round: request.round,
            dataset: dataset.clone(),
            officer,
            shown_at: now,
            sealed: self.seal_under(key, &format!("spot:{spot_id}"), &hidden)?,
            shown: u32::try_from(shown.len()).unwrap_or(u32::MAX),
            result: None,
            version: 1,
        };
        let mut tx = self.ports.store.begin().await?;
        tx.findings().insert_spot_check(&spot).await?;
        let details = json!({ "dataset": dataset, "shown": spot.shown });
        self.log(
            &mut *tx,
            actor,
            Event::new("spot_check.shown", format!("spot_check:{spot_id}"), details),
        )
        .await?;
        tx.commit().await?;
        Ok((spot_id, shown))
    }

    /// Picks random ids and a decoy, and shuffles them.
    fn hide(
        &self,
        selected: Vec<RecordId>,
        decoy: Option<RecordId>,
        dataset: &DatasetRef,
    ) -> Result<Hidden, Error> {
        let decoy = decoy.ok_or_else(|| {
            Error::NotNow(format!(
                "{dataset} has no record that is known to exist: no decoy is possible"
            ))
        })?;
        let mut ranked: Vec<([u8; 8], RecordId)> =
            selected.into_iter().map(|id| (self.random(), id)).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        let mut picked: Vec<([u8; 8], RecordId)> = ranked
            .into_iter()
            .take(self.policy.spot_ids)
            .map(|(_, id)| (self.random(), id))
            .collect();
        picked.push((self.random(), decoy.clone()));
        picked.sort_by_key(|(rank, _)| *rank);
        let ids: Vec<RecordId> = picked.into_iter().map(|(_, id)| id).collect();
        let decoy = ids
            .iter()
            .position(|id| *id == decoy)
            .ok_or_else(|| Error::Broken("the decoy got lost".into()))?;
        Ok(Hidden { ids, decoy })
    }
}

/// A record that exists now: the canary, else one of the manifest's control records that is left, else one listed anew.
async fn decoy(
    probe: &dyn Probe,
    target: &Target,
    samples: &Samples,
) -> Result<Option<RecordId>, ProbeError> {
    let known = samples
        .canary
        .iter()
        .chain(samples.others.iter().map(|other| &other.id));
    match controls::first_found(probe, target, known.cloned().collect()).await? {
        Some(decoy) => Ok(Some(decoy)),
        None => controls::fresh(probe, target).await,
    }
}
