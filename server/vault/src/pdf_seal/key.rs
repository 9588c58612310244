//! A key that seals, of either algorithm, as the builders of certificates take it.

use der::asn1::BitString;
use domain::time::Entropy;
use ed25519_dalek::pkcs8::KeypairBytes;
use p256::ecdsa;
use pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey, SecretDocument};
use serde::{Deserialize, Serialize};
use sha2::{Sha256, Sha512};
use signature::{Keypair, Signer as _};
use spki::{AlgorithmIdentifierOwned, Document, DynSignatureAlgorithmIdentifier, ObjectIdentifier};
use zeroize::Zeroizing;

const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// How a PDF is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealAlgorithm {
    /// Ed25519 (RFC 8419): OpenSSL, pyHanko and Bouncy Castle know it, mainstream viewers do not.
    Ed25519,
    /// ECDSA with P-256 and SHA-256: what viewers know.
    P256,
}

/// The private half of a seal or of its root. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SealKey {
    P256(ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// The public half.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SealPublic {
    P256(ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl SealAlgorithm {
    /// The word in settings and file names.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::P256 => "p256",
        }
    }

    /// The name of the algorithm.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::P256 => "P-256",
        }
    }

    /// The digest that goes with it in CMS (RFC 5754, RFC 8419).
    pub(crate) fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        fn of<D: sha2::Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut digest = D::new();
            parts.iter().for_each(|part| digest.update(part));
            digest.finalize().to_vec()
        }
        match self {
            Self::Ed25519 => of::<Sha512>(parts),
            Self::P256 => of::<Sha256>(parts),
        }
    }

    /// The name of that digest.
    pub(crate) const fn digest_algorithm(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: match self {
                Self::Ed25519 => SHA512,
                Self::P256 => SHA256,
            },
            parameters: None,
        }
    }

    /// The name of the signature.
    pub(crate) const fn signature_algorithm(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: match self {
                Self::Ed25519 => ED25519,
                Self::P256 => ECDSA_WITH_SHA256,
            },
            parameters: None,
        }
    }
}

impl SealKey {
    /// A fresh key.
    pub(crate) fn generate(algorithm: SealAlgorithm, entropy: &dyn Entropy) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        loop {
            entropy.fill(&mut seed[..]);
            match algorithm {
                SealAlgorithm::Ed25519 => {
                    return Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed));
                }
                // One seed in 2^32 is no scalar of the curve: then another.
                SealAlgorithm::P256 => {
                    if let Ok(key) = ecdsa::SigningKey::from_slice(&seed[..]) {
                        return Self::P256(key);
                    }
                }
            }
        }
    }

    pub(crate) const fn algorithm(&self) -> SealAlgorithm {
        match self {
            Self::Ed25519(_) => SealAlgorithm::Ed25519,
            Self::P256(_) => SealAlgorithm::P256,
        }
    }

    /// Signs, always the same for the same message: RFC 6979 for ECDSA, RFC 8032 for Ed25519.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_vec(),
        }
    }

    /// The same as X.509 writes it.
    pub(crate) fn bit_string(&self, message: &[u8]) -> der::Result<BitString> {
        BitString::from_bytes(&self.sign(message))
    }

    /// PKCS#8, version 1.
    pub(crate) fn to_pkcs8(&self) -> pkcs8::Result<SecretDocument> {
        match self {
            Self::P256(key) => key.to_pkcs8_der(),
            Self::Ed25519(key) => KeypairBytes {
                secret_key: key.to_bytes(),
                public_key: None,
            }
            .to_pkcs8_der(),
        }
    }

    /// Reads PKCS#8.
    pub(crate) fn from_pkcs8(algorithm: SealAlgorithm, document: &SecretDocument) -> pkcs8::Result<Self> {
        let bytes = document.as_bytes();
        match algorithm {
            SealAlgorithm::P256 => ecdsa::SigningKey::from_pkcs8_der(bytes).map(Self::P256),
            SealAlgorithm::Ed25519 => ed25519_dalek::SigningKey::from_pkcs8_der(bytes).map(Self::Ed25519),
        }
    }
}

impl Keypair for SealKey {
    type VerifyingKey = SealPublic;

    fn verifying_key(&self) -> SealPublic {
        match self {
            Self::P256(key) => SealPublic::P256(*key.verifying_key()),
            Self::Ed25519(key) => SealPublic::Ed25519(key.verifying_key()),
        }
    }
}

impl DynSignatureAlgorithmIdentifier for SealKey {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(self.algorithm().signature_algorithm())
    }
}

impl EncodePublicKey for SealPublic {
    fn to_public_key_der(&self) -> spki::Result<Document> {
        match self {
            Self::P256(key) => key.to_public_key_der(),
            Self::Ed25519(key) => key.to_public_key_der(),
        }
    }
}
