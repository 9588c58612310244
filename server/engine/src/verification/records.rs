//! A look at records: those that had to go, those that had to stay, and the controls that show the probe is not blind.

use domain::manifest::{Control, ControlRecord, Samples};
use domain::plan::Action;
use domain::port::probe::{ProbeError, Question};
use domain::selection::{RecordId, Side, Target};
use domain::verification::{Accounted, Finding, Verdict, judge};

use super::{Look, inconclusive};
use crate::{Engine, Error, controls};

/// Remaining ids that are kept (sealed) for the person who looks into them (V7).
const RESIDUE_IDS: usize = 10;

impl Engine {
    /// Looks for the sampled records of a dataset and at what had to stay, and judges.
    pub(super) async fn look_at_records(&self, look: &Look) -> Result<Finding, Error> {
        let Some(before) = &look.before else {
            return Ok(self.plain(look, inconclusive("nothing is known of before")));
        };
        let key = Self::key_of(&look.request)?;
        let dataset = &look.check.dataset;
        let samples: Samples = self.open_under(
            key,
            &format!("samples:{}:{dataset}", look.plan.id),
            &before.sealed,
        )?;
        let mut secrets = self.secrets_of(&look.request, &look.plan)?;
        let target: Target = secrets
            .targets
            .remove(dataset)
            .ok_or_else(|| Error::Broken(format!("no target for {dataset}")))?;
        let ids: Vec<RecordId> = samples
            .selected
            .iter()
            .chain(&samples.withheld)
            .cloned()
            .collect();
        let mut controls: Vec<RecordId> = match before.control {
            Control::Canary => samples.canary.iter().cloned().collect(),
            Control::OutsideRecord | Control::None => Vec::new(),
        };
        controls.extend(samples.others.iter().map(|other| other.id.clone()));
        let question = Question {
            ids,
            controls,
            count: vec![Side::Selected, Side::Withheld],
        };
        let probe = match self
            .probes()?
            .probe(&look.system, &self.probe_secret(&look.system)?)
        {
            Ok(probe) => probe,
            Err(error) => return Ok(self.plain(look, inconclusive(&error.to_string()))),
        };
        let sighting = match probe.look(&target, &question).await {
            Ok(sighting) => sighting,
            Err(ProbeError::Unreachable(why)) => return Ok(self.plain(look, Verdict::Unreachable { why })),
            Err(ProbeError::Blind(why)) => return Ok(self.plain(look, inconclusive(&why))),
        };
        let canaries = sighting.controls.len().saturating_sub(samples.others.len());
        let seen = sighting.controls.iter().skip(canaries);
        let missing = samples.others.iter().zip(seen).filter(|(_, found)| !**found);
        let missing: Vec<&ControlRecord> = missing.map(|(other, _)| other).collect();
        let gone_rightly = self.gone_rightly(look, &missing).await?;
        let none_left = !samples.others.is_empty() && gone_rightly as usize == samples.others.len();
        let fresh_control = match none_left {
            true => match controls::fresh(&*probe, &target).await {
                Ok(fresh) => fresh.is_some(),
                Err(ProbeError::Unreachable(why)) => {
                    return Ok(self.plain(look, Verdict::Unreachable { why }));
                }
                Err(ProbeError::Blind(why)) => return Ok(self.plain(look, inconclusive(&why))),
            },
            false => false,
        };
        let accounted = Accounted {
            gone_rightly,
            fresh_control,
        };
        let judged = judge(before, &sighting, accounted);
        let remaining = samples
            .selected
            .iter()
            .zip(&sighting.found)
            .filter(|(_, found)| **found);
        let mut remaining: Vec<RecordId> = remaining.map(|(id, _)| id.clone()).take(RESIDUE_IDS).collect();
        if remaining.is_empty() && matches!(judged.verdict, Verdict::Residue { .. }) {
            let page = probe
                .scan(&target, Side::Selected, None, RESIDUE_IDS as u32)
                .await;
            remaining = page.map(|page| page.ids).unwrap_or_default();
        }
        let residue_ids = match remaining.is_empty() {
            true => None,
            false => Some(self.seal_under(key, &format!("residue:{}", look.check.id), &remaining)?),
        };
        let verdict = match (look.action, judged.verdict) {
            (Action::Withheld, Verdict::Absent) => Verdict::Withheld,
            (_, verdict) => verdict,
        };
        Ok(Finding {
            verdict,
            kept: judged.kept,
            count: judged.count,
            looked_up: before.sample_size,
            found: judged.found,
            control_found: judged.control_found,
            residue_ids,
            ..self.plain(look, Verdict::Absent)
        })
    }
}
