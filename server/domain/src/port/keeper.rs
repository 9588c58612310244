//! Keeping the issuer's keys: looking at them, and putting others in their place. Signing is [`super::signer`].

use super::signer::SignError;
use crate::key::{Compromise, KeyAccount, KeyKind};
use crate::time::Timestamp;

/// What a change of keys did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rotation {
    /// Names of the keys that sign no more; their private halves are gone.
    pub retired: Vec<String>,
    /// The keys that sign in their place.
    pub fresh: Vec<KeyAccount>,
}

/// The folder of keys. Each change is done once, whichever process asks, and other processes notice it before they sign.
pub trait KeyKeeper: Send + Sync {
    /// Every key there is and was, oldest first.
    fn keys(&self) -> Result<Vec<KeyAccount>, SignError>;

    /// Makes a key that is published at once and signs from a moment on.
    fn prepare(&self, kind: KeyKind, signs_from: Timestamp, now: Timestamp) -> Result<KeyAccount, SignError>;

    /// Puts the next key of a kind, or a fresh one where none was prepared, in place of those that sign.
    fn rotate(&self, kind: KeyKind, now: Timestamp) -> Result<Rotation, SignError>;

    /// Retires keys in whose place prepared ones sign by now.
    fn retire_followed(&self, now: Timestamp) -> Result<Vec<String>, SignError>;

    /// Marks a key, destroys its private half, and puts a fresh one in its place.
    fn mark_compromised(&self, id: &str, mark: Compromise) -> Result<Rotation, SignError>;
}
