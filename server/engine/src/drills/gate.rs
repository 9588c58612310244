//! The gate: no run is approved on a system that has not passed a drill since its last change, unless somebody accepts that
//! in writing.

#[cfg(feature = "probe")]
use domain::actor::{Actor, Permission};
use domain::drill::{Drill, Rehearsed, last_passed};
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::register::CertificateState;
use domain::request::ErasureRequest;

use crate::{Engine, Error};

impl Engine {
    /// Which systems of a plan have passed a drill since their last change; nothing is asked of a drill itself, nor of a
    /// restored system that is to be rid of what it brought back.
    pub(crate) async fn rehearsed(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        plan: &ErasurePlan,
    ) -> Result<Option<Rehearsed>, Error> {
        if request.drill || request.again.is_some() {
            return Ok(None);
        }
        let inventory = tx.inventory().find(plan.inventory).await?;
        let inventory = inventory.ok_or(Error::NotFound("the frozen inventory"))?;
        let passed = last_passed(&standing(tx).await?, &inventory);
        let unchanged = passed.into_iter().filter(|(_, last)| last.unchanged);
        let mut seen = Rehearsed {
            passed: unchanged.map(|(system, last)| (system, last.at)).collect(),
            missing: Default::default(),
            accepted: None,
        };
        for entry in &plan.entries {
            if !seen.passed.contains_key(&entry.system) {
                seen.missing.insert(entry.system.clone());
            }
        }
        seen.passed
            .retain(|system, _| plan.entries.iter().any(|entry| entry.system == *system));
        Ok(Some(seen))
    }

    /// The gate: systems without a passed drill are accepted in writing, or nothing is approved.
    #[cfg(feature = "probe")]
    pub(crate) fn accepted(
        &self,
        actor: &Actor,
        seen: Rehearsed,
        reason: Option<&str>,
    ) -> Result<Rehearsed, Error> {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        match reason {
            _ if seen.missing.is_empty() => Ok(seen),
            Some(reason) => {
                actor.require(Permission::AcceptException)?;
                Ok(Rehearsed {
                    accepted: Some(reason.to_owned()),
                    ..seen
                })
            }
            None if !self.policy.drill_gate => Ok(seen),
            None => {
                let names: Vec<&str> = seen.missing.iter().map(|name| name.as_str()).collect();
                Err(Error::invalid(
                    "undrilled",
                    format!(
                        "no drill has passed since their last change in {}: wait for one, or say why you accept that; the certificate will tell",
                        names.join(", ")
                    ),
                ))
            }
        }
    }
}

/// Drills of which the certificate still stands.
pub(crate) async fn standing(tx: &mut dyn Tx) -> Result<Vec<Drill>, Error> {
    let mut standing = Vec::new();
    for drill in tx.drills().all().await? {
        if let Some((id, _)) = drill.certificate {
            let record = tx.certificates().find(id).await?;
            if record.is_some_and(|record| record.state == CertificateState::Issued) {
                standing.push(drill);
            }
        }
    }
    Ok(standing)
}
