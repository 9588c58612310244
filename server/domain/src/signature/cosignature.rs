//! Cosignatures of witnesses (C2SP tlog-cosignature): a witness says when it saw a checkpoint, and that the log only grew.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

use super::note::{NoteError, SignatureLine, VerifierKey, key_id};

/// The signature type of cosignatures over checkpoints with Ed25519.
const COSIGNATURE: u8 = 0x04;

/// The key of a witness, as others configure it: `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// What a witness signs: when it saw a checkpoint (seconds since 1970), and the checkpoint's text.
pub fn to_sign(seen_at: u64, checkpoint: &str) -> String {
    format!("cosignature/v1\ntime {seen_at}\n{checkpoint}")
}

impl WitnessKey {
    /// A key under a name.
    pub fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        // The rule on names is that of all keys.
        VerifierKey::new(name, key)?;
        Ok(Self {
            name: name.into(),
            id: key_id(name, COSIGNATURE, &key),
            key,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A cosignature as a line of a note.
    pub fn line(&self, seen_at: u64, signature: &Signature) -> SignatureLine {
        SignatureLine {
            name: self.name.clone(),
            id: self.id,
            signature: [&seen_at.to_be_bytes()[..], &signature.to_bytes()].concat(),
        }
    }

    /// Whether a line claims to be of this key.
    pub fn is_of(&self, line: &SignatureLine) -> bool {
        line.name == self.name && line.id == self.id
    }

    /// Checks a cosignature over the text of a checkpoint. Gives when the witness saw it, in seconds since 1970.
    pub fn verify(&self, line: &SignatureLine, checkpoint: &str) -> Result<u64, NoteError> {
        let wrong = || NoteError::Signature(self.name.clone());
        let (seen_at, signature) = line.signature.split_first_chunk().ok_or_else(wrong)?;
        let seen_at = u64::from_be_bytes(*seen_at);
        let signature = Signature::from_slice(signature).map_err(|_| wrong())?;
        let message = to_sign(seen_at, checkpoint);
        let fits = self.is_of(line) && self.key.verify_strict(message.as_bytes(), &signature).is_ok();
        fits.then_some(seen_at).ok_or_else(wrong)
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[COSIGNATURE], &self.key.as_bytes()[..]].concat();
        let (id, key) = (hex::encode(self.id), STANDARD.encode(key));
        write!(f, "{}+{id}+{key}", self.name)
    }
}

impl FromStr for WitnessKey {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let parts: Vec<_> = line.trim().splitn(3, '+').collect();
        let &[name, id, key] = &parts[..] else {
            return Err(NoteError::WitnessKey);
        };
        let key = STANDARD.decode(key).map_err(|_| NoteError::WitnessKey)?;
        let key = match key.split_first() {
            Some((&COSIGNATURE, key)) => key.try_into().map_err(|_| NoteError::WitnessKey)?,
            _ => return Err(NoteError::WitnessKey),
        };
        let key = VerifyingKey::from_bytes(&key).map_err(|_| NoteError::WitnessKey)?;
        let known = Self::new(name, key)?;
        match id == hex::encode(known.id) {
            true => Ok(known),
            false => Err(NoteError::KeyId(known.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    const CHECKPOINT: &str = "example.com/log\n3\nroot\n";

    fn witness() -> (SigningKey, WitnessKey) {
        let signing = SigningKey::from_bytes(&[8; 32]);
        let key = WitnessKey::new("witness.example", signing.verifying_key()).unwrap();
        (signing, key)
    }

    #[test]
    fn a_key_is_read_back_and_a_key_of_another_kind_is_none() {
        let (signing, key) = witness();
        assert_eq!(key.to_string().parse(), Ok(key));
        let log = VerifierKey::new("witness.example", signing.verifying_key()).unwrap();
        assert_eq!(log.to_string().parse::<WitnessKey>(), Err(NoteError::WitnessKey));
    }

    #[test]
    fn a_cosignature_holds_for_its_checkpoint_and_its_time_only() {
        let (signing, key) = witness();
        let line = key.line(7, &signing.sign(to_sign(7, CHECKPOINT).as_bytes()));
        assert_eq!(key.verify(&line, CHECKPOINT), Ok(7));
        assert!(key.verify(&line, "example.com/log\n4\nroot\n").is_err());
        let mut later = line.clone();
        later.signature[7] = 8;
        assert!(key.verify(&later, CHECKPOINT).is_err());
        // The plain signature of a note is no cosignature.
        let plain = key.line(7, &signing.sign(CHECKPOINT.as_bytes()));
        assert!(key.verify(&plain, CHECKPOINT).is_err());
        let mut short = line;
        short.signature.truncate(6);
        assert!(key.verify(&short, CHECKPOINT).is_err());
    }
}
