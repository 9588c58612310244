//! Proofs that an entry is in the log (C2SP tlog-proof): one small file, checkable offline.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{Checkpoint, CheckpointError, decimal};
use super::merkle::{self, ProofMismatch};
use crate::digest::Digest;
use crate::signature::note::{Note, NoteError, VerifierKey};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2^64 entries needs no more hashes.
const MOST_HASHES: usize = 64;

/// Where an entry stands, the hashes that lead from it to a root, and the signed checkpoint of that root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The index of the entry, from 0.
    pub index: u64,
    /// From the sibling of the entry up to the child of the root.
    pub hashes: Vec<Digest>,
    /// The signed note, as published.
    pub checkpoint: Note,
    /// What an application added; nothing vouches for it.
    pub extra: Option<Vec<u8>>,
}

/// The proof does not hold, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not this format, or another version of it.
    #[error("not a log proof: expected the first line {HEADER}")]
    Header,
    /// A line that is none of the format.
    #[error("line {0} of the log proof cannot be read")]
    Line(usize),
    /// The note cannot be read.
    #[error("the checkpoint of the log proof cannot be read")]
    Note(#[source] NoteError),
    /// The checkpoint does not hold.
    #[error("the checkpoint of the log proof does not hold")]
    Checkpoint(#[source] CheckpointError),
    /// The hashes do not lead from the entry to the root.
    #[error("the log proof does not hold for this entry")]
    Mismatch(#[source] ProofMismatch),
}

impl Proof {
    /// A proof of an entry, from [`merkle::inclusion`] at the size of a signed checkpoint.
    pub fn new(index: u64, hashes: Vec<Digest>, checkpoint: &str) -> Result<Self, NoteError> {
        Ok(Self {
            index,
            hashes,
            checkpoint: Note::parse(checkpoint)?,
            extra: None,
        })
    }

    /// The size that its checkpoint states; nothing is checked.
    pub fn size(&self) -> Option<u64> {
        self.checkpoint.text().lines().nth(1).and_then(decimal)
    }

    /// Checks that a log with one of these keys had exactly these bytes as its entry. Gives the checkpoint.
    pub fn verify(&self, entry: &[u8], keys: &[VerifierKey]) -> Result<Checkpoint, ProofError> {
        let checkpoint =
            Checkpoint::open(&self.checkpoint.to_string(), keys).map_err(ProofError::Checkpoint)?;
        let leaf = merkle::leaf(entry);
        merkle::verify_inclusion(&leaf, self.index, checkpoint.size, &self.hashes, &checkpoint.root)
            .map_err(ProofError::Mismatch)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for Proof {
    /// The text of a `.tlog-proof` file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        write!(f, "{}\n{}", lines(&self.hashes), self.checkpoint)
    }
}

impl FromStr for Proof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::Header)?;
        let mut lines = head.split('\n').zip(1..).peekable();
        if lines.next().map(|(line, _)| line) != Some(HEADER) {
            return Err(ProofError::Header);
        }
        let extra = lines.next_if(|(line, _)| line.starts_with("extra "));
        let extra =
            extra.map(|(line, number)| STANDARD.decode(&line[6..]).map_err(|_| ProofError::Line(number)));
        let (line, number) = lines.next().ok_or(ProofError::Line(2))?;
        let index = line
            .strip_prefix("index ")
            .and_then(decimal)
            .ok_or(ProofError::Line(number))?;
        let hashes = lines.map(|(line, number)| hash(line).ok_or(ProofError::Line(number)));
        let hashes = hashes.take(MOST_HASHES + 1).collect::<Result<Vec<_>, _>>()?;
        if hashes.len() > MOST_HASHES {
            return Err(ProofError::Mismatch(ProofMismatch::Length));
        }
        let checkpoint = Note::parse(checkpoint).map_err(ProofError::Note)?;
        Ok(Self {
            index,
            hashes,
            checkpoint,
            extra: extra.transpose()?,
        })
    }
}

/// Hashes as a proof has them: in base64, each on a line.
pub fn lines(hashes: &[Digest]) -> String {
    let line = |hash: &Digest| STANDARD.encode(hash.as_bytes()) + "\n";
    hashes.iter().map(line).collect()
}

fn hash(line: &str) -> Option<Digest> {
    Digest::try_from(&STANDARD.decode(line).ok()?[..]).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use ed25519_dalek::{Signer as _, SigningKey};
    use proptest::prelude::*;

    use super::super::merkle::Tree;
    use super::*;

    fn entry(n: u64) -> Vec<u8> {
        format!("entry {n}").into_bytes()
    }

    fn proof(index: u64, size: u64) -> (Proof, VerifierKey) {
        let (mut tree, mut nodes) = (Tree::new(), HashMap::new());
        for n in 0..size {
            tree.append(merkle::leaf(&entry(n)), |node| {
                nodes.insert(node.place, node.hash);
            });
        }
        let signing = SigningKey::from_bytes(&[7; 32]);
        let key = VerifierKey::new("example.com/log", signing.verifying_key()).unwrap();
        let text = Checkpoint {
            origin: "example.com/log".into(),
            size,
            root: tree.root(),
        }
        .text();
        let note = Note::new(&text, key.line(&signing.sign(text.as_bytes())))
            .unwrap()
            .to_string();
        (
            Proof::new(index, merkle::inclusion(index, size, &nodes).unwrap(), &note).unwrap(),
            key,
        )
    }

    #[test]
    fn a_file_is_read_back_as_it_was_written() {
        for (index, size) in [(0, 1), (2, 5), (68, 70)] {
            let (mut proof, key) = proof(index, size);
            assert_eq!(proof.to_string().parse(), Ok(proof.clone()));
            assert_eq!(proof.verify(&entry(index), &[key]).unwrap().size, size);
            proof.extra = Some(b"more".to_vec());
            assert_eq!(proof.to_string().parse(), Ok(proof));
        }
    }

    #[test]
    fn the_file_looks_as_the_specification_says() {
        let text = proof(1, 3).0.to_string();
        let lines: Vec<_> = text.split('\n').collect();
        assert_eq!(lines[..2], ["c2sp.org/tlog-proof@v1", "index 1"]);
        assert_eq!((lines[2].len(), lines[3].len(), lines[4]), (44, 44, ""));
        assert_eq!(lines[5..7], ["example.com/log", "3"]);
        assert!(lines[8].is_empty() && lines[9].starts_with("— example.com/log ") && lines[10].is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let (good, key) = proof(1, 3);
        let text = good.to_string();
        assert_eq!(
            text.replace("@v1", "@v2").parse::<Proof>(),
            Err(ProofError::Header)
        );
        assert_eq!(
            text.replace("index 1", "index 01").parse::<Proof>(),
            Err(ProofError::Line(2))
        );
        assert!(matches!(
            good.verify(b"another", &[key]),
            Err(ProofError::Mismatch(ProofMismatch::Root))
        ));
        assert!(matches!(
            good.verify(&entry(1), &[]),
            Err(ProofError::Checkpoint(_))
        ));
    }

    proptest! {
        #[test]
        fn an_altered_file_never_proves_the_entry(size in 1..40u64, place in any::<prop::sample::Index>(), to in 0..128u8) {
            let index = size / 2;
            let (good, key) = proof(index, size);
            let mut bytes = good.to_string().into_bytes();
            let place = place.index(bytes.len());
            prop_assume!(bytes[place] != to);
            bytes[place] = to;
            let holds = String::from_utf8(bytes).ok().and_then(|text| text.parse::<Proof>().ok())
                .is_some_and(|proof| proof.verify(&entry(index), &[key]).is_ok());
            prop_assert!(!holds);
        }
    }
}
