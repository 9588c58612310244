//! The reports: every system and dataset, and what is said of them elsewhere.

use std::collections::BTreeSet;

use super::{Contradiction, LARGEST_INTEGER};
use crate::certificate::claims::{Claims, Kind};
use crate::certificate::report::{Control, Dataset, Handling, Rehearsal, System, Verdict};
use crate::certificate::wording;

impl Claims {
    pub(super) fn check_systems(&self, found: &mut Vec<Contradiction>) {
        let listed = self.systems.len() as u64;
        // An addendum speaks of some systems of the inventory; a base certificate of every one.
        let missing = match self.kind {
            Kind::Addendum => listed > self.inventory.systems,
            _ => listed != self.inventory.systems,
        };
        if missing || listed == 0 {
            found.push(Contradiction::Systems {
                stated: self.inventory.systems,
                listed,
            });
        }
        let mut names = BTreeSet::new();
        for system in &self.systems {
            if !names.insert(system.name.as_str()) {
                found.push(Contradiction::Twice(system.name.clone()));
            }
            check_system(system, found);
        }
        for (list, system) in self
            .withheld
            .iter()
            .map(|part| ("withheld", &part.system))
            .chain(self.backups.iter().map(|backup| ("backups", &backup.system)))
            .chain(
                self.spot_checks
                    .iter()
                    .map(|check| ("spot_checks", &check.system)),
            )
        {
            if !names.contains(system.as_str()) {
                let place = format!("{list}: {system}");
                found.push(Contradiction::Report {
                    place,
                    problem: "is not a system of the inventory",
                });
            }
        }
        for check in &self.spot_checks {
            let problem = match check {
                check if !check.decoy_seen => "the decoy was not seen, so the spot check is void",
                check if check.found > 0 => "the spot check found records",
                _ => continue,
            };
            found.push(Contradiction::Report {
                place: format!("{} / {}", check.system, check.dataset),
                problem,
            });
        }
    }
}

fn place(system: &System, dataset: &Dataset) -> String {
    format!("{} / {}", system.name, dataset.name)
}

fn check_system(system: &System, found: &mut Vec<Contradiction>) {
    let texts = [
        ("name", &system.name),
        ("kind", &system.kind),
        ("location", &system.location),
        ("owner", &system.owner),
        ("method", &system.method),
        ("connector", &system.connector),
        ("connector_version", &system.connector_version),
    ];
    if let Some(Rehearsal::Missing {
        acceptance: Some(accepted),
    }) = &system.drill
        && accepted.reason.trim().is_empty()
    {
        found.push(Contradiction::Empty(format!(
            "reason for accepting that system {} has passed no drill",
            system.name
        )));
    }
    for (field, text) in texts {
        if text.trim().is_empty() {
            found.push(Contradiction::Empty(format!("{field} of system {}", system.name)));
        }
    }
    if system.datasets.is_empty() {
        let problem = "has no dataset, so it has no verdict";
        found.push(Contradiction::Report {
            place: system.name.clone(),
            problem,
        });
    }
    let erased = system
        .datasets
        .iter()
        .any(|dataset| dataset.gone().is_some_and(|gone| gone > 0));
    if system.handling == Handling::Erase
        && erased
        && (system.started_at.is_none() || system.ended_at.is_none())
    {
        let problem = "records are gone, but start or end of the erasure is missing";
        found.push(Contradiction::Report {
            place: system.name.clone(),
            problem,
        });
    }
    for dataset in &system.datasets {
        if dataset.verification.proves != wording::proves(dataset) {
            found.push(Contradiction::Wording(place(system, dataset)));
        }
        for problem in dataset_problems(dataset) {
            found.push(Contradiction::Report {
                place: place(system, dataset),
                problem,
            });
        }
        let sample = dataset.verification.sample.as_ref();
        let numbers = [
            dataset.before,
            dataset.after,
            dataset.reported,
            sample.map(|sample| sample.size),
        ];
        if numbers
            .into_iter()
            .flatten()
            .any(|number| number > LARGEST_INTEGER)
        {
            found.push(Contradiction::Integer(place(system, dataset)));
        }
    }
}

fn dataset_problems(dataset: &Dataset) -> impl Iterator<Item = &'static str> {
    let verification = &dataset.verification;
    let looked = matches!(
        verification.verdict,
        Verdict::Absent | Verdict::InconclusiveAccepted
    );
    let absent = verification.verdict == Verdict::Absent;
    let sample = verification.sample.as_ref();
    let controlled = matches!(
        verification.control,
        Control::Canary | Control::OutsideRecord | Control::OtherTenant
    );
    let lost = verification
        .neighbours
        .as_ref()
        .is_some_and(|neighbours| neighbours.found < neighbours.looked_up);
    let problems = [
        (
            looked && dataset.after.unwrap_or(0) > 0,
            "the count query still found records",
        ),
        (
            looked && sample.is_some_and(|sample| sample.found > 0),
            "sampled ids were found",
        ),
        (absent && !controlled, "absent without a control that was found"),
        (
            looked && dataset.manifest.is_none(),
            "there is no manifest from before erasure",
        ),
        (looked && sample.is_none(), "no sample is named"),
        (
            looked && dataset.before.unwrap_or(1) > 0 && sample.is_some_and(|sample| sample.size == 0),
            "no id was looked up",
        ),
        (
            verification.verdict == Verdict::InconclusiveAccepted && verification.acceptance.is_none(),
            "inconclusive, but nobody accepted it",
        ),
        (
            verification.verdict == Verdict::Attested && verification.attestation.is_none(),
            "attested by nobody",
        ),
        (lost, "records that had to survive are missing"),
    ];
    problems
        .into_iter()
        .filter(|(wrong, _)| *wrong)
        .map(|(_, problem)| problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::sample;

    #[test]
    fn a_system_that_is_not_listed_is_missed() {
        let mut claims = sample::complete();
        claims.inventory.systems += 1;
        assert_eq!(
            claims.contradictions(),
            vec![Contradiction::Systems { stated: 2, listed: 1 }]
        );
    }

    #[test]
    fn absent_needs_a_control_and_a_count_of_zero() {
        let mut claims = sample::complete();
        claims.systems[0].datasets[0].verification.control = Control::NotPossible;
        claims.systems[0].datasets[0].after = Some(3);
        let problems: Vec<_> = dataset_problems(&claims.systems[0].datasets[0]).collect();
        assert_eq!(
            problems,
            [
                "the count query still found records",
                "absent without a control that was found"
            ]
        );
    }

    #[test]
    fn words_that_say_more_than_the_facts_are_refused() {
        let mut claims = sample::complete();
        claims.systems[0].datasets[0].verification.proves = "Everything is gone for ever.".into();
        assert_eq!(
            claims.contradictions(),
            vec![Contradiction::Wording("crm / contacts".into())]
        );
    }

    #[test]
    fn a_spot_check_that_missed_its_decoy_is_void() {
        let mut claims = sample::partial();
        claims.spot_checks[0].decoy_seen = false;
        assert!(
            matches!(&claims.contradictions()[..], [Contradiction::Report { place, .. }] if place == "crm / contacts")
        );
    }
}
