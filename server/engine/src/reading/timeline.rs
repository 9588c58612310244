//! What happened to a request and its parts, as the log has it.

use domain::attempt::Step;
use domain::id::{CertificateId, EntryId, MailId};
use domain::nonce::CommittedNonce;
use domain::plan::ErasurePlan;
use domain::port::reading::Line;
use domain::request::ErasureRequest;
use domain::time::Timestamp;
use domain::verification::{Attestation, Check, SpotCheck};
use serde::Serialize;

use super::names::{Named, Names};

/// At most so many happenings are shown; the log has them all.
pub(super) const LONGEST: u32 = 1_000;

/// What a tenant sees happen; the rest is between the issuer's people and machines.
const FOR_TENANTS: [&str; 19] = [
    "request.opened",
    "request.identity_confirmed",
    "request.extended",
    "request.refused",
    "request.withdrawn",
    "request.duplicate",
    "request.objected",
    "request.planned",
    "request.approved",
    "request.blocked",
    "request.resumed",
    "request.started",
    "request.settling",
    "request.verified",
    "request.certified",
    "certificate.issued",
    "certificate.superseded",
    "certificate.suspended",
    "certificate.revoked",
];

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happening {
    /// The entry of the log.
    pub entry: EntryId,
    /// Its index in the log, once it is sequenced.
    pub index: Option<u64>,
    /// When.
    pub at: Timestamp,
    /// `<noun>.<past participle>`.
    pub kind: String,
    /// About what: `request:<id>`, `check:<id>` ...
    pub object: String,
    /// By whom.
    pub by: Named,
}

/// How the log names a request and its parts. Single chunks are left out: they are many, and their step tells of them.
pub(super) fn objects(
    request: &ErasureRequest,
    (plans, nonces): (&[ErasurePlan], &[CommittedNonce]),
    (steps, checks): (&[Step], &[Check]),
    (spots, attestations): (&[SpotCheck], &[Attestation]),
    certificates: &[CertificateId],
    mails: &[MailId],
) -> Vec<String> {
    let mut objects = vec![format!("request:{}", request.id)];
    for plan in plans {
        objects.push(format!("plan:{}", plan.id));
        objects.push(format!("manifest:{}", plan.id));
    }
    objects.extend(nonces.iter().map(|nonce| format!("nonce:{}", nonce.id)));
    objects.extend(steps.iter().map(|step| format!("step:{}", step.id)));
    objects.extend(checks.iter().map(|check| format!("check:{}", check.id)));
    objects.extend(spots.iter().map(|spot| format!("spot_check:{}", spot.id)));
    objects.extend(attestations.iter().map(|one| format!("attestation:{}", one.id)));
    objects.extend(certificates.iter().map(|id| format!("certificate:{id}")));
    objects.extend(mails.iter().map(|id| format!("mail:{id}")));
    objects
}

/// The lines as the reader may see them.
pub(super) fn told(lines: Vec<Line>, names: &Names, staff: bool) -> Vec<Happening> {
    let seen = |line: &Line| staff || FOR_TENANTS.contains(&line.entry.claims.kind.as_str());
    let happenings = lines.into_iter().filter(seen).map(|line| happening(line, names));
    happenings.collect()
}

/// One line.
pub(super) fn happening(line: Line, names: &Names) -> Happening {
    Happening {
        entry: line.entry.id,
        index: line.index,
        at: line.entry.claims.time,
        by: names.reference(&line.entry.claims.actor),
        kind: line.entry.claims.kind,
        object: line.entry.claims.object,
    }
}
