//! The answer to "is this file genuine?", in words. Facts are shown from the signed statement, never from pages.

use std::fmt;

use super::claims::{Claims, Kind};
use super::standing::{AttestedAgain, StatusRow};
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
}

/// Why the pages of a PDF are not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pages {
    /// No signature over the whole file was given.
    NoSignatureGiven,
    /// One was given, and it does not fit these bytes.
    SignatureDoesNotFit(String),
}

/// What a genuine statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The statement.
    pub claims: Box<Claims>,
    /// The key that signed it.
    pub kid: String,
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

/// What a status list says of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// When the list was made.
    pub as_of: Timestamp,
    /// Its row; absent where the certificate is newer than the list.
    pub row: Option<StatusRow>,
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
        match self {
            Self::Genuine(_) => {
                f.write_str("genuine: every byte of this file is confirmed by the issuer's signature")
            }
            Self::Ended(facts) => {
                f.write_str("genuine, but no longer in force")?;
                let row = facts.present.as_ref().and_then(|present| present.row.as_ref());
                row.map_or(Ok(()), |row| {
                    write!(f, ": {} since {}", row.state.words(), moment(row.since))
                })
            }
            Self::KeyCompromised(facts) => {
                write!(
                    f,
                    "refused: signed by key {}, which is marked as compromised",
                    facts.kid
                )?;
                if let Some(since) = facts.mark.as_ref().and_then(|mark| mark.since) {
                    write!(f, " since {}", moment(since))?;
                }
                f.write_str(match &facts.present {
                    Some(_) => ": the status list does not attest it again",
                    None => ": only a status list can say whether the issuer attests it again",
                })
            }
            Self::StatementOnly { pages, .. } => {
                f.write_str("refused: the statement inside is genuine; these pages are NOT confirmed: ")?;
                match pages {
                    Pages::NoSignatureGiven => f.write_str(
                        "no signature over the whole file was given (look for the .sig or .sshsig beside it)",
                    ),
                    Pages::SignatureDoesNotFit(why) => {
                        write!(f, "the signature over the whole file does not hold: {why}")
                    }
                }
            }
            Self::Altered { what } => write!(f, "refused: altered: {what}"),
            Self::NotOurs { why } => write!(f, "refused: not a certificate of this issuer: {why}"),
            Self::NoSignature => f.write_str("refused: there is no signature in this file or beside it"),
        }
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
        if let Some(earlier) = &claims.supersedes {
            lines.push(("replaces", format!("{} ({})", earlier.code, earlier.reason)));
        }
        if let Some(base) = &claims.supplements {
            lines.push(("adds to", base.code.to_string()));
        }
        lines.push(("signed by key", self.kid.clone()));
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
                Some(Present { as_of, row: None }) => format!(
                    "issued after the status list of {} was made; see {}",
                    moment(*as_of),
                    claims.status_url
                ),
                Some(Present {
                    as_of,
                    row: Some(row),
                }) => format!(
                    "{} since {}, by the status list of {}",
                    row.state.words(),
                    moment(row.since),
                    moment(*as_of)
                ),
            },
        ));
        lines
    }
}
