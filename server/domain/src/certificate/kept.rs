//! The whole bytes of a PDF against what the issuer keeps: its signed list, and its register.

use super::answer::{Confirmed, Facts, Present};
use super::check::Beside;
use super::standing::StatusRow;
use crate::digest::Digest;

/// How the issuer keeps the document of a certificate, by its SHA-256.
pub(super) enum Kept {
    /// Just so.
    As(Confirmed),
    /// Not so: why.
    Otherwise(&'static str),
    /// Nothing at hand says.
    NotKnown,
}

/// Compares the whole bytes with the signed list and with the register. Where the register was asked, it also says last whether
/// the certificate stands.
pub(super) fn kept(digest: Digest, facts: Facts, beside: Beside<'_>) -> (Kept, Facts) {
    let row = facts.present.as_ref().and_then(|present| present.row.as_ref());
    let in_list = row
        .and_then(|row| row.document)
        .map(|document| document == digest);
    if in_list == Some(false) {
        let why = "the status list has other pages of this certificate";
        return (Kept::Otherwise(why), facts);
    }
    let Some(registered) = beside.registered else {
        let kept = in_list.map_or(Kept::NotKnown, |_| Kept::As(Confirmed::List));
        return (kept, facts);
    };
    match &registered.document {
        None => (
            Kept::Otherwise("the issuer's register has no document of these bytes"),
            facts,
        ),
        Some(document) if document.certificate != facts.claims.id => (
            Kept::Otherwise("by the issuer's register these are the pages of another certificate"),
            facts,
        ),
        Some(document) => {
            let row = StatusRow {
                id: document.certificate,
                statement: facts.claims.digest(),
                state: document.state,
                since: document.since,
                document: Some(digest),
                attested_again: None,
            };
            let present = Some(Box::new(Present {
                as_of: registered.asked_at,
                row: Some(row),
                register: true,
            }));
            (Kept::As(Confirmed::Register), Facts { present, ..facts })
        }
    }
}
