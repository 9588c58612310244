//! Statements signed as compact JWS (RFC 7515) with Ed25519 (RFC 8037).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signature;
use serde::Deserialize;

use super::jwk::KeySet;

/// What a JWS of ours is for: one made for another purpose does not count (RFC 8725, 3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typ {
    /// The statement of a certificate.
    Statement,
    /// What became of a certificate.
    Standing,
    /// The list of what became of all; its claims are those of a JWT (RFC 7519).
    StatusList,
}

impl Typ {
    /// The `typ` of the header.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Statement => "lethe-statement+jws",
            Self::Standing => "lethe-standing+jws",
            Self::StatusList => "lethe-status-list+jwt",
        }
    }
}

/// A statement whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The thumbprint of the key that signed. Whether it was valid then is for who knows the moment to ask
    /// ([`super::jwk::Jwk::valid_at`]).
    pub kid: String,
    /// The exact bytes that were signed.
    pub payload: Vec<u8>,
}

/// The signature does not hold, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64url.
    #[error("not a compact JWS: expected three parts of base64url without padding, joined by dots")]
    Form,
    /// The header cannot be read.
    #[error("the JWS header is not a JSON object with alg, kid and typ")]
    Header,
    /// Not an algorithm of ours.
    #[error("the JWS is signed with {0}; only EdDSA (Ed25519) is accepted")]
    Algorithm(String),
    /// Made for another purpose.
    #[error("the JWS is of type {found}; expected {}", wanted.word())]
    Type {
        /// What it says it is.
        found: String,
        /// What it should be.
        wanted: Typ,
    },
    /// The header demands something.
    #[error("the JWS header demands an extension (crit), and none is known here")]
    Critical,
    /// The key is not among the issuer's.
    #[error("the JWS is signed by key {0}, which is not in the key set")]
    UnknownKey(String),
    /// Signature and bytes do not belong together.
    #[error("the JWS signature does not fit: the statement was altered or signed by another key")]
    Signature,
}

/// The bytes that are signed (RFC 7515, 5.1): header and payload, each base64url, joined by a dot.
pub fn signing_input(kid: &str, typ: Typ, payload: &[u8]) -> String {
    let header = serde_json::json!({ "alg": "EdDSA", "kid": kid, "typ": typ.word() });
    let header = crate::canonical::to_string(&header);
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    )
}

/// The compact JWS of a signing input and its signature.
pub fn compact(signing_input: &str, signature: &Signature) -> String {
    format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// Checks a compact JWS of a type against the keys of its issuer and gives back what was signed.
pub fn verify(jws: &str, typ: Typ, keys: &KeySet) -> Result<Verified, JwsError> {
    let (signed, signature) = jws.rsplit_once('.').ok_or(JwsError::Form)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsError::Form)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Form);
    let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);

    let header: Header = serde_json::from_slice(&header).map_err(|_| JwsError::Header)?;
    if header.crit.is_some() {
        return Err(JwsError::Critical);
    }
    if !matches!(header.alg.as_str(), "EdDSA" | "Ed25519") {
        return Err(JwsError::Algorithm(header.alg));
    }
    if header.typ != typ.word() {
        return Err(JwsError::Type {
            found: header.typ,
            wanted: typ,
        });
    }
    let Some(jwk) = keys.find(&header.kid) else {
        return Err(JwsError::UnknownKey(header.kid));
    };
    let signature = Signature::from_slice(&signature).map_err(|_| JwsError::Signature)?;
    jwk.key
        .verify_strict(signed.as_bytes(), &signature)
        .map_err(|_| JwsError::Signature)?;
    Ok(Verified {
        kid: header.kid,
        payload,
    })
}

/// What we read of a header; anything else in it (`jwk`, `jku`, `x5c`) is never used.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
    #[serde(default, deserialize_with = "present")]
    crit: Option<serde_json::Value>,
}

/// Keeps `null` apart from absent: a `crit` of any value is a demand.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::super::jwk::Jwk;
    use super::*;

    const TYP: &str = Typ::Statement.word();

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn keys() -> KeySet {
        KeySet::new(vec![Jwk::new(key().verifying_key(), None, None)])
    }

    fn kid() -> String {
        keys().keys()[0].kid.clone()
    }

    fn sign(header: &str, payload: &[u8]) -> String {
        let input = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        compact(&input, &key().sign(input.as_bytes()))
    }

    #[test]
    fn a_signed_statement_is_given_back() {
        let kid = kid();
        let input = signing_input(&kid, Typ::Statement, b"{\"a\":1}");
        let jws = compact(&input, &key().sign(input.as_bytes()));
        assert_eq!(
            verify(&jws, Typ::Statement, &keys()),
            Ok(Verified {
                kid,
                payload: b"{\"a\":1}".to_vec()
            })
        );
    }

    #[test]
    fn the_newer_name_of_the_algorithm_is_accepted() {
        let kid = kid();
        let jws = sign(
            &format!(r#"{{"alg":"Ed25519","kid":"{kid}","typ":"{TYP}"}}"#),
            b"x",
        );
        assert!(verify(&jws, Typ::Statement, &keys()).is_ok());
    }

    #[test]
    fn any_altered_character_is_noticed() {
        let input = signing_input(&kid(), Typ::Statement, b"statement");
        let jws = compact(&input, &key().sign(input.as_bytes()));
        for place in 0..jws.len() {
            let mut altered = jws.clone().into_bytes();
            altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
            assert!(
                verify(&String::from_utf8(altered).unwrap(), Typ::Statement, &keys()).is_err(),
                "altered at {place}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let kid = kid();
        let fails = |header: &str| verify(&sign(header, b"x"), Typ::Statement, &keys()).unwrap_err();
        assert_eq!(
            fails(&format!(r#"{{"alg":"none","kid":"{kid}","typ":"{TYP}"}}"#)),
            JwsError::Algorithm("none".into())
        );
        assert_eq!(
            fails(&format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"JWT"}}"#)),
            JwsError::Type {
                found: "JWT".into(),
                wanted: Typ::Statement
            }
        );
        assert_eq!(
            fails(&format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#)),
            JwsError::Header
        );
        assert_eq!(
            fails(&format!(
                r#"{{"alg":"EdDSA","kid":"a","kid":"{kid}","typ":"{TYP}"}}"#
            )),
            JwsError::Header
        );
        assert_eq!(
            fails(&format!(r#"{{"alg":"EdDSA","kid":"other","typ":"{TYP}"}}"#)),
            JwsError::UnknownKey("other".into())
        );
        let critical = |value| {
            fails(&format!(
                r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{TYP}","crit":{value}}}"#
            ))
        };
        assert_eq!(
            [critical("[\"b64\"]"), critical("null")],
            [JwsError::Critical, JwsError::Critical]
        );
        assert_eq!(verify("a.b", Typ::Statement, &keys()), Err(JwsError::Form));
        assert_eq!(verify("a.b.c.d", Typ::Statement, &keys()), Err(JwsError::Form));
    }
}
