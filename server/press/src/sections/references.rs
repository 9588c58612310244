//! The last part: how to verify the certificate, and the digests that tie it to its evidence.

use domain::certificate::Recipient;
use domain::digest::Digest;

use super::{Subject, fact, heading, reference};
use crate::hands::{BODY, REFERENCE};
use crate::page::{MEASURE, Paper};
use crate::text::NoGlyph;

/// Puts both sections.
pub fn put(paper: &mut Paper, subject: &Subject<'_>) -> Result<(), NoGlyph> {
    let claims = subject.claims;
    let above = heading(paper, "7. How to verify this certificate offline")?;
    let words = paper.paragraph(&claims.verify_offline, BODY, 0.0, MEASURE)?;
    paper.put(above.then(words));

    let mut block = heading(paper, "8. Digests and references (SHA-256)")?;
    block = block.then(reference(paper, "Certificate id", &claims.id.to_string())?);
    let (Recipient::Tenant { id: tenant, .. } | Recipient::Person { tenant, .. }) = &claims.recipient;
    block = block.then(reference(paper, "Tenant id", &tenant.to_string())?);
    block = block.then(fact(
        paper,
        "Schema, kind",
        &format!("{}, {}", claims.schema, claims.kind.words()),
        BODY,
    )?);
    block = block.then(reference(paper, "Statement", &subject.statement.to_string())?);
    block = block.then(reference(paper, "Evidence", &claims.evidence.to_string())?);
    block = block.then(reference(
        paper,
        "Inventory",
        &claims.inventory.digest.to_string(),
    )?);
    for officer in &claims.officers {
        if let Some(over) = officer.over {
            let label = format!("{}, over", officer.act.words());
            block = block.then(reference(paper, &label, &over.to_string())?);
        }
    }
    for (label, earlier) in [("Replaces", &claims.supersedes), ("Adds to", &claims.supplements)] {
        if let Some(earlier) = earlier {
            block = block.then(reference(paper, label, &earlier.id.to_string())?);
            block = block.then(reference(paper, "Its statement", &earlier.statement.to_string())?);
        }
    }
    if let Some(said) = &claims.sampling {
        let nonce = Digest::from(*said.nonce.as_bytes());
        for (label, digest) in [
            ("Commitment", said.commitment),
            ("Root of the log", said.root),
            ("Nonce", nonce),
        ] {
            block = block.then(reference(paper, label, &digest.to_string())?);
        }
    }
    block = block.then(reference(paper, "Signing key", &claims.key_id)?);
    let place = format!("entry {} of {}", subject.log_index, claims.log.origin);
    block = block.then(fact(paper, "Log", &place, REFERENCE)?);
    paper.put(block);
    Ok(())
}
