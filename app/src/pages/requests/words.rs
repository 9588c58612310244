//! How requests are put into words.

use domain::id::RequestId;
use domain::inventory::Handling;
use domain::mail::MailKind;
use domain::plan::Action;
use domain::request::ErasureRequest;
use domain::scope::RequestScope;
use domain::verification::{Preservation, Verdict};
use engine::reading::file::RequestFile;
use engine::reading::waiting::{Awaited, Turn, Waiting};

use crate::routes;
use crate::text;

/// Whose data a request is about.
pub fn about(request: &ErasureRequest) -> String {
    match &request.scope {
        RequestScope::Tenant { contract, .. } if request.drill => format!("The whole tenant ({contract})"),
        RequestScope::Tenant { contract, .. } => format!("The whole tenant (contract {contract})"),
        RequestScope::Subject => "One person of the tenant".into(),
    }
}

/// The same with the tenant's name, for the pages on which somebody decides.
pub fn whose(file: &RequestFile) -> String {
    let name = &file.tenant_name;
    let drill = if file.request.drill { "Drill: " } else { "" };
    match (&file.request.again, &file.request.scope) {
        (Some(again), _) => format!("What the restored system {} brought back of {name}", again.system),
        (None, RequestScope::Tenant { .. }) if file.request.drill => format!("Drill: everything of {name}"),
        (None, RequestScope::Tenant { contract, .. }) => {
            format!("Everything of {name} (contract {contract})")
        }
        (None, RequestScope::Subject) => format!("{drill}One person of {name}"),
    }
}

/// The way back to a request.
pub fn back(id: RequestId) -> (String, String) {
    let words = format!("Request {}", text::tail(&id.to_string()));
    (routes::one(routes::REQUESTS, id), words)
}

/// By which way it came.
pub fn channel(channel: &str) -> String {
    match channel {
        "portal" | "tenant portal" => "through the portal".into(),
        "staff" => "by our own people".into(),
        "api" => "through the interface for programs".into(),
        "replay" => "from the search of a restored system".into(),
        "schedule" => "by the schedule".into(),
        "drill" => "as a drill".into(),
        other => format!("by {other}"),
    }
}

/// Whose turn it is.
fn turn(turn: Turn) -> &'static str {
    match turn {
        Turn::Tenant => "a second person of the tenant",
        Turn::LegalCounsel => "legal counsel",
        Turn::ComplianceOfficer => "a compliance officer",
        Turn::Operator => "an operator",
        Turn::Administrator => "an administrator",
        Turn::Lethe => "Lethe",
    }
}

/// What is waited for, as a sentence.
pub fn waits_for(waiting: &Waiting) -> String {
    let who: Vec<&str> = waiting.who.iter().map(|who| turn(*who)).collect();
    let who = text::listed(&who, "or");
    match waiting.what {
        Awaited::IdentityConfirmation => format!("It waits for {who} to confirm the identity behind it."),
        Awaited::NonceCommitment => format!(
            "It waits for {who} who did not open it to commit to a nonce, so that nobody alone can choose the sample. Then the plan \
             is drawn."
        ),
        Awaited::NonceOpening => format!(
            "The plan is in the log. It waits for {who} to bring the nonce that was kept outside, by which the sample is drawn."
        ),
        Awaited::Planning => "A plan is being drawn, and probes count what is there.".into(),
        Awaited::Approval => format!("It waits for {who} to approve the plan."),
        Awaited::Grace => "It is approved. Until the grace period ends, the tenant can object.".into(),
        Awaited::Erasure => "Records are being erased, a limited number at a time.".into(),
        Awaited::Settling => {
            "Everything is reported as erased. Systems are given time to settle before anybody looks.".into()
        }
        Awaited::Verification => "Independent probes look whether anything is left.".into(),
        Awaited::Remediation => "Something was left. It is being erased again.".into(),
        Awaited::SpotCheck => format!("It waits for {who} to look at single records by hand."),
        Awaited::Certification => format!("It waits for {who} to certify what was found."),
        Awaited::Issue => "The certificate is being signed, written and sent.".into(),
        Awaited::Addendum => {
            format!("Backups that could hold the data have run out. It waits for {who} to certify that.")
        }
        Awaited::Key => format!(
            "The certificate waits for a valid key: an expired one never signs. It waits for {who} to rotate it, and goes on \
             by itself then."
        ),
        Awaited::Remainder => "It is certified. The systems are looked at again in the coming months; what is kept, or runs out by itself, follows later.".into(),
        Awaited::HoldRelease => {
            "A legal hold keeps all of it. It resumes by itself once the last hold is released.".into()
        }
        Awaited::DutyEnd => {
            "A retention duty keeps all of it. It resumes by itself when the duty ends.".into()
        }
        Awaited::CoolingOff => {
            "The last hold is released. After the cooling-off a fresh plan is drawn by itself.".into()
        }
        Awaited::Attention => format!("Something went wrong. It waits for {who} to look."),
        Awaited::Attestation => {
            format!("A party outside erases for us. It waits for {who} to record what the party attests.")
        }
        Awaited::Unpause => format!("It is paused. It waits for {who} to let it go on."),
        Awaited::HoldReview => format!("It waits for {who} to review the hold."),
        Awaited::SecondRelease => format!("It waits for {who} to release the hold as the second person."),
        Awaited::SecondRevocation => format!("It waits for {who} to confirm the revocation."),
        Awaited::IncidentDecision => format!("It waits for {who} to say whether what was seen again is so."),
        Awaited::Revocation => format!("It waits for {who} to revoke the suspended certificate."),
        Awaited::IncidentAccount => {
            format!("It waits for {who} to write down what is known of the incident.")
        }
        Awaited::Correction => {
            format!("Its certificate is revoked. It waits for {who} to begin the correction.")
        }
        Awaited::RegisterConfirmation => format!("It waits for {who} to re-confirm the hold register."),
        Awaited::Undelivered => format!("A mail did not arrive. It waits for {who}."),
        Awaited::StorageFailure => format!("Certificates may not be kept. It waits for {who}."),
        Awaited::Drill => format!("A drill went wrong. It waits for {who}."),
        Awaited::Schedule => format!("Nobody looks for what is overdue. It waits for {who}."),
        Awaited::ParkedJob => format!("A job is parked. It waits for {who}."),
        Awaited::Nothing => "Nothing remains to be done.".into(),
    }
}

/// What a mail is about.
pub const fn mail(kind: MailKind) -> &'static str {
    match kind {
        MailKind::RequestBlocked => "The request is stopped",
        MailKind::RequestReceived => "The request was received",
        MailKind::RunScheduled => "The run is scheduled",
        MailKind::ApproveAgain => "It must be approved again",
        MailKind::CertificateIssued => "The certificate is ready",
        MailKind::CertificateRevoked => "The certificate is revoked",
        MailKind::CertificateSuspended => "The certificate is suspended",
        MailKind::CertificateReinstated => "The certificate stands again",
        MailKind::IncidentOpened => "Data was seen again",
        MailKind::NeedsAttention => "Somebody has to look",
        MailKind::DeliveryFailed => "A mail did not arrive",
        MailKind::StorageFailed => "Certificates may not be kept",
        MailKind::DrillAlarm => "A drill failed, is late, or did not run",
        MailKind::ConfirmRegister => "Confirm the hold register",
        MailKind::Test => "A test",
        MailKind::Invitation => "An invitation",
        MailKind::Checkpoint => "The checkpoint of the day",
        MailKind::KeyEnding => "A key ends soon",
        MailKind::PasswordReset => "A new password",
    }
}

/// What is done about a dataset.
pub const fn action(action: Action, handling: Handling) -> &'static str {
    match (action, handling) {
        (Action::Erase, _) => "Erase",
        (Action::Expire, _) => "Expires",
        (Action::Attest, _) => "Attested",
        (Action::Withheld, _) => "Withheld",
        (Action::NoPersonalRecords, _) => "No personal records",
    }
}

/// A verdict, as a sentence.
pub fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Absent => {
            "The control was found, the count is zero, and none of the sampled records was found.".into()
        }
        Verdict::Residue { remaining } => {
            format!("{} remain.", text::counted(*remaining, "record", "records"))
        }
        Verdict::Inconclusive { why } => format!("It cannot be told: {why}."),
        Verdict::Unreachable { why } => format!("The system does not answer: {why}."),
        Verdict::ExpiresOn { on } => format!("The last backup that holds it runs out on {}.", text::day(*on)),
        Verdict::Attested { .. } => "A named party confirmed the erasure with a document.".into(),
        Verdict::Withheld => "All of it is kept, and was to stay.".into(),
        Verdict::NoPersonalRecords => "By its locator this dataset holds nothing of single persons.".into(),
    }
}

/// What was found of the records that had to stay.
pub fn kept(kept: &Preservation) -> String {
    match kept {
        Preservation::Preserved => "All records that had to stay are there.".into(),
        Preservation::Lost { withheld, others } => format!(
            "Records are gone that had to stay: {} withheld, {} outside the request.",
            text::count(*withheld),
            text::count(*others)
        ),
        Preservation::NothingToKeep => "There was nothing to compare.".into(),
        Preservation::Unknown => "It cannot be told whether what had to stay is there.".into(),
    }
}
