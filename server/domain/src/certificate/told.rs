//! An answer as people are told it: the same words on the page, in the answer of the server and on the command line.

use super::answer::{Answer, Facts, Pages};
use super::claims::Kind;
use super::standing::StandingState;
use super::wording::{DRILL_NOTE, moment};

/// What an answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every byte is ours, and the certificate stands.
    InForce,
    /// Every byte is ours; whether it stands is not known, or it is a drill.
    Genuine,
    /// Every byte is ours, and the certificate no longer stands.
    Ended,
    /// Signed by a key that somebody else may have had, and nothing attests it again.
    KeyCompromised,
    /// The statement is ours, the pages are not confirmed.
    PagesNotConfirmed,
    /// Something was changed.
    Altered,
    /// Not ours.
    NotOurs,
    /// Nothing was given that could confirm it.
    Unconfirmed,
}

/// How an answer feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It may be relied on.
    Good,
    /// Look closer.
    Careful,
    /// It must not be relied on.
    Bad,
}

/// An answer in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it comes to.
    pub outcome: Outcome,
    /// The answer in one line, without a full stop.
    pub headline: String,
    /// Why, and what to do: whole sentences.
    pub sentences: Vec<String>,
    /// What the genuine statement says: label and value; empty where there is none.
    pub facts: Vec<(&'static str, String)>,
}

impl Outcome {
    /// The word in `data-answer`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Genuine => "genuine",
            Self::Ended => "ended",
            Self::KeyCompromised => "key_compromised",
            Self::PagesNotConfirmed => "pages_not_confirmed",
            Self::Altered => "altered",
            Self::NotOurs => "not_ours",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// How it feels.
    pub const fn mood(self) -> Mood {
        match self {
            Self::InForce => Mood::Good,
            Self::Genuine | Self::Unconfirmed => Mood::Careful,
            Self::Ended | Self::KeyCompromised | Self::PagesNotConfirmed | Self::Altered | Self::NotOurs => {
                Mood::Bad
            }
        }
    }

    const fn refuses(self) -> bool {
        !matches!(self, Self::InForce | Self::Genuine | Self::Ended)
    }
}

impl Told {
    /// The words of an answer.
    pub fn of(answer: &Answer) -> Self {
        let (outcome, headline, sentences) = match answer {
            Answer::Genuine(facts) => genuine(facts),
            Answer::Ended(facts) => ended(facts),
            Answer::KeyCompromised(facts) => key_compromised(facts),
            Answer::StatementOnly { facts, pages } => pages_not_confirmed(facts, pages),
            Answer::Altered { what } => (
                Outcome::Altered,
                "Altered".to_owned(),
                vec![
                    format!("Something in it was changed or does not belong together: {what}."),
                    "Do not rely on it.".into(),
                ],
            ),
            Answer::NotOurs { why } => (
                Outcome::NotOurs,
                "Not a certificate of this issuer".to_owned(),
                vec![format!("Do not rely on it: {why}.")],
            ),
            Answer::NoSignature => (
                Outcome::NotOurs,
                "Not a certificate of this issuer".to_owned(),
                vec!["Nothing in this file or beside it is signed by the issuer.".into()],
            ),
            Answer::StatementAlone => (
                Outcome::Unconfirmed,
                "Not confirmed: a statement without its signature".to_owned(),
                vec![
                    "Nothing at hand of the issuer has this statement. Check it together with its statement.jws."
                        .into(),
                ],
            ),
        };
        Self {
            outcome,
            headline,
            sentences,
            facts: answer.facts().map(Facts::lines).unwrap_or_default(),
        }
    }

    /// All of it in a line, as the command line says it.
    pub fn line(&self) -> String {
        let refused = if self.outcome.refuses() { "refused: " } else { "" };
        let mut letters = self.headline.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        let headline: String = first.into_iter().chain(letters).collect();
        let why = self.sentences.join(" ");
        format!("{refused}{headline}: {}", why.trim_end_matches('.'))
    }
}

/// What a genuine file rests on.
const EVERY_BYTE: &str = "Every byte of this file is confirmed by the issuer.";

fn genuine(facts: &Facts) -> (Outcome, String, Vec<String>) {
    let mut sentences = vec![EVERY_BYTE.to_owned()];
    if facts.claims.kind == Kind::Drill {
        sentences.push(DRILL_NOTE.into());
        return (Outcome::Genuine, "Genuine, but a drill".into(), sentences);
    }
    sentences.push(standing(facts));
    match facts
        .present
        .as_ref()
        .is_some_and(|present| present.row.is_some())
    {
        true => (Outcome::InForce, "Genuine and in force".into(), sentences),
        false => (
            Outcome::Genuine,
            "Genuine; whether it is in force is not known".into(),
            sentences,
        ),
    }
}

fn ended(facts: &Facts) -> (Outcome, String, Vec<String>) {
    let row = facts.present.as_ref().and_then(|present| present.row.as_ref());
    let headline = row.map_or_else(
        || "Genuine, but no longer in force".to_owned(),
        |row| format!("Genuine, but {} on {}", past(row.state), moment(row.since)),
    );
    let advice = match row.map(|row| row.state) {
        Some(StandingState::Superseded) => "Rely on the certificate that took its place.",
        Some(StandingState::Suspended) => "Do not rely on it until that is settled.",
        _ => "It must no longer be relied on.",
    };
    (
        Outcome::Ended,
        headline,
        vec![EVERY_BYTE.into(), standing(facts), advice.into()],
    )
}

fn key_compromised(facts: &Facts) -> (Outcome, String, Vec<String>) {
    let key = facts.kid.as_deref().unwrap_or(&facts.claims.key_id);
    let since = facts.mark.as_ref().and_then(|mark| mark.since);
    let since = since.map_or_else(
        || "nobody knows since when".to_owned(),
        |at| format!("since {}", moment(at)),
    );
    let why = match &facts.present {
        Some(_) => "The status list does not attest the certificate again.",
        None => "Only a fresh status list can say whether the issuer attests the certificate again.",
    };
    let sentences = vec![
        format!("Somebody else may have had key {key}, {since}: what it signed is not believed by itself."),
        why.into(),
    ];
    let headline = "Signed by a key which is marked as compromised";
    (Outcome::KeyCompromised, headline.into(), sentences)
}

fn pages_not_confirmed(facts: &Facts, pages: &Pages) -> (Outcome, String, Vec<String>) {
    let why = match pages {
        Pages::NoSignatureGiven => {
            "No signature over the whole file was given (look for the .sig or .sshsig beside it), and the \
             issuer's register was not asked."
                .to_owned()
        }
        Pages::SignatureDoesNotFit(why) => format!("The signature over the whole file does not hold: {why}."),
        Pages::NotRegistered(why) => format!("They are not as they were issued: {why}."),
    };
    let sentences = vec![
        why,
        "Rely on nothing that the pages show. What the statement says is below.".into(),
        standing(facts),
    ];
    let headline = "The statement inside is genuine; these pages are NOT confirmed";
    (Outcome::PagesNotConfirmed, headline.into(), sentences)
}

/// Whether the certificate stands, who says so, and as of when.
fn standing(facts: &Facts) -> String {
    let Some(present) = facts.present.as_deref() else {
        let address = &facts.claims.status_url;
        return format!("Whether the certificate is still in force could not be asked; see {address}.");
    };
    match &present.row {
        None => format!(
            "It was issued after {} was made, which does not have it yet; see {}.",
            present.source(),
            facts.claims.status_url
        ),
        Some(row) if row.state == StandingState::Issued => {
            format!("By {} the certificate is in force.", present.source())
        }
        Some(row) => format!(
            "By {} the certificate was {} on {}.",
            present.source(),
            past(row.state),
            moment(row.since)
        ),
    }
}

const fn past(state: StandingState) -> &'static str {
    match state {
        StandingState::Issued => "issued",
        StandingState::Superseded => "superseded",
        StandingState::Suspended => "suspended",
        StandingState::Revoked => "revoked",
    }
}
