//! How certificates are put into words.

use domain::certificate::Until;
use domain::register::{CertificateKind, CertificateRecord, CertificateState};

use crate::text;

/// Kinds, in the order of the filter.
pub const KINDS: [CertificateKind; 5] = [
    CertificateKind::Complete,
    CertificateKind::Partial,
    CertificateKind::Corrected,
    CertificateKind::Addendum,
    CertificateKind::Drill,
];

/// A kind, as a name.
pub const fn kind(kind: CertificateKind) -> &'static str {
    match kind {
        CertificateKind::Complete => "Certificate of erasure",
        CertificateKind::Partial => "Partial certificate of erasure",
        CertificateKind::Corrected => "Corrected certificate of erasure",
        CertificateKind::Addendum => "Addendum to a certificate",
        CertificateKind::Drill => "Drill, not a certificate",
    }
}

/// What a kind means, as a sentence.
const fn kind_means(kind: CertificateKind) -> &'static str {
    match kind {
        CertificateKind::Complete => "Everything that was asked for is gone.",
        CertificateKind::Partial => {
            "Parts are kept on a stated ground, or are in backups that have yet to expire."
        }
        CertificateKind::Corrected => "It takes the place of an earlier certificate that was wrong.",
        CertificateKind::Addendum => "It adds to an earlier certificate: what remained then is gone now.",
        CertificateKind::Drill => "A rehearsal on synthetic data. It proves nothing about anybody's data.",
    }
}

/// What it says and whether it stands, as sentences.
pub fn means(record: &CertificateRecord) -> String {
    let (says, stands) = (kind_means(record.kind), state_means(record.state.word()));
    match record.state {
        CertificateState::Revoked { .. } | CertificateState::Suspended => stands.to_owned(),
        _ => format!("{says} {stands}"),
    }
}

/// What a state means, as a sentence.
fn state_means(state: &str) -> &'static str {
    match state {
        "draft" => "It is certified, and is about to be signed.",
        "signed" => "It is signed and entered in the log. Its pages are being written.",
        "rendered" => "Its pages and signatures are stored. It is about to be issued.",
        "issued" => "It is in force.",
        "superseded" => "It is no longer in force: another certificate took its place.",
        "suspended" => "It is suspended: a later check found something, and somebody is looking at it.",
        "revoked" => "It is revoked, and must no longer be relied on.",
        _ => "Its state is not known.",
    }
}

/// Why it is not in force, beyond the state.
pub const fn reason(state: &CertificateState) -> Option<&'static str> {
    match state {
        CertificateState::Revoked { reason } => Some(reason.words()),
        _ => None,
    }
}

/// Until when something is kept.
pub fn until(until: &Until) -> String {
    match until {
        Until::Date { on } => format!("Until {}", text::day(*on)),
        Until::Release => "Until the hold is released".into(),
    }
}
