//! Checking a file offline: pure on bytes, so that it runs in a browser as well.
//!
//! A PDF is genuine only if its *whole bytes* are signed. Attachments are taken out of it by whoever can read PDFs;
//! what they say is believed only as far as their own signature reaches.

use super::answer::{Answer, Confirmed, Facts, KeyMark, Logged, Pages, Present};
use super::claims::Claims;
use super::kept::{Kept, kept};
use super::registered::Registered;
use super::standing::{StandingState, StatusList};
use super::wording::moment;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::{EntryClaims, Proof};
use crate::digest::Digest;
use crate::signature::jwk::{Jwk, KeySet};
use crate::signature::jws::Typ;
use crate::signature::note::VerifierKey;
use crate::signature::{Signature, jws, sshsig};

/// The file that is asked about.
#[derive(Debug, Clone, Copy)]
pub enum File<'a> {
    /// A PDF, with what is attached to it.
    Pdf {
        /// Its whole bytes.
        bytes: &'a [u8],
        /// Taken out of it.
        attached: &'a Attachments,
    },
    /// A compact JWS.
    Jws(&'a str),
    /// A statement, and the JWS that lies beside it.
    Statement {
        /// Its bytes.
        bytes: &'a [u8],
        /// The JWS, when there is one.
        jws: Option<&'a str>,
    },
}

/// What a certificate PDF has attached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attachments {
    /// `statement.json`.
    pub statement: Option<Vec<u8>>,
    /// `statement.jws`.
    pub jws: Option<Vec<u8>>,
    /// `log-entry.json`.
    pub log_entry: Option<Vec<u8>>,
    /// `log-entry.tlog-proof`.
    pub log_proof: Option<Vec<u8>>,
}

/// What lies beside the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Raw Ed25519 over the whole PDF (`.sig`), 64 bytes.
    pub raw: Option<&'a [u8]>,
    /// SSHSIG over the whole PDF (`.sshsig`).
    pub sshsig: Option<&'a str>,
    /// Keys of the log; without one no log proof is checked.
    pub log_keys: &'a [VerifierKey],
    /// `log-entry.json`; for a PDF the attached one is taken when there is none here.
    pub log_entry: Option<&'a [u8]>,
    /// `log-entry.tlog-proof`; likewise.
    pub log_proof: Option<&'a [u8]>,
    /// A status list whose signature holds and that has not run out ([`StatusList::open`]).
    pub status: Option<&'a StatusList>,
    /// What the issuer's register says of the whole bytes of a PDF, where it was asked.
    pub registered: Option<&'a Registered>,
}

/// Checks a file against the keys of its issuer.
pub fn check(file: File<'_>, keys: &KeySet, beside: Beside<'_>) -> Answer {
    match answer(file, keys, beside).unwrap_or_else(|refusal| refusal) {
        Answer::Genuine(facts) if ended(&facts) => Answer::Ended(facts),
        Answer::Genuine(facts) if facts.mark.as_ref().is_some_and(|mark| mark.again.is_none()) => {
            Answer::KeyCompromised(facts)
        }
        other => other,
    }
}

/// Whether a status list says that the certificate no longer stands.
fn ended(facts: &Facts) -> bool {
    let row = facts.present.as_ref().and_then(|present| present.row.as_ref());
    row.is_some_and(|row| row.state != StandingState::Issued)
}

/// What the status list says of a statement; one that it should have and does not is not ours.
fn listed(claims: &Claims, status: Option<&StatusList>) -> Result<Option<Box<Present>>, Answer> {
    let Some(list) = status else { return Ok(None) };
    let row = list.find(claims.id).cloned();
    let as_of = list.issued_at();
    match &row {
        Some(row) if row.statement != claims.digest() => Err(altered(
            "the status list has another statement of this certificate",
        )),
        None if claims.issued_at < as_of => Err(Answer::NotOurs {
            why: format!("the status list of {} does not have it", moment(as_of)),
        }),
        _ => Ok(Some(Box::new(Present {
            as_of,
            row,
            register: false,
        }))),
    }
}

/// The mark of the key that signed a statement, where the published keys or the status list have one. Dates do not help:
/// whoever has a key writes any date.
fn mark(
    kid: &str,
    keys: &KeySet,
    status: Option<&StatusList>,
    present: Option<&Present>,
) -> Option<Box<KeyMark>> {
    let by_list = status.and_then(|list| list.marked(kid));
    let by_keys = keys.find(kid).and_then(|key| key.compromised_since);
    let since = match by_list {
        Some(marked) => marked.since,
        None => Some(by_keys?),
    };
    let row = present.and_then(|present| present.row.as_ref());
    let again = row.and_then(|row| row.attested_again.clone());
    Some(Box::new(KeyMark {
        since,
        again: again.filter(|again| again.key_id == kid),
    }))
}

/// Why pages are not confirmed although a signature fits: its key was retired before, or is marked as compromised and these
/// are not the pages that the issuer attested again.
fn unfit(bytes: &[u8], signers: &[&Jwk], facts: &Facts, status: Option<&StatusList>) -> Option<String> {
    if let Some(key) = signers.iter().find(|key| retired_before(key, &facts.claims)) {
        return Some(format!(
            "key {} was retired before the certificate was issued",
            key.kid
        ));
    }
    let marked = |key: &&&Jwk| {
        key.compromised_since.is_some() || status.is_some_and(|list| list.marked(&key.kid).is_some())
    };
    let key = signers.iter().find(marked)?;
    let again = facts.mark.as_ref().map(|mark| mark.again.as_ref());
    match again {
        // Nothing attests the statement again: that is said first.
        Some(None) => None,
        Some(Some(again)) if again.document == Digest::of(bytes) => None,
        _ => Some(format!(
            "key {} is marked as compromised, and the issuer did not attest these pages again",
            key.kid
        )),
    }
}

fn answer(file: File<'_>, keys: &KeySet, beside: Beside<'_>) -> Result<Answer, Answer> {
    match file {
        File::Jws(jws) => Ok(Answer::Genuine(statement(jws, None, keys, beside)?)),
        File::Statement { bytes, jws: None } => statement_alone(bytes, keys, beside),
        File::Statement {
            bytes,
            jws: Some(jws),
        } => Ok(Answer::Genuine(statement(jws, Some(bytes), keys, beside)?)),
        File::Pdf { bytes, attached } => pdf(bytes, attached, keys, beside),
    }
}

/// A statement without its signature is vouched for by the signed list that has its SHA-256, or by nothing.
fn statement_alone(bytes: &[u8], keys: &KeySet, beside: Beside<'_>) -> Result<Answer, Answer> {
    let claims = Claims::parse(bytes).map_err(|error| Answer::NotOurs {
        why: error.to_string(),
    })?;
    let present = listed(&claims, beside.status)?;
    if present.as_ref().is_none_or(|present| present.row.is_none()) {
        return Err(Answer::StatementAlone);
    }
    let mark = mark(&claims.key_id, keys, beside.status, present.as_deref());
    Ok(Answer::Genuine(Facts {
        claims: Box::new(claims),
        kid: None,
        confirmed: Some(Confirmed::List),
        log: None,
        present,
        mark,
    }))
}

fn pdf(bytes: &[u8], attached: &Attachments, keys: &KeySet, beside: Beside<'_>) -> Result<Answer, Answer> {
    let whole = whole_file(bytes, keys, beside);
    let Some(jws) = &attached.jws else {
        return Err(match whole {
            Whole::Unsigned => Answer::NoSignature,
            Whole::Unfit(why) => Answer::NotOurs { why },
            Whole::Signed(_) => altered("the file is signed, but no signed statement is attached to it"),
        });
    };
    let jws = std::str::from_utf8(jws).map_err(|_| altered("the attached statement.jws is not text"))?;
    let Some(attached_statement) = &attached.statement else {
        return Err(altered("statement.json is missing from the attachments"));
    };
    let beside = Beside {
        log_entry: beside.log_entry.or(attached.log_entry.as_deref()),
        log_proof: beside.log_proof.or(attached.log_proof.as_deref()),
        ..beside
    };
    let facts = statement(jws, Some(attached_statement), keys, beside)?;
    let (kept, facts) = kept(Digest::of(bytes), facts, beside);
    let pages = match (whole, kept) {
        (Whole::Unfit(why), _) => Pages::SignatureDoesNotFit(why),
        (Whole::Signed(signers), kept) => match unfit(bytes, &signers, &facts, beside.status) {
            Some(why) => Pages::SignatureDoesNotFit(why),
            None => match kept {
                Kept::Otherwise(why) => Pages::NotRegistered(why),
                _ => return Ok(genuine(facts, Confirmed::Signature)),
            },
        },
        (Whole::Unsigned, Kept::As(confirmed)) => return Ok(genuine(facts, confirmed)),
        (Whole::Unsigned, Kept::Otherwise(why)) => Pages::NotRegistered(why),
        (Whole::Unsigned, Kept::NotKnown) => Pages::NoSignatureGiven,
    };
    let facts = Facts {
        confirmed: None,
        ..facts
    };
    Ok(Answer::StatementOnly { facts, pages })
}

fn genuine(facts: Facts, confirmed: Confirmed) -> Answer {
    Answer::Genuine(Facts {
        confirmed: Some(confirmed),
        ..facts
    })
}

/// What the signatures beside a PDF say of its bytes. Every one that was given must hold.
enum Whole<'a> {
    Signed(Vec<&'a Jwk>),
    Unsigned,
    Unfit(String),
}

fn whole_file<'a>(bytes: &[u8], keys: &'a KeySet, beside: Beside<'_>) -> Whole<'a> {
    let mut signers = Vec::new();
    if let Some(raw) = beside.raw {
        let Ok(signature) = Signature::from_slice(raw) else {
            return Whole::Unfit("the .sig is not 64 bytes of Ed25519".into());
        };
        match keys
            .keys()
            .iter()
            .find(|jwk| jwk.key.verify_strict(bytes, &signature).is_ok())
        {
            Some(jwk) => signers.push(jwk),
            None => {
                return Whole::Unfit(
                    "the .sig does not fit: the file was altered or signed by another key".into(),
                );
            }
        }
    }
    if let Some(armoured) = beside.sshsig {
        match sshsig::verify(armoured, bytes, keys) {
            Ok(kid) => signers.extend(keys.find(&kid)),
            Err(error) => return Whole::Unfit(error.to_string()),
        }
    }
    if signers.is_empty() {
        Whole::Unsigned
    } else {
        Whole::Signed(signers)
    }
}

/// Whether a key had been retired when the certificate was issued.
fn retired_before(key: &Jwk, claims: &Claims) -> bool {
    key.not_after.is_some_and(|until| until <= claims.issued_at)
}

/// Checks a statement by its JWS, the bytes that lie beside it, and the log proof where there is a log key.
fn statement(
    jws: &str,
    beside_it: Option<&[u8]>,
    keys: &KeySet,
    beside: Beside<'_>,
) -> Result<Facts, Answer> {
    let verified = jws::verify(jws.trim_ascii_end(), Typ::Statement, keys).map_err(|error| match error {
        jws::JwsError::Form | jws::JwsError::Signature => altered(error),
        _ => Answer::NotOurs {
            why: error.to_string(),
        },
    })?;
    if beside_it.is_some_and(|bytes| bytes != verified.payload) {
        return Err(altered("statement.json is not the statement that was signed"));
    }
    let claims = Claims::parse(&verified.payload).map_err(|error| Answer::NotOurs {
        why: error.to_string(),
    })?;
    if claims.key_id != verified.kid {
        return Err(altered(
            "the statement names another key than the one that signed it",
        ));
    }
    if !keys
        .find(&verified.kid)
        .is_some_and(|key| key.valid_at(claims.issued_at))
    {
        let why = format!("key {} was not valid when the statement was issued", verified.kid);
        return Err(Answer::NotOurs { why });
    }
    let log = logged(&claims, beside)?;
    let present = listed(&claims, beside.status)?;
    let mark = mark(&verified.kid, keys, beside.status, present.as_deref());
    Ok(Facts {
        claims: Box::new(claims),
        kid: Some(verified.kid),
        confirmed: Some(Confirmed::Signature),
        log,
        present,
        mark,
    })
}

fn logged(claims: &Claims, beside: Beside<'_>) -> Result<Option<Logged>, Answer> {
    if beside.log_keys.is_empty() {
        return Ok(None);
    }
    let (Some(entry), Some(proof)) = (beside.log_entry, beside.log_proof) else {
        return Err(altered(
            "a log key was given, but log entry or log proof is missing",
        ));
    };
    let entered: EntryClaims =
        serde_json::from_slice(entry).map_err(|_| altered("the log entry cannot be read"))?;
    if entered.digest != claims.digest() {
        return Err(altered("the log entry is of another statement"));
    }
    let proof = std::str::from_utf8(proof).map_err(|_| altered("the log proof is not text"))?;
    let proof: Proof = proof.parse().map_err(altered)?;
    let checkpoint = proven(&proof, entry, beside)?;
    if checkpoint.origin != claims.log.origin {
        return Err(altered(
            "the log proof is of another log than the statement names",
        ));
    }
    Ok(Some(Logged {
        origin: checkpoint.origin,
        index: proof.index,
        size: checkpoint.size,
    }))
}

/// The checkpoint that a proof leads to, signed by a key of the log that is not marked: who has such a key makes any log.
fn proven(proof: &Proof, entry: &[u8], beside: Beside<'_>) -> Result<Checkpoint, Answer> {
    let marked = |key: &&VerifierKey| {
        beside
            .status
            .is_some_and(|list| list.log_key_is_marked(key.key()))
    };
    let trusted: Vec<VerifierKey> = beside
        .log_keys
        .iter()
        .filter(|key| !marked(key))
        .cloned()
        .collect();
    proof.verify(entry, &trusted).map_err(|error| {
        match proof.verify(entry, beside.log_keys) {
            Ok(_) => Answer::NotOurs {
                why: format!(
                    "the log proof rests on a key of the log that is marked as compromised: fetch a fresh one from the issuer, at /log/proof/{}",
                    proof.index
                ),
            },
            Err(_) => altered(error),
        }
    })
}

fn altered(what: impl ToString) -> Answer {
    Answer::Altered {
        what: what.to_string(),
    }
}
