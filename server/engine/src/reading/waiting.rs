//! What a request waits for: whose turn it is, on what, and who may not take it (the table of separated duties).

use domain::time::Timestamp;
use serde::Serialize;

use super::names::Named;

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// A person of the tenant.
    Tenant,
    /// Legal counsel.
    LegalCounsel,
    /// A compliance officer.
    ComplianceOfficer,
    /// An operator.
    Operator,
    /// An administrator.
    Administrator,
    /// Lethe goes on by itself.
    Lethe,
}

impl Turn {
    /// The word stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::LegalCounsel => "legal_counsel",
            Self::ComplianceOfficer => "compliance_officer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
            Self::Lethe => "lethe",
        }
    }

    /// From the words of [`domain::request::Aside::NeedsAttention`].
    pub(super) fn of_words(who: &str) -> Self {
        match who {
            "legal counsel" => Self::LegalCounsel,
            "operator" => Self::Operator,
            "tenant" => Self::Tenant,
            _ => Self::ComplianceOfficer,
        }
    }
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// Somebody else confirms who is behind the request.
    IdentityConfirmation,
    /// The approver's side commits to a nonce, so that nobody alone can choose the sample.
    NonceCommitment,
    /// Whoever keeps the nonce outside brings it: the root of the log is fixed.
    NonceOpening,
    /// The plan is drawn, and probes count.
    Planning,
    /// A second person approves plan and manifest.
    Approval,
    /// The grace period ends.
    Grace,
    /// Chunks are erased.
    Erasure,
    /// Stores settle.
    Settling,
    /// Probes look.
    Verification,
    /// What remained is erased again.
    Remediation,
    /// An officer looks at single records.
    SpotCheck,
    /// An officer certifies.
    Certification,
    /// The certificate is signed, rendered and sent.
    Issue,
    /// An officer certifies that backups have run out.
    Addendum,
    /// A valid key is put in place: an expired one never signs.
    Key,
    /// Parts that are kept, or run out by themselves, go later; or the later checks come.
    Remainder,
    /// A hold is released.
    HoldRelease,
    /// A duty ends.
    DutyEnd,
    /// The release of the last hold can still be taken back.
    CoolingOff,
    /// A person looks at what went wrong.
    Attention,
    /// Counsel records what a party attests.
    Attestation,
    /// Somebody lets it go on.
    Unpause,
    /// A hold is looked at again, as its date says.
    HoldReview,
    /// A second person releases a hold.
    SecondRelease,
    /// A second person confirms that a certificate is revoked.
    SecondRevocation,
    /// An officer says whether what was seen again is so, or a second one that it is not.
    IncidentDecision,
    /// An officer revokes a certificate whose residue is confirmed.
    Revocation,
    /// Cause, remedy and lessons of an incident are written down.
    IncidentAccount,
    /// An officer begins the correction of a revoked certificate.
    Correction,
    /// Counsel re-confirms the hold register after a restore.
    RegisterConfirmation,
    /// An officer sees to mails to a tenant that did not arrive.
    Undelivered,
    /// A place where certificates are stored fails.
    StorageFailure,
    /// A drill failed, is late, or did not run; or none runs at all.
    Drill,
    /// Nobody looks for what is overdue.
    Schedule,
    /// A parked job is put back to work.
    ParkedJob,
    /// Nothing.
    Nothing,
}

impl Awaited {
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::IdentityConfirmation => "identity_confirmation",
            Self::NonceCommitment => "nonce_commitment",
            Self::NonceOpening => "nonce_opening",
            Self::Planning => "planning",
            Self::Approval => "approval",
            Self::Grace => "grace",
            Self::Erasure => "erasure",
            Self::Settling => "settling",
            Self::Verification => "verification",
            Self::Remediation => "remediation",
            Self::SpotCheck => "spot_check",
            Self::Certification => "certification",
            Self::Issue => "issue",
            Self::Addendum => "addendum",
            Self::Key => "key",
            Self::Remainder => "remainder",
            Self::HoldRelease => "hold_release",
            Self::DutyEnd => "duty_end",
            Self::CoolingOff => "cooling_off",
            Self::Attention => "attention",
            Self::Attestation => "attestation",
            Self::Unpause => "unpause",
            Self::HoldReview => "hold_review",
            Self::SecondRelease => "second_release",
            Self::SecondRevocation => "second_revocation",
            Self::IncidentDecision => "incident_decision",
            Self::Revocation => "revocation",
            Self::IncidentAccount => "incident_account",
            Self::Correction => "correction",
            Self::RegisterConfirmation => "register_confirmation",
            Self::Undelivered => "undelivered",
            Self::StorageFailure => "storage_failure",
            Self::Drill => "drill",
            Self::Schedule => "schedule",
            Self::ParkedJob => "parked_job",
            Self::Nothing => "nothing",
        }
    }
}

/// Somebody who may not take the turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// Who.
    pub who: Named,
    /// What they did: `opened the request`.
    pub because: &'static str,
}

/// The ingredients of the sentence that says what is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Whose turn it is, any of these; empty: nobody's.
    pub who: Vec<Turn>,
    /// On what.
    pub what: Awaited,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Until when, where that is known.
    pub until: Option<Timestamp>,
    /// What is the matter, as somebody wrote it; for staff.
    pub told: Option<String>,
    /// Who may not take this turn.
    pub excluded: Vec<Excluded>,
    /// The reader has the right to take it, and is not excluded.
    pub yours: bool,
    /// The reader has the right, and may not use it here, because of this.
    pub not_yours_because: Option<&'static str>,
}

impl Waiting {
    pub(super) const fn of(who: Vec<Turn>, what: Awaited, since: Option<Timestamp>) -> Self {
        Self {
            who,
            what,
            since,
            until: None,
            told: None,
            excluded: Vec::new(),
            yours: false,
            not_yours_because: None,
        }
    }
}
