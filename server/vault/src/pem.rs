//! Private keys at rest: encrypted PKCS#8 in PEM, which `openssl pkey` reads.
//!
//! Version 1 of PKCS#8, because OpenSSL 3.0 does not read version 2; scrypt with 16 MB (N = 2^14, r = 8, p = 5), because
//! OpenSSL allows no more than 32 MB; AES-256-CBC. Files that openssl wrote (PBKDF2) are read as well.

use domain::time::Entropy;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// How much work a guess at a passphrase is: parameters of scrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    log_n: u8,
    r: u32,
    p: u32,
}

impl Work {
    /// 16 MB and five rounds: about a quarter of a second.
    pub const USUAL: Self = Self {
        log_n: 14,
        r: 8,
        p: 5,
    };
    /// Hardly any, for keys that end with the test that made them.
    pub const LEAST: Self = Self { log_n: 4, r: 8, p: 1 };
}

/// The text gives no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// Not an encrypted PKCS#8 file.
    #[error("not an encrypted private key: expected PEM that begins with -----BEGIN {LABEL}-----")]
    Form,
    /// Wrong passphrase; an altered file looks the same.
    #[error("the passphrase does not open it")]
    Passphrase,
    /// Opened, but no key of the kind that belongs there.
    #[error("it holds no key of the kind that belongs there")]
    Kind,
}

/// Encrypts a key under a passphrase.
pub fn encrypt(key: &SigningKey, passphrase: &str, work: Work, entropy: &dyn Entropy) -> Zeroizing<String> {
    let keypair = KeypairBytes {
        secret_key: key.to_bytes(),
        public_key: None,
    };
    keypair
        .to_pkcs8_der()
        .and_then(|plain| seal(&plain, passphrase, work, entropy))
        .expect("a key of fixed size and fixed parameters always encrypts")
}

/// Encrypts a PKCS#8 document under a passphrase.
pub(crate) fn seal(
    plain: &SecretDocument,
    passphrase: &str,
    work: Work,
    entropy: &dyn Entropy,
) -> pkcs8::Result<Zeroizing<String>> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    entropy.fill(&mut salt);
    entropy.fill(&mut iv);
    let cost =
        scrypt::Params::new(work.log_n, work.r, work.p).map_err(|_| pkcs8::Error::ParametersMalformed)?;
    let scheme = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv)?;
    let sealed = PrivateKeyInfoRef::try_from(plain.as_bytes())?.encrypt_with_params(scheme, passphrase)?;
    Ok(sealed.to_pem(LABEL, LineEnding::LF)?)
}

/// Opens what [`encrypt`] or openssl wrote.
pub fn decrypt(pem: &str, passphrase: &str) -> Result<SigningKey, PemError> {
    let plain = open(pem, passphrase)?;
    SigningKey::from_pkcs8_der(plain.as_bytes()).map_err(|_| PemError::Kind)
}

/// Opens what [`seal`] or openssl wrote.
pub(crate) fn open(pem: &str, passphrase: &str) -> Result<SecretDocument, PemError> {
    let (label, sealed) = SecretDocument::from_pem(pem).map_err(|_| PemError::Form)?;
    if label != LABEL {
        return Err(PemError::Form);
    }
    let sealed = EncryptedPrivateKeyInfoRef::try_from(sealed.as_bytes()).map_err(|_| PemError::Form)?;
    // One wrong passphrase in 256 leaves valid padding around nonsense, which is no PKCS#8.
    sealed.decrypt(passphrase).map_err(|_| PemError::Passphrase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn a_key_opens_with_its_passphrase_only() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let pem = encrypt(&key, "correct horse", Work::LEAST, &SystemEntropy);
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert_eq!(decrypt(&pem, "correct horse").unwrap(), key);
        assert_eq!(decrypt(&pem, "wrong horse").unwrap_err(), PemError::Passphrase);
    }

    #[test]
    fn other_texts_are_refused() {
        assert_eq!(decrypt("nonsense", "x").unwrap_err(), PemError::Form);
        let plain = SigningKey::from_bytes(&[7; 32])
            .to_pkcs8_pem(LineEnding::LF)
            .unwrap();
        assert_eq!(decrypt(&plain, "x").unwrap_err(), PemError::Form);
    }
}
