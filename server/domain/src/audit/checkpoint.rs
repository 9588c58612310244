//! Checkpoints (C2SP tlog-checkpoint): the size and root of the log at a moment, signed by its key.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::digest::Digest;
use crate::signature::note::{Note, NoteError, VerifierKey};

/// What the log was when it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many entries it had.
    pub size: u64,
    /// The root of their tree.
    pub root: Digest,
}

/// The text is not a checkpoint, or not one of this log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not three lines of origin, size and root. Our log writes no further lines.
    #[error("not a checkpoint: expected three lines with origin, size and the root in base64")]
    Form,
    /// Signed by the key of another log.
    #[error("the checkpoint is of the log {origin}, but signed by the key of {key}")]
    Origin {
        /// The log it names.
        origin: String,
        /// Whose key signed.
        key: String,
    },
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// The text that is signed: origin, size and base64 root, each line ended by a newline.
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root.as_bytes())
        )
    }

    /// Reads a signed note and checks it: it must be signed by a key of the log that it names.
    pub fn open(note: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let key = note.verify(keys)?;
        let checkpoint: Self = note.text().parse()?;
        if checkpoint.origin != key.name() {
            return Err(CheckpointError::Origin {
                origin: checkpoint.origin,
                key: key.name().into(),
            });
        }
        Ok(checkpoint)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        let lines: Vec<_> = body.split('\n').collect();
        let &[origin, size, root] = &lines[..] else {
            return Err(CheckpointError::Form);
        };
        let root = STANDARD.decode(root).map_err(|_| CheckpointError::Form)?;
        let root = Digest::try_from(&root[..]).map_err(|_| CheckpointError::Form)?;
        let size = decimal(size).ok_or(CheckpointError::Form)?;
        if origin.is_empty() {
            return Err(CheckpointError::Form);
        }
        Ok(Self {
            origin: origin.into(),
            size,
            root,
        })
    }
}

/// Reads an ASCII decimal without sign and leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: "example.com/log".into(),
            size: 20_852_163,
            root: Digest::of(b"root"),
        }
    }

    fn signed(text: &str, name: &str) -> (String, VerifierKey) {
        let signing = SigningKey::from_bytes(&[7; 32]);
        let key = VerifierKey::new(name, signing.verifying_key()).unwrap();
        (
            Note::new(text, key.line(&signing.sign(text.as_bytes())))
                .unwrap()
                .to_string(),
            key,
        )
    }

    #[test]
    fn a_signed_checkpoint_is_given_back() {
        let (note, key) = signed(&checkpoint().text(), "example.com/log");
        assert_eq!(Checkpoint::open(&note, &[key]), Ok(checkpoint()));
    }

    #[test]
    fn the_key_of_another_log_does_not_count() {
        let (note, key) = signed(&checkpoint().text(), "example.com/other");
        assert!(matches!(
            Checkpoint::open(&note, &[key]),
            Err(CheckpointError::Origin { .. })
        ));
    }

    #[test]
    fn a_text_has_one_form_only() {
        let good = checkpoint().text();
        assert_eq!(good.parse(), Ok(checkpoint()));
        for bad in [
            good.replace("20852163", "020852163"),
            good.replace("20852163", "+20852163"),
            good.replace("20852163", ""),
            good.replace('=', ""),
            good.replace("example.com/log", ""),
            good.trim_end().to_owned(),
            format!("{good}extension\n"),
            format!("{good}\n"),
        ] {
            assert_eq!(bad.parse::<Checkpoint>(), Err(CheckpointError::Form), "{bad}");
        }
    }
}
