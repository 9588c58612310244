//! Links that are mailed to let somebody set a password: they work once, and not for long.

use crate::digest::Digest;
use crate::id::PersonId;
use crate::time::Timestamp;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Accept an invitation with a first password.
    Invitation,
    /// Replace a password that was lost.
    Reset,
}

impl LinkPurpose {
    /// The word stored, and the page that the link opens.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// The purpose of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Invitation, Self::Reset]
            .into_iter()
            .find(|purpose| purpose.word() == word)
    }
}

/// A link that was mailed. A person has one at most: a new one voids the old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// SHA-256 of the token, which has 256 random bits.
    pub digest: Digest,
    /// To whom.
    pub person: PersonId,
    /// What for.
    pub purpose: LinkPurpose,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}
