//! The issuer's keys as people look at them: what each is for, its dates and its state. Private halves never come here.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

const DAY: u64 = 24 * 3600;

/// So many days before its end a key asks to be replaced, each asked for once; 0 is the end itself.
pub const THRESHOLDS: [u64; 4] = [60, 30, 7, 0];

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Statements and documents.
    Document,
    /// Checkpoints of the log.
    Log,
    /// The seal in a PDF, for viewers.
    Seal,
    /// The root (CA) under which seals stand.
    Root,
}

impl KeyKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Document, Self::Log, Self::Seal, Self::Root];

    /// The word in commands, messages and log entries.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Log => "log",
            Self::Seal => "seal",
            Self::Root => "root",
        }
    }

    /// By its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whoever checks what it signed must learn each new one: it can be published ahead.
    pub const fn overlaps(self) -> bool {
        matches!(self, Self::Document | Self::Log)
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Somebody else had, or may have had, the private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compromise {
    /// Since when; absent where nobody knows: then nothing it signed is believed by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When that was said.
    pub marked_at: Timestamp,
    /// Why it is thought so, in words.
    pub reason: String,
}

/// One key, without its private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAccount {
    /// RFC 7638 thumbprint of a document or log key; the first 16 hexadecimal characters of the SHA-256 of the certificate
    /// of a seal or root.
    pub id: String,
    /// What it is for.
    pub kind: KeyKind,
    /// `Ed25519` or `P-256`: keys of one kind and algorithm follow one another.
    pub algorithm: String,
    /// When it was made; it signed nothing before.
    pub not_before: Timestamp,
    /// When it begins to sign: later than `not_before` where it was published ahead.
    pub signs_from: Timestamp,
    /// It signs nothing at this moment or later.
    pub not_after: Timestamp,
    /// When another took its place; its private half is gone.
    pub retired_at: Option<Timestamp>,
    /// It is marked as compromised.
    pub compromise: Option<Compromise>,
}

/// What a key does at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Published, and signs from a later day on.
    Next,
    /// It is the one that signs.
    Signs,
    /// Another signs in its place; it is not retired yet.
    Idle,
    /// Past its end, and no other took its place: what needs it waits.
    Expired,
    /// Another took its place, and its private half is gone.
    Retired,
    /// Somebody else may have had it.
    Compromised,
}

/// A key near its end, or past it, with no other to follow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Which.
    pub key: KeyAccount,
    /// The smallest of [`THRESHOLDS`] that has come: so many days are left at most.
    pub threshold: u64,
}

impl KeyState {
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Signs => "signs",
            Self::Idle => "idle",
            Self::Expired => "expired",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }
}

impl KeyAccount {
    /// Whether it may sign at a moment: begun, not ended, neither retired nor compromised.
    pub fn may_sign(&self, at: Timestamp) -> bool {
        self.is_kept() && self.not_before <= at && self.signs_from <= at && at < self.not_after
    }

    /// Its private half is still there.
    fn is_kept(&self) -> bool {
        self.retired_at.is_none() && self.compromise.is_none()
    }

    fn follows(&self, other: &Self) -> bool {
        (self.kind, &self.algorithm) == (other.kind, &other.algorithm) && self.id != other.id
    }

    /// What it does at a moment, among all keys, oldest first.
    pub fn state(&self, all: &[Self], at: Timestamp) -> KeyState {
        if self.compromise.is_some() {
            return KeyState::Compromised;
        }
        if self.retired_at.is_some() {
            return KeyState::Retired;
        }
        let mut newer = all.iter().rev().take_while(|key| key.id != self.id);
        match newer.any(|key| key.follows(self) && key.may_sign(at)) {
            true => KeyState::Idle,
            false if at >= self.not_after => KeyState::Expired,
            false if self.signs_from > at => KeyState::Next,
            false => KeyState::Signs,
        }
    }

    /// The smallest threshold that has come.
    fn threshold(&self, at: Timestamp) -> Option<u64> {
        let come = |days: &&u64| self.not_after.before(Duration::from_secs(**days * DAY)) <= at;
        THRESHOLDS.iter().rev().find(come).copied()
    }
}

/// The keys in use that are near their end or past it, where no other takes over in time. The first to end comes first.
pub fn ending(all: &[KeyAccount], at: Timestamp) -> Vec<Ending> {
    let followed = |key: &KeyAccount| {
        let mut others = all.iter().filter(|other| other.follows(key) && other.is_kept());
        others.any(|other| other.not_after > key.not_after && other.signs_from <= key.not_after.max(at))
    };
    let asks = |key: &KeyAccount| match key.state(all, at) {
        KeyState::Signs | KeyState::Expired | KeyState::Next if !followed(key) => key.threshold(at),
        _ => None,
    };
    let found = all.iter().filter_map(|key| {
        Some(Ending {
            threshold: asks(key)?,
            key: key.clone(),
        })
    });
    let mut found: Vec<Ending> = found.collect();
    found.sort_by_key(|ending| ending.key.not_after);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn key(id: &str, from: &str, until: &str) -> KeyAccount {
        KeyAccount {
            id: id.into(),
            kind: KeyKind::Document,
            algorithm: "Ed25519".into(),
            not_before: at(from),
            signs_from: at(from),
            not_after: at(until),
            retired_at: None,
            compromise: None,
        }
    }

    #[test]
    fn a_key_asks_at_each_threshold_and_at_its_end() {
        let keys = [key("a", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")];
        let asks = |moment| ending(&keys, at(moment)).first().map(|ending| ending.threshold);
        assert_eq!(asks("2026-11-01T23:59:59Z"), None);
        assert_eq!(asks("2026-11-02T00:00:00Z"), Some(60));
        assert_eq!(asks("2026-12-02T00:00:00Z"), Some(30));
        assert_eq!(asks("2026-12-31T00:00:00Z"), Some(7));
        assert_eq!(asks("2027-01-01T00:00:00Z"), Some(0));
    }

    #[test]
    fn a_key_that_another_follows_in_time_asks_for_nothing() {
        let old = key("a", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        let mut next = key("b", "2026-12-01T00:00:00Z", "2027-12-15T00:00:00Z");
        next.signs_from = at("2026-12-15T00:00:00Z");
        let keys = [old.clone(), next.clone()];
        let now = at("2026-12-10T00:00:00Z");
        assert_eq!(ending(&keys, now), []);
        assert_eq!(old.state(&keys, now), KeyState::Signs);
        assert_eq!(next.state(&keys, now), KeyState::Next);
        let then = at("2026-12-15T00:00:00Z");
        assert_eq!(old.state(&keys, then), KeyState::Idle);
        assert_eq!(next.state(&keys, then), KeyState::Signs);
        // One that begins too late leaves a gap.
        next.signs_from = at("2027-01-02T00:00:00Z");
        assert_eq!(ending(&[old, next], now)[0].key.id, "a");
    }

    #[test]
    fn a_retired_or_compromised_key_never_signs_and_never_asks() {
        let mut retired = key("a", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        retired.retired_at = Some(at("2026-06-01T00:00:00Z"));
        let mut stolen = key("b", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        stolen.compromise = Some(Compromise {
            since: None,
            marked_at: at("2026-06-01T00:00:00Z"),
            reason: "a laptop was stolen".into(),
        });
        let now = at("2026-12-31T00:00:00Z");
        assert!(!retired.may_sign(now) && !stolen.may_sign(now));
        assert_eq!(ending(&[retired, stolen], now), []);
    }
}
