//! A seed is what the nonce and the root of the log give, or the statement is not signed.

use super::{Contradiction, LARGEST_INTEGER};
use crate::certificate::claims::Claims;
use crate::certificate::report::{Sample, SeedSource};
use crate::inventory::DatasetRef;

impl Claims {
    pub(super) fn check_sampling(&self, found: &mut Vec<Contradiction>) {
        let mut wrong = |place: String, problem| found.push(Contradiction::Report { place, problem });
        if let Some(said) = &self.sampling {
            let place = || "sampling".to_owned();
            if said.nonce.commitment() != said.commitment {
                wrong(place(), "the nonce does not fit its commitment");
            }
            if said.committed_entry >= said.plan_entry || said.plan_entry >= said.tree_size {
                wrong(
                    place(),
                    "commitment, plan and root are not in this order in the log",
                );
            }
            if said.committed_at > said.fixed_at || said.fixed_at > said.opened_at {
                wrong(place(), "the nonce was opened before the root was fixed");
            }
            if said.tree_size > LARGEST_INTEGER || said.number > LARGEST_INTEGER {
                wrong(place(), "a number is not below 2^53");
            }
        }
        for system in &self.systems {
            for dataset in &system.datasets {
                let problem = dataset
                    .verification
                    .sample
                    .as_ref()
                    .and_then(|sample| self.seed_problem(sample));
                if let Some(problem) = problem {
                    wrong(format!("{} / {}", system.name, dataset.name), problem);
                }
            }
        }
    }

    fn seed_problem(&self, sample: &Sample) -> Option<&'static str> {
        let named = sample
            .dataset
            .clone()
            .and_then(|name| DatasetRef::try_from(name).ok());
        match (sample.seed_source, &self.sampling, named) {
            (SeedSource::OperatorLog, None, _) => None,
            (SeedSource::OperatorLog, Some(_), _) => Some("a committed nonce is told that was not used"),
            (SeedSource::CommittedNonce, Some(said), Some(dataset)) => {
                let same = said.seed(self.request.id, &dataset) == sample.seed;
                (!same).then_some("the seed is not what root and nonce give")
            }
            (SeedSource::CommittedNonce, ..) => {
                Some("the seed cannot be made again: nonce or dataset is missing")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::sample;
    use crate::certificate::sampling::Sampling;
    use crate::digest::Digest;

    fn faults(change: impl FnOnce(&mut Claims)) -> Vec<String> {
        let mut claims = sample::with_nonce();
        change(&mut claims);
        let found = claims.contradictions();
        found.iter().map(ToString::to_string).collect()
    }

    fn said(claims: &mut Claims) -> &mut Sampling {
        claims.sampling.as_mut().unwrap()
    }

    #[test]
    fn a_seed_that_the_nonce_gives_is_right() {
        assert_eq!(faults(|_| {}), [""; 0]);
    }

    #[test]
    fn another_nonce_another_root_or_no_nonce_is_a_contradiction() {
        let other = faults(|claims| said(claims).commitment = Digest::of(b"another"));
        assert_eq!(other, ["sampling: the nonce does not fit its commitment"]);
        let other = faults(|claims| said(claims).root = Digest::of(b"another"));
        assert_eq!(
            other,
            ["crm / contacts: the seed is not what root and nonce give"]
        );
        let none = faults(|claims| claims.sampling = None);
        assert_eq!(
            none,
            ["crm / contacts: the seed cannot be made again: nonce or dataset is missing"]
        );
    }

    #[test]
    fn a_commitment_after_the_plan_is_a_contradiction() {
        let late = faults(|claims| said(claims).committed_entry = said(claims).plan_entry);
        assert_eq!(
            late,
            ["sampling: commitment, plan and root are not in this order in the log"]
        );
    }

    #[test]
    fn a_nonce_opened_before_the_root_was_fixed_is_a_contradiction() {
        let early = faults(|claims| said(claims).opened_at = said(claims).committed_at);
        assert_eq!(
            early,
            ["sampling: the nonce was opened before the root was fixed"]
        );
    }
}
