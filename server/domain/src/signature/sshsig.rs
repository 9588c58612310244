//! Detached signatures in OpenSSH's format (PROTOCOL.sshsig), which `ssh-keygen -Y verify` checks on any desktop.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::Digest as _;

use super::NAMESPACE;
use super::jwk::{KeySet, thumbprint};

const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;
const ALGORITHM: &[u8] = b"ssh-ed25519";
const HASH: &[u8] = b"sha512";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
/// Characters per line of armour, as OpenSSH writes them.
const LINE: usize = 70;

/// A signature of a file, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    /// The key it names.
    pub key: VerifyingKey,
    /// The signature over [`to_sign`].
    pub signature: Signature,
}

/// The signature does not hold, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SshsigError {
    /// No armour or bad base64.
    #[error("not an SSH signature: expected base64 between the lines {BEGIN} and {END}")]
    Armour,
    /// The bytes are not as PROTOCOL.sshsig says.
    #[error("the SSH signature is cut or malformed")]
    Form,
    /// Another version of the format.
    #[error("the SSH signature has version {0}; only version 1 is known")]
    Version(u32),
    /// Made for another purpose.
    #[error("the SSH signature was made for another purpose: its namespace is not {NAMESPACE}")]
    Namespace,
    /// Not Ed25519 with SHA-512.
    #[error("the SSH signature is not Ed25519 over SHA-512")]
    Algorithm,
    /// The key is not among the issuer's.
    #[error("the SSH signature is by key {0}, which is not in the key set")]
    UnknownKey(String),
    /// Signature and bytes do not belong together.
    #[error("the SSH signature does not fit: the file was altered or signed by another key")]
    Signature,
}

/// The bytes that are signed for a file.
pub fn to_sign(file: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    put(&mut bytes, NAMESPACE.as_bytes());
    put(&mut bytes, b"");
    put(&mut bytes, HASH);
    put(&mut bytes, &sha2::Sha512::digest(file));
    bytes
}

/// Writes a signature over [`to_sign`] as an armoured file.
pub fn armour(key: &VerifyingKey, signature: &Signature) -> String {
    let mut blob = MAGIC.to_vec();
    blob.extend(VERSION.to_be_bytes());
    put(&mut blob, &public_blob(key));
    put(&mut blob, NAMESPACE.as_bytes());
    put(&mut blob, b"");
    put(&mut blob, HASH);
    let mut signed = Vec::new();
    put(&mut signed, ALGORITHM);
    put(&mut signed, &signature.to_bytes());
    put(&mut blob, &signed);

    let text = STANDARD.encode(blob);
    let mut armoured = format!("{BEGIN}\n");
    for start in (0..text.len()).step_by(LINE) {
        armoured.push_str(&text[start..text.len().min(start + LINE)]);
        armoured.push('\n');
    }
    armoured + END + "\n"
}

/// Reads an armoured signature.
pub fn parse(armoured: &str) -> Result<SshSignature, SshsigError> {
    let text = armoured
        .trim()
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.strip_suffix(END))
        .ok_or(SshsigError::Armour)?;
    let text: String = text.split_ascii_whitespace().collect();
    let blob = STANDARD.decode(text).map_err(|_| SshsigError::Armour)?;

    let rest = blob.strip_prefix(MAGIC).ok_or(SshsigError::Form)?;
    let (version, mut rest) = rest.split_first_chunk().ok_or(SshsigError::Form)?;
    let version = u32::from_be_bytes(*version);
    if version != VERSION {
        return Err(SshsigError::Version(version));
    }
    let public = take(&mut rest)?;
    let namespace = take(&mut rest)?;
    let _reserved = take(&mut rest)?;
    let hash = take(&mut rest)?;
    let signed = take(&mut rest)?;
    if !rest.is_empty() {
        return Err(SshsigError::Form);
    }
    if namespace != NAMESPACE.as_bytes() {
        return Err(SshsigError::Namespace);
    }
    if hash != HASH {
        return Err(SshsigError::Algorithm);
    }
    let key = take_ed25519(public)?.try_into().map_err(|_| SshsigError::Form)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| SshsigError::Form)?;
    let signature = Signature::from_slice(take_ed25519(signed)?).map_err(|_| SshsigError::Form)?;
    Ok(SshSignature { key, signature })
}

/// Checks an armoured signature of a file against the keys of its issuer. Gives the thumbprint of the key.
pub fn verify(armoured: &str, file: &[u8], keys: &KeySet) -> Result<String, SshsigError> {
    let SshSignature { key, signature } = parse(armoured)?;
    let kid = thumbprint(&key);
    let Some(known) = keys.find(&kid) else {
        return Err(SshsigError::UnknownKey(kid));
    };
    known
        .key
        .verify_strict(&to_sign(file), &signature)
        .map_err(|_| SshsigError::Signature)?;
    Ok(kid)
}

/// A line of an `allowed_signers` file: this key may sign certificates in the name of `principal`.
///
/// It carries no dates: `ssh-keygen` compares them with the day of the check, and a certificate must verify after its
/// key was retired. The dates are in the JWK set.
pub fn allowed_signer(principal: &str, key: &VerifyingKey) -> String {
    let public = STANDARD.encode(public_blob(key));
    format!("{principal} namespaces=\"{NAMESPACE}\" ssh-ed25519 {public}\n")
}

fn public_blob(key: &VerifyingKey) -> Vec<u8> {
    let mut blob = Vec::new();
    put(&mut blob, ALGORITHM);
    put(&mut blob, key.as_bytes());
    blob
}

/// Writes a `string` of RFC 4251: its length, then its bytes.
fn put(bytes: &mut Vec<u8>, string: &[u8]) {
    let length = u32::try_from(string.len()).expect("names, keys and signatures are short");
    bytes.extend(length.to_be_bytes());
    bytes.extend(string);
}

/// Reads a `string` of RFC 4251 off the front.
fn take<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], SshsigError> {
    let (length, rest) = bytes.split_first_chunk().ok_or(SshsigError::Form)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| SshsigError::Form)?;
    let (string, rest) = rest.split_at_checked(length).ok_or(SshsigError::Form)?;
    *bytes = rest;
    Ok(string)
}

/// Reads what follows the name of our algorithm: a key or a signature.
fn take_ed25519(mut bytes: &[u8]) -> Result<&[u8], SshsigError> {
    if take(&mut bytes)? != ALGORITHM {
        return Err(SshsigError::Algorithm);
    }
    let inner = take(&mut bytes)?;
    if bytes.is_empty() {
        Ok(inner)
    } else {
        Err(SshsigError::Form)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::super::jwk::Jwk;
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn keys() -> KeySet {
        KeySet::new(vec![Jwk::new(key().verifying_key(), None, None)])
    }

    fn sign(file: &[u8]) -> String {
        armour(&key().verifying_key(), &key().sign(&to_sign(file)))
    }

    #[test]
    fn a_signature_holds_for_its_file_only() {
        assert_eq!(
            verify(&sign(b"pdf"), b"pdf", &keys()),
            Ok(keys().keys()[0].kid.clone())
        );
        assert_eq!(
            verify(&sign(b"pdf"), b"pdg", &keys()),
            Err(SshsigError::Signature)
        );
    }

    #[test]
    fn a_key_outside_the_set_is_named() {
        let other = SigningKey::from_bytes(&[8; 32]);
        let signature = armour(&other.verifying_key(), &other.sign(&to_sign(b"pdf")));
        let kid = thumbprint(&other.verifying_key());
        assert_eq!(
            verify(&signature, b"pdf", &keys()),
            Err(SshsigError::UnknownKey(kid))
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let repack = |change: &dyn Fn(&mut Vec<u8>)| {
            let good = sign(b"pdf");
            let text: String = good.lines().filter(|line| !line.starts_with('-')).collect();
            let mut blob = STANDARD.decode(text).unwrap();
            change(&mut blob);
            verify(
                &format!("{BEGIN}\n{}\n{END}", STANDARD.encode(blob)),
                b"pdf",
                &keys(),
            )
        };
        assert!(repack(&|_| ()).is_ok());
        assert_eq!(repack(&|blob| blob[9] = 2), Err(SshsigError::Version(2)));
        assert_eq!(repack(&|blob| blob.truncate(100)), Err(SshsigError::Form));
        assert_eq!(repack(&|blob| blob.push(0)), Err(SshsigError::Form));
        assert_eq!(repack(&|blob| blob[65 + 4] = b'x'), Err(SshsigError::Namespace));
        assert_eq!(verify("no armour", b"pdf", &keys()), Err(SshsigError::Armour));
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let good = sign(b"pdf");
        let text: String = good.lines().filter(|line| !line.starts_with('-')).collect();
        let blob = STANDARD.decode(text).unwrap();
        for place in 0..blob.len() {
            let mut altered = blob.clone();
            altered[place] ^= 1;
            let armoured = format!("{BEGIN}\n{}\n{END}", STANDARD.encode(altered));
            assert!(verify(&armoured, b"pdf", &keys()).is_err(), "altered at {place}");
        }
    }
}
