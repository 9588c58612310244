//! Spot checks and attestations: what people see with their own eyes (V6, I5).

#[cfg(feature = "probe")]
mod show;

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{AttestationId, RequestId, SpotCheckId};
use domain::inventory::{DatasetRef, Handling};
use domain::job::Job;
use domain::selection::RecordId;
use domain::time::Date;
use domain::verification::{Attestation, CheckState, SpotCheck, SpotCheckResult};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Engine, Error};
#[cfg(feature = "probe")]
pub use show::ShownId;

/// The ids of a spot check in the order shown, and where the decoy is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Hidden {
    pub(crate) ids: Vec<RecordId>,
    pub(crate) decoy: usize,
}

impl Engine {
    /// Records what the officer saw: for each id in the order shown, whether it exists. Missing the decoy voids the check.
    pub async fn record_spot_check(
        &self,
        actor: &Actor,
        id: SpotCheckId,
        seen: &[bool],
        note: &str,
    ) -> Result<SpotCheckResult, Error> {
        actor.require(Permission::SpotCheck)?;
        let mut tx = self.ports.store.begin().await?;
        let spot = tx
            .findings()
            .find_spot_check(id)
            .await?
            .ok_or(Error::NotFound("that spot check"))?;
        if spot.officer != actor.person()? {
            return Err(Error::NotFound("that spot check"));
        }
        if spot.result.is_some() {
            return Err(Error::NotNow(
                "the result is recorded already: ids are shown once".into(),
            ));
        }
        let request = tx
            .requests()
            .find(spot.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let hidden: Hidden = self.open_under(Self::key_of(&request)?, &format!("spot:{id}"), &spot.sealed)?;
        if seen.len() != hidden.ids.len() {
            return Err(Error::invalid(
                "seen",
                format!("{} ids were shown, say yes or no for each", hidden.ids.len()),
            ));
        }
        let decoy_seen = seen[hidden.decoy];
        let others = seen
            .iter()
            .enumerate()
            .filter(|(place, there)| *place != hidden.decoy && **there)
            .count();
        let result = SpotCheckResult {
            recorded_at: self.now(),
            still_there: u32::try_from(others).unwrap_or(u32::MAX),
            decoy_seen,
            note: note.trim().to_owned(),
        };
        let details = json!({ "dataset": spot.dataset, "still_there": others, "decoy_seen": decoy_seen });
        let what = (others > 0).then(|| {
            format!(
                "the spot check of {} saw {others} records that should be gone",
                spot.dataset
            )
        });
        tx.findings()
            .update_spot_check(&SpotCheck {
                result: Some(result.clone()),
                ..spot
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("spot_check.recorded", format!("spot_check:{id}"), details),
        )
        .await?;
        if let Some(what) = what {
            self.needs_attention(&mut *tx, actor, request, what, "compliance officer", true)
                .await?;
        }
        tx.commit().await?;
        Ok(result)
    }

    /// Records a party's confirmation that it erased, with the digest of its document.
    pub async fn record_attestation(
        &self,
        actor: &Actor,
        request: RequestId,
        dataset: &DatasetRef,
        party: &str,
        document: &[u8],
        dated_on: Date,
    ) -> Result<AttestationId, Error> {
        actor.require(Permission::Attest)?;
        let recorded_by = actor.person()?;
        if document.is_empty() {
            return Err(Error::invalid("document", "the document is empty"));
        }
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let plan_id = request
            .plan
            .ok_or_else(|| Error::NotNow("the request has no plan yet".into()))?;
        let plan = tx
            .plans()
            .find(plan_id)
            .await?
            .ok_or(Error::NotFound("that plan"))?;
        let entry = plan.entries.iter().find(|entry| entry.system == dataset.system);
        if entry.is_none_or(|entry| entry.handling != Handling::Attest) || plan.part(dataset).is_none() {
            return Err(Error::invalid(
                "dataset",
                format!("{dataset} is not handled by attestation in this plan"),
            ));
        }
        let now = self.now();
        if dated_on > now.date_in(&self.policy.zone)? {
            return Err(Error::invalid("dated_on", "the document is dated in the future"));
        }
        let attestation = Attestation {
            id: AttestationId::new(now, self.random()),
            request: request.id,
            plan: plan_id,
            dataset: dataset.clone(),
            party: party.trim().to_owned(),
            document: Digest::of(document),
            dated_on,
            recorded_by,
            recorded_at: now,
        };
        tx.findings().insert_attestation(&attestation).await?;
        let details = json!({ "dataset": dataset, "document": attestation.document, "dated_on": dated_on });
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "attestation.recorded",
                format!("attestation:{}", attestation.id),
                details,
            ),
        )
        .await?;
        for check in tx.findings().checks(request.id, Some(request.round)).await? {
            if check.dataset == *dataset && matches!(check.state, CheckState::Waiting { .. }) {
                tx.jobs().enqueue(&Job::RunCheck { check: check.id }, now).await?;
            }
        }
        tx.commit().await?;
        Ok(attestation.id)
    }

    /// Results of the spot checks of a request's present round, the newest valid one per dataset.
    pub(crate) fn valid_spot_checks(spots: Vec<SpotCheck>, round: i32) -> BTreeMap<DatasetRef, SpotCheck> {
        let valid = spots.into_iter().filter(|spot| {
            spot.round == round
                && spot
                    .result
                    .as_ref()
                    .is_some_and(|result| result.decoy_seen && result.still_there == 0)
        });
        valid.map(|spot| (spot.dataset.clone(), spot)).collect()
    }
}
