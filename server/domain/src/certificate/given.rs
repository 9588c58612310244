//! The files somebody hands over to have them checked: told apart by their bytes, never by their names.

use super::answer::Answer;
use super::check::{Attachments, Beside, File, check};
use super::registered::Registered;
use super::standing::StatusList;
use crate::digest::Digest;
use crate::signature::jwk::KeySet;
use crate::signature::note::VerifierKey;

/// What can be checked, for people.
pub const ACCEPTED: &str = "a certificate (PDF), its statement (statement.json) or the signed statement (statement.jws), \
     with or without the signature beside the PDF (.sig or .sshsig)";

/// The length of a raw signature, in bytes.
const SIGNATURE: usize = 64;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A PDF.
    Pdf,
    /// A statement as JSON.
    Statement,
    /// A compact JWS.
    Jws,
    /// Raw Ed25519 over a PDF.
    Signature,
    /// SSHSIG over a PDF.
    SshSignature,
}

/// The files of one certificate, each by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// The PDF.
    pub pdf: Option<Vec<u8>>,
    /// The statement.
    pub statement: Option<Vec<u8>>,
    /// The signed statement.
    pub jws: Option<String>,
    /// The raw signature over the PDF.
    pub signature: Option<Vec<u8>>,
    /// The SSH signature over the PDF.
    pub sshsig: Option<String>,
}

/// What the issuer published, and what its register said.
#[derive(Debug, Clone, Copy)]
pub struct Published<'a> {
    /// The document keys.
    pub keys: &'a KeySet,
    /// The keys of the log; without one no log proof is checked.
    pub log_keys: &'a [VerifierKey],
    /// The status list, where it is good.
    pub status: Option<&'a StatusList>,
    /// The answer of the register, where it was asked.
    pub registered: Option<&'a Registered>,
}

/// The files cannot be checked together. The words are for whoever chose them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GivenError {
    /// There is none.
    #[error("Choose a file: {ACCEPTED}.")]
    Nothing,
    /// One is of a kind that is not checked here.
    #[error("This file is of another kind. What can be checked is {ACCEPTED}.")]
    Kind,
    /// Two of a kind.
    #[error("There are two files that are {}. Check one certificate at a time.", .0.words())]
    Two(Kind),
    /// A signature without what it signs.
    #[error("This is {} alone. Choose the PDF as well.", .0.words())]
    SignatureAlone(Kind),
}

impl Kind {
    /// The kind of some bytes; absent for anything else.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        let trimmed = bytes.trim_ascii();
        if trimmed.starts_with(b"{") {
            return Some(Self::Statement);
        }
        if trimmed.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
            return Some(Self::SshSignature);
        }
        let compact = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let dots = trimmed.iter().filter(|byte| **byte == b'.').count();
        match dots == 2 && trimmed.iter().all(compact) {
            true => Some(Self::Jws),
            false => (bytes.len() == SIGNATURE).then_some(Self::Signature),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Statement => "a statement",
            Self::Jws => "a signed statement",
            Self::Signature => "a signature (.sig)",
            Self::SshSignature => "a signature (.sshsig)",
        }
    }
}

impl Given {
    /// Sorts files by their kinds.
    pub fn of(files: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, GivenError> {
        let mut given = Self::default();
        for bytes in files {
            let kind = Kind::of(&bytes).ok_or(GivenError::Kind)?;
            let twice = match kind {
                Kind::Pdf => given.pdf.replace(bytes).is_some(),
                Kind::Statement => given.statement.replace(bytes).is_some(),
                Kind::Signature => given.signature.replace(bytes).is_some(),
                Kind::Jws => given.jws.replace(text(bytes)?).is_some(),
                Kind::SshSignature => given.sshsig.replace(text(bytes)?).is_some(),
            };
            if twice {
                return Err(GivenError::Two(kind));
            }
        }
        if given.pdf.is_some() || given.statement.is_some() || given.jws.is_some() {
            return Ok(given);
        }
        Err(match (&given.signature, &given.sshsig) {
            (Some(_), _) => GivenError::SignatureAlone(Kind::Signature),
            (None, Some(_)) => GivenError::SignatureAlone(Kind::SshSignature),
            (None, None) => GivenError::Nothing,
        })
    }

    /// By what the register is asked: the SHA-256 of the whole PDF, where there is one.
    pub fn digest(&self) -> Option<Digest> {
        self.pdf.as_deref().map(Digest::of)
    }

    /// Checks the files against what the issuer published. `attached` is what the PDF carries.
    pub fn check(&self, attached: &Attachments, published: Published<'_>) -> Answer {
        let Published { keys, log_keys, .. } = published;
        let proves = self.pdf.is_some() && attached.log_entry.is_some() && attached.log_proof.is_some();
        let beside = Beside {
            raw: self.signature.as_deref(),
            sshsig: self.sshsig.as_deref(),
            status: published.status,
            registered: published.registered,
            log_keys: if proves { log_keys } else { &[] },
            ..Beside::default()
        };
        let jws = self.jws.as_deref().map(str::trim_ascii);
        match (&self.pdf, &self.statement, jws) {
            (Some(bytes), ..) => {
                let answer = check(File::Pdf { bytes, attached }, keys, beside);
                self.fits(answer, attached)
            }
            (None, Some(bytes), jws) => check(File::Statement { bytes, jws }, keys, beside),
            (None, None, Some(jws)) => check(File::Jws(jws), keys, beside),
            (None, None, None) => Answer::NoSignature,
        }
    }

    /// A statement or JWS that came beside a PDF must be the one inside.
    fn fits(&self, answer: Answer, attached: &Attachments) -> Answer {
        let other = |beside: Option<&[u8]>, inside: Option<&Vec<u8>>| {
            beside
                .is_some_and(|beside| inside.is_none_or(|inside| inside.trim_ascii() != beside.trim_ascii()))
        };
        let jws = self.jws.as_deref().map(str::as_bytes);
        if other(self.statement.as_deref(), attached.statement.as_ref()) || other(jws, attached.jws.as_ref())
        {
            return Answer::Altered {
                what: "the statement beside the PDF is not the one inside it".into(),
            };
        }
        answer
    }
}

fn text(bytes: Vec<u8>) -> Result<String, GivenError> {
    String::from_utf8(bytes).map_err(|_| GivenError::Kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SSHSIG: &[u8] = b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";

    #[test]
    fn a_file_is_told_by_its_bytes() {
        for (bytes, kind) in [
            (&b"%PDF-1.7 ..."[..], Some(Kind::Pdf)),
            (b" {\"schema\":1}", Some(Kind::Statement)),
            (b"e30.e30.AA-_\n", Some(Kind::Jws)),
            (SSHSIG, Some(Kind::SshSignature)),
            (&[7; 64], Some(Kind::Signature)),
            (&[7; 63], None),
            (b"a.b", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused_in_words() {
        let of = |files: &[&[u8]]| Given::of(files.iter().map(|bytes| bytes.to_vec()));
        assert_eq!(of(&[]), Err(GivenError::Nothing));
        assert_eq!(of(&[b"PK\x03\x04"]), Err(GivenError::Kind));
        assert_eq!(of(&[b"%PDF-1", b"%PDF-2"]), Err(GivenError::Two(Kind::Pdf)));
        assert_eq!(of(&[SSHSIG]), Err(GivenError::SignatureAlone(Kind::SshSignature)));
        let two = GivenError::Two(Kind::Pdf).to_string();
        assert_eq!(
            two,
            "There are two files that are a PDF. Check one certificate at a time."
        );
        let given = of(&[&[1; 64], b"%PDF-1"]).unwrap();
        assert_eq!(given.digest(), Some(Digest::of(b"%PDF-1")));
        assert!(given.signature.is_some());
    }
}
