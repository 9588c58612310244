//! The key ring: sealing by XChaCha20-Poly1305, digests by HMAC-SHA-256.
//!
//! Purpose and context are associated data, so that a box opens only where it belongs. A request's data key is random and
//! wrapped under the record key; sealing and digests under it use two keys derived from it and from its context.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use domain::digest::Digest;
use domain::port::vault::{Purpose, Sealed, Vault, VaultError};
use domain::time::Entropy;
use hmac::{Hmac, Mac as _};
use zeroize::Zeroizing;

use crate::keys::{LENGTH, PurposeKeys, SecretKey};

/// Bytes of a nonce: long enough to draw at random.
const NONCE: usize = 24;
/// The word in place of a purpose for wrapped data keys, and in the names of data keys.
const DATA_KEY: &str = "data_key";

/// The keys that a process was given. It can do nothing for purposes it holds no key of.
pub struct KeyRing {
    keys: BTreeMap<Purpose, PurposeKeys>,
    entropy: Arc<dyn Entropy>,
}

/// Two purposes share a key, so that who can look could also delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {} key and the {} key share a key: each purpose needs its own", .0.word(), .1.word())]
pub struct SharedKey(pub Purpose, pub Purpose);

impl KeyRing {
    /// A ring of the given purposes only.
    pub fn new(
        keys: impl IntoIterator<Item = (Purpose, PurposeKeys)>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, SharedKey> {
        let keys: BTreeMap<_, _> = keys.into_iter().collect();
        for (one, other) in Purpose::ALL
            .iter()
            .flat_map(|one| Purpose::ALL.map(|other| (*one, other)))
        {
            let (Some(of_one), Some(of_other)) = (keys.get(&one), keys.get(&other)) else {
                continue;
            };
            if one < other && of_one.all().any(|key| of_other.all().any(|other| other == key)) {
                return Err(SharedKey(one, other));
            }
        }
        Ok(Self { keys, entropy })
    }

    /// The purposes it holds keys of.
    pub fn purposes(&self) -> impl Iterator<Item = Purpose> {
        self.keys.keys().copied()
    }

    /// Whether a box was sealed by a retired key, and had better be sealed anew.
    pub fn is_outdated(&self, purpose: Purpose, sealed: &Sealed) -> bool {
        self.keys
            .get(&purpose)
            .is_some_and(|keys| keys.present.name(purpose.word()) != sealed.key)
    }

    fn of(&self, purpose: Purpose) -> Result<&PurposeKeys, VaultError> {
        self.keys.get(&purpose).ok_or(VaultError::NoKey(purpose))
    }

    /// The key of a purpose that sealed a box.
    fn that_sealed(&self, purpose: Purpose, sealed: &Sealed) -> Result<&SecretKey, VaultError> {
        let keys = self.of(purpose)?;
        let mut candidates = std::iter::once(&keys.present).chain(&keys.retired);
        candidates
            .find(|key| key.name(purpose.word()) == sealed.key)
            .ok_or_else(|| VaultError::UnknownKey {
                purpose,
                key: sealed.key.clone(),
            })
    }

    fn unfold(&self, key: &Sealed) -> Result<DataKey, VaultError> {
        if key.box_.is_empty() {
            return Err(VaultError::Destroyed);
        }
        let wrapping = self.that_sealed(Purpose::Record, key)?;
        let opened = open_box(wrapping, &[DATA_KEY], &key.box_).ok_or(VaultError::Broken(Purpose::Record))?;
        let (random, context) = opened
            .split_first_chunk::<LENGTH>()
            .ok_or(VaultError::Broken(Purpose::Record))?;
        let derive = |label: &str| {
            let derived = hmac(random, &[label.as_bytes(), context]);
            SecretKey::new(Zeroizing::new(*derived.as_bytes()))
        };
        Ok(DataKey {
            sealing: derive("lethe-data-key-seal"),
            digesting: derive("lethe-data-key-digest"),
        })
    }

    fn seal_box(&self, key: &SecretKey, name: String, context: &[&str], plain: &[u8]) -> Sealed {
        let mut nonce = [0; NONCE];
        self.entropy.fill(&mut nonce);
        let aad = associated(context);
        let ciphertext = cipher(key)
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: &aad,
                },
            )
            .expect("only messages beyond 256 GB cannot be sealed");
        Sealed {
            key: name,
            box_: STANDARD.encode([&nonce[..], &ciphertext].concat()),
        }
    }
}

/// What a request's wrapped key unfolds into.
struct DataKey {
    sealing: SecretKey,
    digesting: SecretKey,
}

impl Vault for KeyRing {
    fn seal(&self, purpose: Purpose, context: &str, plain: &[u8]) -> Result<Sealed, VaultError> {
        let key = &self.of(purpose)?.present;
        Ok(self.seal_box(key, key.name(purpose.word()), &[purpose.word(), context], plain))
    }

    fn open(&self, purpose: Purpose, context: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        let key = self.that_sealed(purpose, sealed)?;
        let opened = open_box(key, &[purpose.word(), context], &sealed.box_);
        opened
            .map(|mut plain| std::mem::take(&mut *plain))
            .ok_or(VaultError::Broken(purpose))
    }

    fn new_key(&self, context: &str) -> Result<Sealed, VaultError> {
        let wrapping = &self.of(Purpose::Record)?.present;
        let mut plain = Zeroizing::new(vec![0; LENGTH + context.len()]);
        self.entropy.fill(&mut plain[..LENGTH]);
        plain[LENGTH..].copy_from_slice(context.as_bytes());
        Ok(self.seal_box(
            wrapping,
            wrapping.name(Purpose::Record.word()),
            &[DATA_KEY],
            &plain,
        ))
    }

    fn seal_under(&self, key: &Sealed, context: &str, plain: &[u8]) -> Result<Sealed, VaultError> {
        let key = self.unfold(key)?.sealing;
        Ok(self.seal_box(&key, key.name(DATA_KEY), &[DATA_KEY, context], plain))
    }

    fn open_under(&self, key: &Sealed, context: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        let key = self.unfold(key)?.sealing;
        let opened = open_box(&key, &[DATA_KEY, context], &sealed.box_);
        opened
            .map(|mut plain| std::mem::take(&mut *plain))
            .ok_or(VaultError::Broken(Purpose::Record))
    }

    fn digest(&self, label: &str, value: &[u8]) -> Result<Digest, VaultError> {
        let key = self
            .of(Purpose::Record)?
            .digest
            .as_ref()
            .ok_or(VaultError::NoKey(Purpose::Record))?;
        Ok(hmac(key.bytes(), &[label.as_bytes(), value]))
    }

    fn digest_under(&self, key: &Sealed, label: &str, value: &[u8]) -> Result<Digest, VaultError> {
        let key = self.unfold(key)?.digesting;
        Ok(hmac(key.bytes(), &[label.as_bytes(), value]))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.purposes().map(Purpose::word).collect();
        f.debug_struct("KeyRing")
            .field("purposes", &words)
            .finish_non_exhaustive()
    }
}

fn open_box(key: &SecretKey, context: &[&str], text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = STANDARD.decode(text).ok()?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE>()?;
    let aad = associated(context);
    let opened = cipher(key).decrypt(
        &XNonce::from(*nonce),
        Payload {
            msg: ciphertext,
            aad: &aad,
        },
    );
    opened.ok().map(Zeroizing::new)
}

fn cipher(key: &SecretKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// Associated data: each part preceded by its length, so that none runs into the next.
fn associated(parts: &[&str]) -> Vec<u8> {
    let mut bytes = b"lethe-seal-v1".to_vec();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

/// HMAC-SHA-256 over parts, each preceded by its length.
fn hmac(key: &[u8; LENGTH], parts: &[&[u8]]) -> Digest {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Digest::from(<[u8; LENGTH]>::from(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests;
