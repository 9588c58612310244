//! The words for closed lists: one place, so that page, command line and browser say the same.

use super::case::{ActKind, Ground, HoldResult, Recipient};
use super::claims::Kind;
use super::report::{Control, Handling, Rehearsal, SeedSource, Until, Verdict, WithheldBy};
use super::wording::moment;

impl Verdict {
    /// The verdict in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::InconclusiveAccepted => "inconclusive, accepted",
            Self::Attested => "attested",
            Self::Expiring => "expires with backups",
            Self::Preserved => "withheld, preserved",
            Self::Expired => "no backup left",
            Self::NoPersonalRecords => "no personal records",
        }
    }
}

impl Control {
    /// The control in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Canary => "a canary was found before and after by the same query",
            Self::OutsideRecord => {
                "a record outside this request was found before and after by the same query"
            }
            Self::OtherTenant => "another tenant's record was found before and after by the same query",
            Self::NotPossible => "no control possible",
            Self::NotNeeded => "not needed for this verdict",
        }
    }
}

impl SeedSource {
    /// The source in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::CommittedNonce => "seed from the log and a nonce committed beforehand",
            Self::OperatorLog => "seed from the operator's own log",
        }
    }
}

impl Kind {
    /// The kind as it stands in the statement.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Corrected => "corrected",
            Self::Addendum => "addendum",
            Self::Drill => "drill",
        }
    }
}

impl Recipient {
    /// The organisation that the certificate is made out to.
    pub fn name(&self) -> &str {
        match self {
            Self::Tenant { name, .. }
            | Self::Person {
                tenant_name: name, ..
            } => name,
        }
    }
}

impl Handling {
    /// What the plan said, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Erase => "erased by a connector",
            Self::Expire => "expires with its backups",
            Self::Attest => "attested by the party that runs it",
            Self::Withheld => "withheld",
        }
    }
}

impl Rehearsal {
    /// Whether it was rehearsed, as a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Passed { at } => format!("A drill of this system passed on {}.", at.date()),
            Self::Missing { acceptance: None } => {
                "No passed drill since its last change; the issuer's rules did not ask for an acceptance."
                    .into()
            }
            Self::Missing {
                acceptance: Some(accepted),
            } => {
                let who = accepted
                    .name
                    .as_ref()
                    .map_or_else(String::new, |name| format!(" {name}"));
                format!(
                    "No passed drill since its last change; accepted by the {}{who} on {}: {}.",
                    accepted.role,
                    moment(accepted.at),
                    accepted.reason.trim_end_matches('.')
                )
            }
        }
    }
}

impl HoldResult {
    /// The result in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Clear => "no hold covers what was asked for",
            Self::PartsWithheld => "holds cover parts; these were withheld",
        }
    }
}

impl WithheldBy {
    /// What keeps it, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::LegalHold => "legal hold",
            Self::RetentionDuty => "duty to keep",
        }
    }
}

impl ActKind {
    /// The act in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ConfirmedIdentity => "Identity confirmed",
            Self::Approved => "Run approved",
            Self::ReleasedHold => "Hold released",
            Self::Certified => "Certified",
        }
    }
}

impl Until {
    /// Until when, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Date { on } => format!("until {on}"),
            Self::Release => "until the hold is released".into(),
        }
    }
}

impl Ground {
    /// The ground in words, with its article.
    pub fn words(&self) -> String {
        match self {
            Self::Erasure { point: Some(point) } => {
                format!("Request of a data subject, GDPR Art. 17(1)({point})")
            }
            Self::Erasure { point: None } => "Request of a data subject, GDPR Art. 17(1)".into(),
            Self::ContractEnd { contract, term } => {
                format!("End of contract {contract}, GDPR Art. 28(3)(g); data to be gone {term}")
            }
        }
    }
}
