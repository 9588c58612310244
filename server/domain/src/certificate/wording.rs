//! The words of a certificate: titles, what a finding proves, limits, how to check.

use super::claims::{Claims, Kind};
use super::report::{Dataset, Verdict};
use crate::time::Timestamp;

/// What a drill says of itself.
pub const DRILL_NOTE: &str =
    "This is a rehearsal on synthetic data. It is not a certificate and proves nothing about anybody's data.";

/// The title of a certificate, which stands on its face. `remainder` says that something in scope is still there.
pub fn title(kind: Kind, remainder: bool) -> &'static str {
    match (kind, remainder) {
        (Kind::Complete, _) => "Certificate of erasure",
        (Kind::Partial, _) => "Partial certificate of erasure",
        (Kind::Corrected, false) => "Corrected certificate of erasure",
        (Kind::Corrected, true) => "Corrected partial certificate of erasure",
        (Kind::Addendum, _) => "Addendum to a certificate of erasure",
        (Kind::Drill, _) => "DRILL - not a certificate",
    }
}

/// The upper bound, in hundredths of a percent, rounded up, of what can remain with 95 % confidence when none
/// of `sampled` random records was found: 1 - 0.05^(1/n).
fn remains_at_most(sampled: u64) -> u64 {
    let share = 1.0 - (0.05_f64.ln() / sampled as f64).exp();
    (share * 10_000.0).ceil() as u64
}

/// What looking up `sampled` random ids and finding none proves.
pub fn sample_sentence(sampled: u64) -> String {
    let bound = remains_at_most(sampled);
    format!(
        "0 of {sampled} found: with 95 % confidence less than {}.{:02} % of the records remain",
        bound / 100,
        bound % 100
    )
}

/// What looking up every id proves.
pub fn full_check_sentence(records: u64) -> String {
    match records {
        1 => "the only id was looked up and not found".into(),
        _ => format!("all {records} ids were looked up and none was found"),
    }
}

/// What the verification of a dataset proves. Its own `proves` is not looked at.
pub fn proves(dataset: &Dataset) -> String {
    match dataset.verification.verdict {
        Verdict::Absent => looked_for(dataset),
        Verdict::InconclusiveAccepted => {
            format!(
                "No control possible: that nothing was found is weak evidence. {}",
                looked_for(dataset)
            )
        }
        Verdict::Attested => "Not verified by us: the party that runs the system attests the erasure.".into(),
        Verdict::Expiring => "Not yet erased: held in backups until they expire.".into(),
        Verdict::Preserved => "Not erased: withheld on the ground stated.".into(),
        Verdict::Expired => "The backup sets were listed: none that could hold the data is left.".into(),
        Verdict::NoPersonalRecords => "The dataset keeps nothing of single persons, by the inventory.".into(),
    }
}

fn looked_for(dataset: &Dataset) -> String {
    let count = match dataset.after {
        Some(after) => format!("the count query returned {after}"),
        None => "the store gives no exact count".into(),
    };
    let sentence = match (&dataset.verification.sample, dataset.before) {
        (_, Some(0)) => format!("There were no records before erasure, and {count}."),
        (Some(sample), _) if sample.found > 0 => {
            format!(
                "{} of {} sampled ids were found, and {count}.",
                sample.found, sample.size
            )
        }
        (Some(sample), Some(before)) if sample.size == before => {
            format!("{}, and {count}.", full_check_sentence(before))
        }
        (Some(sample), _) if sample.size > 0 => format!("{}, and {count}.", sample_sentence(sample.size)),
        _ => format!("No ids could be looked up; {count}."),
    };
    let mut letters = sentence.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What the statement does not say.
pub fn limits(verified_at: Timestamp, inventory_version: u64) -> Vec<String> {
    vec![
        format!(
            "Verified at {} against inventory version {inventory_version}. Systems that the inventory does not name \
             were not looked at.",
            moment(verified_at)
        ),
        "States that the records can no longer be found by the means of the systems named. Does not assert that \
         they are forensically unrecoverable: a logical delete is not \"Clear\" in the sense of NIST SP 800-88."
            .into(),
        "Where a system is attested, the issuer repeats what the party that runs it has stated and keeps the \
         evidence whose digest is given."
            .into(),
    ]
}

/// How to check a certificate without the issuer and without its software.
pub fn verify_offline() -> String {
    "Attached to this PDF are statement.json and statement.jws. The statement is the certificate; the pages render \
     it. Any JOSE library, or openssl, verifies the signature (Ed25519) with the issuer's published key. The pages \
     are confirmed only by the detached signature over the whole file (certificate.pdf.sig or .sshsig). VERIFY.txt, \
     attached as well, has the commands."
        .into()
}

/// A moment for people: `2026-03-01 12:00:00 UTC`. Fractions of a second are left to the statement.
pub fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let whole = text.trim_end_matches('Z').split('.').next().unwrap_or_default();
    format!("{} UTC", whole.replace('T', " "))
}

/// A count for people, in groups of three: `12 345 678`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    grouped
}

impl Claims {
    /// The title on the face.
    pub fn title(&self) -> &'static str {
        title(self.kind, self.leaves_a_remainder())
    }

    /// Fills in the words that follow from the facts: what each finding proves, limits, how to check.
    #[must_use]
    pub fn worded(mut self) -> Self {
        for dataset in self.systems.iter_mut().flat_map(|system| &mut system.datasets) {
            dataset.verification.proves = proves(dataset);
        }
        self.limits = limits(self.verified_at, self.inventory.version);
        self.verify_offline = verify_offline();
        self
    }

    /// The outcome in one paragraph, counted from the reports.
    pub fn outcome(&self) -> String {
        let datasets = self.systems.iter().flat_map(|system| &system.datasets);
        let mut tally = [0_u64; 7];
        for dataset in datasets {
            tally[dataset.verification.verdict as usize] += 1;
        }
        let total: u64 = tally.iter().sum();
        let parts = [
            (Verdict::Absent, "verified absent by an independent probe"),
            (
                Verdict::InconclusiveAccepted,
                "inconclusive and accepted with a reason, no control being possible",
            ),
            (Verdict::Attested, "attested by the party that runs the system"),
            (Verdict::Expiring, "held in backups that expire"),
            (Verdict::Preserved, "withheld and found unchanged"),
            (Verdict::Expired, "no longer in any backup set"),
            (Verdict::NoPersonalRecords, "without records of single persons"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(verdict, _)| tally[*verdict as usize] > 0)
            .map(|(verdict, words)| format!("{} {words}", tally[*verdict as usize]))
            .collect();
        let data = if self.kind == Kind::Drill {
            "synthetic data"
        } else {
            "data in scope"
        };
        format!(
            "All {} of inventory version {} were worked through for the {data}. Of {}: {}.",
            plural(self.inventory.systems, "system"),
            self.inventory.version,
            plural(total, "dataset"),
            parts.join("; ")
        )
    }
}

/// `1 system`, `12 systems`.
pub fn plural(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", count(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::report::{Acceptance, Rehearsal};
    use crate::certificate::sample;

    #[test]
    fn a_thousand_ids_leave_at_most_a_third_of_a_percent() {
        assert_eq!(
            sample_sentence(1000),
            "0 of 1000 found: with 95 % confidence less than 0.30 % of the records remain"
        );
    }

    #[test]
    fn the_bound_is_never_rounded_down() {
        for sampled in 1..=1000 {
            let exact = 1.0 - 0.05_f64.powf(1.0 / sampled as f64);
            assert!(
                remains_at_most(sampled) as f64 / 10_000.0 >= exact - 1e-12,
                "n = {sampled}"
            );
        }
        assert_eq!(remains_at_most(1), 9_500);
    }

    #[test]
    fn a_full_check_says_all_and_claims_no_percentage() {
        let claims = sample::complete();
        let proves = &claims.systems[0].datasets[0].verification.proves;
        assert_eq!(
            proves,
            "All 412 ids were looked up and none was found, and the count query returned 0."
        );
    }

    #[test]
    fn an_empty_dataset_is_looked_at_and_said_to_have_been_empty() {
        let mut dataset = sample::complete().systems[0].datasets[0].clone();
        dataset.before = Some(0);
        assert_eq!(
            proves(&dataset),
            "There were no records before erasure, and the count query returned 0."
        );
    }

    #[test]
    fn a_drill_says_plainly_that_it_is_none() {
        assert_eq!(title(Kind::Drill, false), "DRILL - not a certificate");
        assert_eq!(
            title(Kind::Corrected, true),
            "Corrected partial certificate of erasure"
        );
    }

    #[test]
    fn a_system_that_nobody_rehearsed_is_told_with_who_accepted_it() {
        let at = "2026-03-02T08:00:00Z".parse().unwrap();
        let accepted = |name: Option<&str>| {
            let acceptance = Some(Acceptance {
                role: "compliance officer".into(),
                name: name.map(str::to_owned),
                at,
                reason: "the drill is due in a week.".into(),
            });
            Rehearsal::Missing { acceptance }.words()
        };
        assert_eq!(
            accepted(None),
            "No passed drill since its last change; accepted by the compliance officer on 2026-03-02 08:00:00 UTC: the \
             drill is due in a week."
        );
        assert!(accepted(Some("Niamh Byrne")).contains("compliance officer Niamh Byrne on"));
        let plain = Rehearsal::Missing { acceptance: None }.words();
        assert!(
            plain.starts_with("No passed drill since its last change"),
            "{plain}"
        );
        assert_eq!(
            Rehearsal::Passed { at }.words(),
            "A drill of this system passed on 2026-03-02."
        );
    }

    #[test]
    fn the_facts_of_a_file_name_systems_without_a_drill_and_an_earlier_statement_says_nothing_of_them() {
        let mut claims = sample::complete();
        assert!(!String::from_utf8(claims.bytes()).unwrap().contains("\"drill\""));
        claims.systems[0].drill = Some(Rehearsal::Missing { acceptance: None });
        assert_eq!(Claims::parse(&claims.bytes()).as_ref(), Ok(&claims));
        assert_eq!(claims.contradictions(), []);
        claims.systems[0].drill = Some(Rehearsal::Missing {
            acceptance: Some(Acceptance {
                role: "compliance officer".into(),
                name: None,
                at: claims.issued_at,
                reason: " ".into(),
            }),
        });
        assert_eq!(claims.contradictions().len(), 1, "an acceptance has a reason");
    }

    #[test]
    fn counts_are_grouped_and_moments_lose_their_fraction() {
        assert_eq!(count(12_345_678), "12\u{a0}345\u{a0}678");
        assert_eq!(count(123), "123");
        assert_eq!(
            moment("2026-03-01T12:00:00.5Z".parse().unwrap()),
            "2026-03-01 12:00:00 UTC"
        );
    }
}
