//! Signed notes (C2SP signed-note): text, an empty line, and a line for each signature.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::Digest as _;

/// The signature type of plain Ed25519.
const ED25519: u8 = 0x01;
/// An em dash and a space begin each signature line.
const DASH: &str = "\u{2014} ";
/// More signatures than this are refused: no log of ours has as many witnesses.
const MOST_SIGNATURES: usize = 100;

/// A public key with a name, as others configure it: `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// A note, not yet checked. Signatures of unknown keys and witnesses are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// One signature of a note, by anybody and of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    /// The name of the key.
    pub name: String,
    /// The id of the key: a hint, not a proof.
    pub id: [u8; 4],
    /// The signature, in the form of its kind.
    pub signature: Vec<u8>,
}

/// The note does not hold, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The name of a key is empty or holds a space or a plus.
    #[error("{0:?} cannot name a key: a name is not empty and holds neither spaces nor plus signs")]
    Name(String),
    /// Not a verifier key line.
    #[error("not a verifier key: expected name+8 hexadecimal digits+base64 of 01 and an Ed25519 key")]
    VerifierKey,
    /// Not the key of a witness.
    #[error("not a witness key: expected name+8 hexadecimal digits+base64 of 04 and an Ed25519 key")]
    WitnessKey,
    /// The id is not that of the key.
    #[error("the id of verifier key {0} does not belong to its key")]
    KeyId(String),
    /// The text cannot be signed.
    #[error("the text of a note ends with a newline and holds no other control characters")]
    Text,
    /// No empty line between text and signatures, or no signatures.
    #[error("not a signed note: expected text, an empty line and signature lines")]
    Form,
    /// A signature line that is none.
    #[error("signature line {0} of the note cannot be read")]
    Line(usize),
    /// Known key, wrong signature.
    #[error("the signature of {0} does not fit: the note was altered")]
    Signature(String),
    /// Nobody known signed.
    #[error("the note bears no signature of a known key")]
    NoKnownKey,
}

/// What tells the keys of a name apart: the first four bytes of SHA-256 of name, newline, signature type and key.
pub(super) fn key_id(name: &str, kind: u8, key: &VerifyingKey) -> [u8; 4] {
    let mut hash = sha2::Sha256::new();
    hash.update(name);
    hash.update([b'\n', kind]);
    hash.update(key.as_bytes());
    *hash
        .finalize()
        .first_chunk()
        .expect("SHA-256 has more than four bytes")
}

impl VerifierKey {
    /// A key under a name, by custom a URL without scheme.
    pub fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name(name.into()));
        }
        Ok(Self {
            name: name.into(),
            id: key_id(name, ED25519, &key),
            key,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// A signature of this key over the text of a note, as a line.
    pub fn line(&self, signature: &Signature) -> SignatureLine {
        SignatureLine {
            name: self.name.clone(),
            id: self.id,
            signature: signature.to_bytes().to_vec(),
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend(self.key.as_bytes());
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex::encode(self.id),
            STANDARD.encode(key)
        )
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let (name, rest) = line.trim_end().split_once('+').ok_or(NoteError::VerifierKey)?;
        let (id, key) = rest.split_once('+').ok_or(NoteError::VerifierKey)?;
        let key = STANDARD.decode(key).map_err(|_| NoteError::VerifierKey)?;
        let key = match key.split_first() {
            Some((&ED25519, key)) => key.try_into().map_err(|_| NoteError::VerifierKey)?,
            _ => return Err(NoteError::VerifierKey),
        };
        let key = VerifyingKey::from_bytes(&key).map_err(|_| NoteError::VerifierKey)?;
        let known = Self::new(name, key)?;
        if id != hex::encode(known.id) {
            return Err(NoteError::KeyId(known.name));
        }
        Ok(known)
    }
}

impl Note {
    /// A note of a text and its first signature.
    pub fn new(text: &str, signature: SignatureLine) -> Result<Self, NoteError> {
        check_text(text)?;
        Ok(Self {
            text: text.into(),
            signatures: vec![signature],
        })
    }

    /// Reads a note.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let text = format!("{text}\n");
        check_text(&text)?;
        let signatures = SignatureLine::parse_all(lines)?;
        Ok(Self { text, signatures })
    }

    /// The text, only to be believed after [`Note::verify`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// Adds a signature, for example of a witness.
    pub fn add(&mut self, signature: SignatureLine) {
        self.signatures.push(signature);
    }

    /// Checks every signature of a known key; there must be one. Gives the key that signed first.
    pub fn verify<'a>(&self, keys: &'a [VerifierKey]) -> Result<&'a VerifierKey, NoteError> {
        let mut first = None;
        for line in &self.signatures {
            let Some(known) = keys.iter().find(|key| key.name == line.name && key.id == line.id) else {
                continue;
            };
            let fits = Signature::from_slice(&line.signature)
                .and_then(|signature| known.key.verify_strict(self.text.as_bytes(), &signature));
            fits.map_err(|_| NoteError::Signature(known.name.clone()))?;
            first = first.or(Some(known));
        }
        first.ok_or(NoteError::NoKnownKey)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl SignatureLine {
    /// Reads signature lines, each ended by a newline, as they stand under a note or come from a witness.
    pub fn parse_all(lines: &str) -> Result<Vec<Self>, NoteError> {
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?.split('\n');
        let signatures = lines
            .enumerate()
            .map(|(index, line)| Self::parse(line).ok_or(NoteError::Line(index + 1)))
            .take(MOST_SIGNATURES + 1)
            .collect::<Result<Vec<_>, _>>()?;
        match signatures.len() > MOST_SIGNATURES {
            true => Err(NoteError::Form),
            false => Ok(signatures),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, blob) = line.strip_prefix(DASH)?.split_once(' ')?;
        let blob = STANDARD.decode(blob).ok()?;
        let (id, signature) = blob.split_first_chunk()?;
        let sound = is_name(name) && !signature.is_empty();
        sound.then(|| Self {
            name: name.into(),
            id: *id,
            signature: signature.to_vec(),
        })
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = [&self.id[..], &self.signature].concat();
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(blob))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control())
}

/// The rule on the text of a note, for those about to sign it.
pub fn check_text(text: &str) -> Result<(), NoteError> {
    let sound = text.ends_with('\n') && !text.contains(|c: char| c < ' ' && c != '\n');
    sound.then_some(()).ok_or(NoteError::Text)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    const TEXT: &str = "example.com/log\n3\nroot\n";

    fn signing() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn known() -> VerifierKey {
        VerifierKey::new("example.com/log", signing().verifying_key()).unwrap()
    }

    fn note() -> Note {
        Note::new(TEXT, known().line(&signing().sign(TEXT.as_bytes()))).unwrap()
    }

    #[test]
    fn the_example_of_go_is_read() {
        // golang.org/x/mod/sumdb/note, the package's own example.
        let key: VerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
            .parse()
            .unwrap();
        let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let note = format!(
            "{text}\n{DASH}PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        );
        let parsed = Note::parse(&note).unwrap();
        assert_eq!(parsed.verify(&[key]).unwrap().name(), "PeterNeumann");
        assert_eq!((parsed.text(), parsed.to_string()), (text, note));
    }

    #[test]
    fn a_verifier_key_is_read_back() {
        assert_eq!(known().to_string().parse(), Ok(known()));
        let wrong = known().to_string().replacen("+", "+0", 1);
        assert!(wrong.parse::<VerifierKey>().is_err());
        assert_eq!("a b".parse::<VerifierKey>(), Err(NoteError::VerifierKey));
        assert!(matches!(
            VerifierKey::new("a b", signing().verifying_key()),
            Err(NoteError::Name(_))
        ));
    }

    #[test]
    fn signatures_of_strangers_are_kept_and_prove_nothing() {
        let mut note = note();
        note.add(SignatureLine {
            name: "witness.example".into(),
            id: [1, 2, 3, 4],
            signature: vec![5; 76],
        });
        let note = Note::parse(&note.to_string()).unwrap();
        assert_eq!(note.signatures().len(), 2);
        assert_eq!(note.verify(&[known()]), Ok(&known()));
        assert_eq!(note.verify(&[]), Err(NoteError::NoKnownKey));
    }

    #[test]
    fn an_altered_text_is_refused_even_beside_a_good_signature() {
        let altered = note().to_string().replacen('3', "4", 1);
        assert_eq!(
            Note::parse(&altered).unwrap().verify(&[known()]),
            Err(NoteError::Signature("example.com/log".into()))
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(Note::parse("text\n"), Err(NoteError::Form));
        assert_eq!(Note::parse("text\n\nno dash\n"), Err(NoteError::Line(1)));
        assert_eq!(
            Note::parse(&format!("te\txt\n\n{DASH}a AAAAAAA=\n")),
            Err(NoteError::Text)
        );
        assert_eq!(Note::parse(note().to_string().trim_end()), Err(NoteError::Form));
        assert_eq!(check_text("no newline"), Err(NoteError::Text));
    }
}
