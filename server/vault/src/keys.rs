//! Symmetric keys, one text per purpose, from a file or the environment.
//!
//! The text holds keys of 32 bytes, hexadecimal or base64, separated by line ends, spaces or commas. The first is the
//! present one, the others are its retired predecessors: they open what they sealed and seal nothing any more. In files,
//! lines that begin with `#` are comments. The text of the record key holds one more word, `digest:` and a key that
//! stays when record keys rotate: keyed digests of identifiers must match for as long as they are kept.
//! ```text
//! # made on 2026-03-01; back it up apart from the database
//! 5f0c...64 hexadecimal characters...
//! digest:91ab...64 hexadecimal characters...
//! ```

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use domain::digest::Digest;
use domain::port::vault::Purpose;
use domain::time::Entropy;
use zeroize::Zeroizing;

use crate::file;
use crate::source::{Source, SourceError};

/// Bytes of a key.
pub const LENGTH: usize = 32;
const DIGEST: &str = "digest:";

/// 32 secret bytes, wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(Zeroizing<[u8; LENGTH]>);

/// The keys of one purpose.
#[derive(Clone)]
pub struct PurposeKeys {
    pub(crate) present: SecretKey,
    pub(crate) retired: Vec<SecretKey>,
    /// Only with the record key.
    pub(crate) digest: Option<SecretKey>,
}

/// The text holds no usable keys. Names the setting and the place of the word, from 1; never the word.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Neither hexadecimal nor base64.
    #[error("{setting}: key {place} is neither hexadecimal nor base64")]
    Encoding {
        /// The setting.
        setting: String,
        /// Which word.
        place: usize,
    },
    /// Too short or too long.
    #[error(
        "{setting}: key {place} has {bytes} bytes; a key has 32 (64 hexadecimal characters, or 44 of base64)"
    )]
    Length {
        /// The setting.
        setting: String,
        /// Which word.
        place: usize,
        /// How long it is.
        bytes: usize,
    },
    /// One byte over and over: a placeholder.
    #[error("{setting}: key {place} is one byte repeated, not a key")]
    Placeholder {
        /// The setting.
        setting: String,
        /// Which word.
        place: usize,
    },
    /// The same key twice.
    #[error("{setting}: key {place} stands there twice")]
    Twice {
        /// The setting.
        setting: String,
        /// Which word.
        place: usize,
    },
    /// Only comments, or only a digest key.
    #[error("{setting}: holds no {} key", .purpose.word())]
    None {
        /// The setting.
        setting: String,
        /// The purpose.
        purpose: Purpose,
    },
    /// A record key without its companion, or with two.
    #[error("{setting}: a record key needs exactly one word digest:<key> beside it, which never rotates")]
    DigestKey {
        /// The setting.
        setting: String,
    },
    /// A digest key where none belongs.
    #[error("{setting}: the word digest:<key> belongs to the record key, not to the {} key", .purpose.word())]
    StrayDigestKey {
        /// The setting.
        setting: String,
        /// The purpose.
        purpose: Purpose,
    },
    /// The file cannot be written.
    #[error("the key file {} cannot be written", path.display())]
    Write {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl SecretKey {
    /// A fresh key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        entropy.fill(&mut bytes[..]);
        Self(bytes)
    }

    pub(crate) fn new(bytes: Zeroizing<[u8; LENGTH]>) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// Its name: the first 16 hexadecimal characters of SHA-256 of a label and the key. Tells nothing about it.
    pub(crate) fn name(&self, label: &str) -> String {
        let digest = Digest::of_parts(&[b"lethe-key-name", label.as_bytes(), self.bytes()]);
        hex::encode(&digest.as_bytes()[..8])
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

impl fmt::Debug for PurposeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PurposeKeys(1 present, {} retired)", self.retired.len())
    }
}

impl PurposeKeys {
    /// Fresh keys of a purpose.
    pub fn generate(purpose: Purpose, entropy: &dyn Entropy) -> Self {
        let digest = (purpose == Purpose::Record).then(|| SecretKey::generate(entropy));
        Self {
            present: SecretKey::generate(entropy),
            retired: Vec::new(),
            digest,
        }
    }

    /// Reads the keys of a purpose. `setting` is the name of the setting in messages.
    pub fn read(setting: &str, purpose: Purpose, source: &Source) -> Result<Self, KeyError> {
        Self::parse(setting, purpose, &source.read(setting)?)
    }

    /// The keys of a purpose from their text.
    pub fn parse(setting: &str, purpose: Purpose, text: &str) -> Result<Self, KeyError> {
        let setting_owned = || setting.to_owned();
        let (mut keys, mut digests) = (Vec::new(), Vec::new());
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let words = lines.flat_map(|line| line.split(|c: char| c == ',' || c.is_whitespace()));
        for (word, place) in words.filter(|word| !word.is_empty()).zip(1..) {
            let (list, word) = match word.strip_prefix(DIGEST) {
                Some(word) => (&mut digests, word),
                None => (&mut keys, word),
            };
            let key = parse_key(setting, place, word)?;
            if list.contains(&key) {
                return Err(KeyError::Twice {
                    setting: setting_owned(),
                    place,
                });
            }
            list.push(key);
        }
        let digest = match (purpose, digests.len()) {
            (Purpose::Record, 1) => digests.pop(),
            (Purpose::Record, _) => {
                return Err(KeyError::DigestKey {
                    setting: setting_owned(),
                });
            }
            (_, 0) => None,
            _ => {
                return Err(KeyError::StrayDigestKey {
                    setting: setting_owned(),
                    purpose,
                });
            }
        };
        if keys.is_empty() {
            return Err(KeyError::None {
                setting: setting_owned(),
                purpose,
            });
        }
        let present = keys.remove(0);
        Ok(Self {
            present,
            retired: keys,
            digest,
        })
    }

    /// A fresh present key; the old one retires. A digest key stays.
    pub fn rotated(self, entropy: &dyn Entropy) -> Self {
        let Self {
            present,
            mut retired,
            digest,
        } = self;
        retired.insert(0, present);
        Self {
            present: SecretKey::generate(entropy),
            retired,
            digest,
        }
    }

    /// The text that [`PurposeKeys::parse`] reads, with a comment on top.
    pub fn text(&self, purpose: Purpose) -> Zeroizing<String> {
        // Room for everything at once: a string that grows leaves copies behind.
        let mut text = Zeroizing::new(String::with_capacity(256 + 80 * (self.retired.len() + 2)));
        text.push_str("# The ");
        text.push_str(purpose.word());
        text.push_str(" key of Lethe: the first is the present one, the others are retired. Back it up.\n");
        for key in std::iter::once(&self.present).chain(&self.retired) {
            push_hex(&mut text, key);
        }
        if let Some(digest) = &self.digest {
            text.push_str(DIGEST);
            push_hex(&mut text, digest);
        }
        text
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &SecretKey> {
        std::iter::once(&self.present)
            .chain(&self.retired)
            .chain(&self.digest)
    }
}

/// Makes a file (mode 0600) with a fresh key. One that exists is never overwritten.
pub fn generate_file(path: &Path, purpose: Purpose, entropy: &dyn Entropy) -> Result<(), KeyError> {
    let text = PurposeKeys::generate(purpose, entropy).text(purpose);
    let folder = path.parent().map_or(Ok(()), file::make_folder);
    let written = folder.and_then(|()| file::create(path, text.as_bytes()));
    written.map_err(|source| KeyError::Write {
        path: path.into(),
        source,
    })
}

/// Puts a fresh key on top of a key file, at one stroke. Running processes notice when they next start.
pub fn rotate_file(
    setting: &str,
    path: &Path,
    purpose: Purpose,
    entropy: &dyn Entropy,
) -> Result<(), KeyError> {
    let keys = PurposeKeys::read(setting, purpose, &Source::File(path.into()))?.rotated(entropy);
    file::replace(path, keys.text(purpose).as_bytes()).map_err(|source| KeyError::Write {
        path: path.into(),
        source,
    })
}

fn parse_key(setting: &str, place: usize, word: &str) -> Result<SecretKey, KeyError> {
    let decoded = if word.len() == 2 * LENGTH {
        hex::decode(word).ok()
    } else {
        None
    };
    let decoded = decoded
        .or_else(|| STANDARD.decode(word).ok())
        .or_else(|| STANDARD_NO_PAD.decode(word).ok())
        .or_else(|| hex::decode(word).ok());
    let decoded = Zeroizing::new(decoded.ok_or_else(|| KeyError::Encoding {
        setting: setting.into(),
        place,
    })?);
    let mut bytes = Zeroizing::new([0; LENGTH]);
    if decoded.len() != LENGTH {
        // What decodes either way was more likely meant as hexadecimal.
        let hexadecimal = word.len().is_multiple_of(2) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = if hexadecimal {
            word.len() / 2
        } else {
            decoded.len()
        };
        return Err(KeyError::Length {
            setting: setting.into(),
            place,
            bytes,
        });
    }
    bytes.copy_from_slice(&decoded);
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        return Err(KeyError::Placeholder {
            setting: setting.into(),
            place,
        });
    }
    Ok(SecretKey(bytes))
}

fn push_hex(text: &mut String, key: &SecretKey) {
    let mut written = Zeroizing::new([0; 2 * LENGTH]);
    hex::encode_to_slice(key.bytes(), &mut written[..]).expect("twice as many characters as bytes");
    text.extend(written.iter().map(|byte| char::from(*byte)));
    text.push('\n');
}

#[cfg(test)]
mod tests;
