//! Records outside a request that went rightly: another request of their tenant asked for it, and the chunk that took
//! them was authorised.
//!
//! That two runs are at work at the same time explains nothing. A record is accounted for only by an approved request of
//! the very tenant it belongs to, on the very dataset, in which a chunk was authorised; and never one that is withheld there.

use std::collections::BTreeSet;

use domain::manifest::{ControlRecord, Samples};
use domain::selection::{RecordId, Target};

use super::Look;
use crate::{Engine, Error};

/// What another run was approved to erase in the dataset.
struct Approved {
    target: Target,
    selected: BTreeSet<RecordId>,
    withheld: BTreeSet<RecordId>,
    /// So many of its records are not in its sample.
    unsampled: u64,
}

impl Approved {
    /// Whether the run was to erase the record. One that its sample does not name is taken from those outside the sample.
    fn takes(&mut self, record: &ControlRecord) -> bool {
        let tenant = record.tenant.as_deref();
        let selection = &self.target.selection;
        if !tenant.is_some_and(|tenant| selection.tenant.admits(tenant)) || self.withheld.contains(&record.id)
        {
            return false;
        }
        let whole = selection.subject.is_empty() && selection.except.is_empty();
        if whole || self.selected.contains(&record.id) {
            return true;
        }
        let outside = self.unsampled > 0;
        self.unsampled = self.unsampled.saturating_sub(1);
        outside
    }
}

impl Engine {
    /// How many of the missing control records were erased by approved runs of their own tenants.
    pub(super) async fn gone_rightly(&self, look: &Look, missing: &[&ControlRecord]) -> Result<u64, Error> {
        if missing.is_empty() {
            return Ok(0);
        }
        let mut approved = self.approved_elsewhere(look).await?;
        let rightly = missing
            .iter()
            .filter(|record| approved.iter_mut().any(|run| run.takes(record)));
        Ok(rightly.count() as u64)
    }

    /// What other requests had authorised in the dataset since the control records were known.
    async fn approved_elsewhere(&self, look: &Look) -> Result<Vec<Approved>, Error> {
        let dataset = &look.check.dataset;
        let mut tx = self.ports.store.read().await?;
        let requests = tx
            .attempts()
            .authorised_since(&dataset.system, look.known_since)
            .await?;
        let mut approved = Vec::new();
        for id in requests.into_iter().filter(|id| *id != look.request.id) {
            let request = tx
                .requests()
                .find(id)
                .await?
                .ok_or(Error::NotFound("that request"))?;
            let steps = tx.attempts().steps(id, None).await?;
            let begun = steps
                .iter()
                .filter(|step| &step.dataset == dataset && step.chunks > 0);
            for plan in begun.map(|step| step.plan).collect::<BTreeSet<_>>() {
                let plan = tx.plans().find(plan).await?.ok_or(Error::NotFound("that plan"))?;
                let manifest = tx.plans().manifest(plan.id).await?;
                let before = manifest.as_ref().and_then(|manifest| manifest.dataset(dataset));
                let (Some(before), Some(key)) = (before, &request.key) else {
                    continue;
                };
                let context = format!("samples:{}:{dataset}", plan.id);
                let samples: Samples = self.open_under(key, &context, &before.sealed)?;
                let Some(target) = self.secrets_of(&request, &plan)?.targets.remove(dataset) else {
                    continue;
                };
                approved.push(Approved {
                    target,
                    selected: samples.selected.into_iter().collect(),
                    withheld: samples.withheld.into_iter().collect(),
                    unsampled: before.scanned.saturating_sub(before.sample_size),
                });
            }
        }
        Ok(approved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run for some people of acme, of whose 300 records 2 are in its sample, and 1 is withheld.
    fn run() -> Approved {
        let target = serde_json::json!({
            "dataset": "crm.users",
            "locator": { "container": "users", "id": "id", "tenant": { "identifier": "tenant_key", "field": "tenant" } },
            "selection": {
                "tenant": { "field": "tenant", "any_of": ["acme"], "normalise": "exact" },
                "subject": [{ "field": "city", "any_of": ["Cork"], "normalise": "exact" }],
                "except": [],
            },
        });
        Approved {
            target: serde_json::from_value(target).unwrap(),
            selected: ["1", "2"].map(|id| RecordId(id.into())).into(),
            withheld: [RecordId("3".into())].into(),
            unsampled: 298,
        }
    }

    fn record(id: &str, tenant: &str) -> ControlRecord {
        ControlRecord {
            id: RecordId(id.into()),
            tenant: Some(tenant.into()),
        }
    }

    #[test]
    fn a_run_explains_what_it_was_to_erase_and_nothing_that_it_withholds() {
        let mut run = run();
        assert!(run.takes(&record("1", "acme")), "sampled");
        assert!(
            run.takes(&record("77", "acme")),
            "one of those outside the sample"
        );
        assert!(!run.takes(&record("3", "acme")), "withheld");
        assert!(!run.takes(&record("1", "globex")), "of another tenant");
        let nobodys = ControlRecord {
            tenant: None,
            ..record("1", "acme")
        };
        assert!(!run.takes(&nobodys), "the store names nobody");
    }

    #[test]
    fn a_run_explains_no_more_than_it_had_to_erase() {
        let mut run = Approved {
            unsampled: 1,
            ..run()
        };
        assert!(run.takes(&record("77", "acme")));
        assert!(!run.takes(&record("78", "acme")));
    }
}
