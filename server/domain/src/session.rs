//! Sessions: who is signed in, on whose word, until when. The token is with the browser; here is its digest.

use std::time::Duration;

use crate::digest::Digest;
use crate::id::PersonId;
use crate::time::Timestamp;

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// The password was right; the second factor is awaited. Opens nothing.
    AwaitingSecondFactor,
    /// Signed in.
    SignedIn,
}

impl SessionState {
    /// The word stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AwaitingSecondFactor => "awaiting_second_factor",
            Self::SignedIn => "signed_in",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::AwaitingSecondFactor, Self::SignedIn]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// One browser of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token, which has 256 random bits.
    pub digest: Digest,
    /// Who.
    pub person: PersonId,
    /// How far the sign-in has come.
    pub state: SessionState,
    /// SHA-256 of the stored password it was opened with: another password, and the session opens nothing.
    pub opened_with: Digest,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, give or take a minute.
    pub last_seen_at: Timestamp,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
    /// When the person last proved again who they are.
    pub stepped_up_at: Option<Timestamp>,
}

/// How often a session's or token's use is written down.
pub const HEARTBEAT: Duration = Duration::from_secs(60);

impl Session {
    /// It opens the product: signed in, not expired, and used within `idle`.
    pub fn is_open(&self, now: Timestamp, idle: Duration) -> bool {
        self.state == SessionState::SignedIn && now < self.expires_at && now < self.last_seen_at.after(idle)
    }

    /// A second factor may finish it.
    pub fn awaits_second_factor(&self, now: Timestamp) -> bool {
        self.state == SessionState::AwaitingSecondFactor && now < self.expires_at
    }

    /// Its use is to be written down.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now >= self.last_seen_at.after(HEARTBEAT)
    }
}

/// Attempts of one address within one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many, the last one included.
    pub count: u32,
    /// When the window ends and the count begins anew.
    pub ends_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_microsecond(seconds * 1_000_000)
    }

    fn session(state: SessionState) -> Session {
        Session {
            digest: Digest::of(b"token"),
            person: PersonId::new(at(0), [0; 10]),
            state,
            opened_with: Digest::of(b"password"),
            created_at: at(0),
            last_seen_at: at(0),
            expires_at: at(12 * 3_600),
            stepped_up_at: None,
        }
    }

    #[test]
    fn a_session_ends_when_it_is_not_used_and_when_its_time_is_over() {
        let fresh = session(SessionState::SignedIn);
        let used = Session {
            last_seen_at: at(12 * 3_600 - 1),
            ..fresh.clone()
        };
        assert!(fresh.is_open(at(3_599), HOUR) && !fresh.is_open(at(3_600), HOUR));
        assert!(used.is_open(at(12 * 3_600 - 1), HOUR) && !used.is_open(at(12 * 3_600), HOUR));
    }

    #[test]
    fn a_session_that_awaits_a_second_factor_opens_nothing() {
        let pending = session(SessionState::AwaitingSecondFactor);
        assert!(!pending.is_open(at(1), HOUR) && pending.awaits_second_factor(at(1)));
        assert!(!session(SessionState::SignedIn).awaits_second_factor(at(1)));
    }
}
