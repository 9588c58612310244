//! The answer to "is this file genuine?", in words. Facts are shown from the signed statement, never from pages.

use std::fmt;

use super::claims::{Claims, Kind};
use super::report::Rehearsal;
use super::standing::{AttestedAgain, StatusRow};
use super::told::Told;
use super::wording::{self, moment};
use crate::time::Timestamp;

/// What can be said of a file. Only [`Answer::Genuine`] is a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Every byte of the file is confirmed by a signature of the issuer.
    Genuine(Facts),
    /// The statement inside is genuine; the pages are not confirmed.
    StatementOnly {
        /// What the statement says.
        facts: Facts,
        /// Why the pages are not confirmed.
        pages: Pages,
    },
    /// Every byte is confirmed, and by a signed status list the certificate is no longer in force.
    Ended(Facts),
    /// Every byte is confirmed, but by a key that somebody else may have had, and nothing attests it again.
    KeyCompromised(Facts),
    /// Something in it was changed, or does not belong together.
    Altered {
        /// What.
        what: String,
    },
    /// Signed, but not by a key of the issuer that was valid, or not a certificate.
    NotOurs {
        /// Why.
        why: String,
    },
    /// Nothing in it or beside it is signed.
    NoSignature,
    /// A statement without its signature, and nothing at hand of the issuer has it.
    StatementAlone,
}

/// Why the pages of a PDF are not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pages {
    /// No signature over the whole file was given.
    NoSignatureGiven,
    /// One was given, and it does not fit these bytes.
    SignatureDoesNotFit(String),
    /// None was given, and the issuer's register has other bytes.
    NotRegistered(&'static str),
}

/// By what every byte is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// A signature over the whole of it.
    Signature,
    /// The signed status list, which has its SHA-256.
    List,
    /// The register, which was asked for its SHA-256.
    Register,
}

/// What a genuine statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The statement.
    pub claims: Box<Claims>,
    /// The key that signed it; absent where the status list alone vouches for it.
    pub kid: Option<String>,
    /// By what every byte of the file is confirmed; absent where the pages are not.
    pub confirmed: Option<Confirmed>,
    /// Where the log has it, when a proof was checked.
    pub log: Option<Logged>,
    /// Whether it stood when a status list was made, where one was given.
    pub present: Option<Box<Present>>,
    /// The key that signed it is marked as compromised, by the published keys or by the status list.
    pub mark: Option<Box<KeyMark>>,
}

/// The mark of the key that signed a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMark {
    /// Since when somebody else may have had it; absent where nobody knows.
    pub since: Option<Timestamp>,
    /// The status list, signed by another key, says that this certificate is the issuer's all the same.
    pub again: Option<AttestedAgain>,
}

/// What a status list or the register says of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// When the list was made, or the register was asked.
    pub as_of: Timestamp,
    /// Its row; absent where the certificate is newer than the list.
    pub row: Option<StatusRow>,
    /// The register was asked; else it is a list that says so.
    pub register: bool,
}

/// A place in the log, proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The log.
    pub origin: String,
    /// The index of the entry, from 0.
    pub index: u64,
    /// The size of the log at the checkpoint that proves it.
    pub size: u64,
}

impl Answer {
    /// Whether the file may be relied on.
    pub const fn is_genuine(&self) -> bool {
        matches!(self, Self::Genuine(_))
    }

    /// What the statement says, where there is a genuine one.
    pub const fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Genuine(facts)
            | Self::StatementOnly { facts, .. }
            | Self::Ended(facts)
            | Self::KeyCompromised(facts) => Some(facts),
            _ => None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Told::of(self).line())
    }
}

impl Confirmed {
    const fn words(self) -> &'static str {
        match self {
            Self::Signature => "the issuer's signature over the whole file",
            Self::List => "the issuer's signed status list, which has the SHA-256 of the whole file",
            Self::Register => "the issuer's register, which has the SHA-256 of the whole file",
        }
    }
}

impl Present {
    /// Who says so, and as of when.
    pub fn source(&self) -> String {
        let what = if self.register { "register" } else { "status list" };
        format!("the {what} of {}", moment(self.as_of))
    }
}

impl KeyMark {
    /// For people.
    pub fn words(&self) -> String {
        let since = match self.since {
            Some(since) => format!("compromised since {}", moment(since)),
            None => "compromised, nobody knows since when".into(),
        };
        match &self.again {
            Some(again) => format!(
                "{since}; the issuer attested the certificate again on {} under another key",
                moment(again.at)
            ),
            None => format!("{since}; nothing attests the certificate again"),
        }
    }
}

impl Facts {
    /// What a reader should compare with what they were told: label and value, from the statement.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let claims = &self.claims;
        let mut lines = vec![
            ("title", claims.title().into()),
            ("kind", claims.kind.words().into()),
            ("id", claims.id.to_string()),
            ("code", claims.code.to_string()),
            ("issuer", claims.issuer.name.clone()),
            ("recipient", claims.recipient.name().into()),
            ("request", claims.request.id.to_string()),
            ("issued", moment(claims.issued_at)),
            ("verified", moment(claims.verified_at)),
            ("outcome", claims.outcome()),
        ];
        for part in &claims.withheld {
            lines.push((
                "withheld",
                format!("{}: {} - {}", part.system, part.what, part.ground),
            ));
        }
        for system in &claims.systems {
            if let Some(missing @ Rehearsal::Missing { .. }) = &system.drill {
                lines.push(("not rehearsed", format!("{}: {}", system.name, missing.words())));
            }
        }
        if let Some(earlier) = &claims.supersedes {
            lines.push(("replaces", format!("{} ({})", earlier.code, earlier.reason)));
        }
        if let Some(base) = &claims.supplements {
            lines.push(("adds to", base.code.to_string()));
        }
        if let Some(confirmed) = self.confirmed {
            lines.push(("confirmed by", confirmed.words().into()));
        }
        if let Some(kid) = &self.kid {
            lines.push(("signed by key", kid.clone()));
        }
        if let Some(mark) = self.mark.as_deref() {
            lines.push(("mark of the key", mark.words()));
        }
        lines.push(match &self.log {
            Some(log) => (
                "log",
                format!(
                    "entry {} of {}, proved at size {}",
                    log.index, log.origin, log.size
                ),
            ),
            None => ("log", format!("{}; no proof was checked", claims.log.origin)),
        });
        if claims.kind == Kind::Drill {
            lines.push(("note", wording::DRILL_NOTE.into()));
        }
        lines.push((
            "present state",
            match self.present.as_deref() {
                None => format!("not known without a status list; see {}", claims.status_url),
                Some(present) => match &present.row {
                    None => format!(
                        "issued after {} was made; see {}",
                        present.source(),
                        claims.status_url
                    ),
                    Some(row) => format!(
                        "{} since {}, by {}",
                        row.state.words(),
                        moment(row.since),
                        present.source()
                    ),
                },
            },
        ));
        lines
    }
}
