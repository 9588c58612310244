//! The public document keys of an issuer, as a JWK set (RFC 7517, RFC 8037).
//!
//! `kid` is the thumbprint of RFC 7638. `nbf` and `exp` say, in whole seconds since 1970, from when until when a key
//! signed (the same members as in OpenID Federation); a key without them is not limited.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::time::Timestamp;

const MICROS: i64 = 1_000_000;

/// One public key, and when it signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    /// RFC 7638 thumbprint: base64url of SHA-256, 43 characters.
    pub kid: String,
    /// The key.
    pub key: VerifyingKey,
    /// It signed nothing before.
    pub not_before: Option<Timestamp>,
    /// It signed nothing at this moment or later.
    pub not_after: Option<Timestamp>,
    /// Somebody else may have had it since this moment: what it signed is believed only where a key that is not marked
    /// says the same. In the set: the member `revoked` of OpenID Federation, with the reason `compromised`.
    pub compromised_since: Option<Timestamp>,
}

/// The present and all retired document keys of an issuer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySet(Vec<Jwk>);

/// The text is not a usable key set.
#[derive(Debug, thiserror::Error)]
pub enum JwkError {
    /// Not the JSON of RFC 7517.
    #[error("the key set is not a JSON object with an array named keys")]
    Json(#[source] serde_json::Error),
    /// An Ed25519 key without 32 bytes of base64url, or not a point of the curve.
    #[error(
        "key {0} of the key set is not an Ed25519 public key: x must be 32 bytes, base64url without padding"
    )]
    Key(usize),
    /// A key with its private half.
    #[error(
        "key {0} of the key set holds a private key: it must not be used, and never have left the issuer"
    )]
    Private(usize),
    /// `kid` is not the thumbprint.
    #[error("key {index} of the key set is named {kid}, but its RFC 7638 thumbprint is {thumbprint}")]
    Thumbprint {
        /// Its place, from 0.
        index: usize,
        /// The name given.
        kid: String,
        /// The name it should have.
        thumbprint: String,
    },
    /// The same key twice.
    #[error("key {0} stands twice in the key set")]
    Twice(String),
}

impl Jwk {
    /// A key under its thumbprint. Moments are cut to whole seconds, as the set writes them.
    pub fn new(key: VerifyingKey, not_before: Option<Timestamp>, not_after: Option<Timestamp>) -> Self {
        let cut = |at: Timestamp| from_seconds(seconds(at));
        Self {
            kid: thumbprint(&key),
            key,
            not_before: not_before.map(cut),
            not_after: not_after.map(cut),
            compromised_since: None,
        }
    }

    /// The same key, marked as compromised since a moment.
    pub fn compromised(self, since: Timestamp) -> Self {
        Self {
            compromised_since: Some(from_seconds(seconds(since))),
            ..self
        }
    }

    /// Whether it signed at that moment, by its dates.
    pub fn valid_at(&self, at: Timestamp) -> bool {
        self.not_before.is_none_or(|from| from <= at) && self.not_after.is_none_or(|until| at < until)
    }
}

impl KeySet {
    /// A set of keys; the first is the present one by custom.
    pub fn new(keys: Vec<Jwk>) -> Self {
        Self(keys)
    }

    /// Reads a JWK set. Keys of other kinds or for encryption are passed over, as RFC 7517 asks.
    pub fn parse(json: &str) -> Result<Self, JwkError> {
        let written: WrittenSet = serde_json::from_str(json).map_err(JwkError::Json)?;
        let mut set = Self::default();
        for (index, value) in written.keys.into_iter().enumerate() {
            if !is_signing_ed25519(&value) {
                continue;
            }
            let jwk = serde_json::from_value::<Written>(value)
                .map_err(JwkError::Json)?
                .read(index)?;
            if set.find(&jwk.kid).is_some() {
                return Err(JwkError::Twice(jwk.kid));
            }
            set.0.push(jwk);
        }
        Ok(set)
    }

    /// The key of that thumbprint.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.0.iter().find(|jwk| jwk.kid == kid)
    }

    /// All keys, in the order of the set.
    pub fn keys(&self) -> &[Jwk] {
        &self.0
    }

    /// The set as JSON, for `/.well-known/jwks.json`.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Set {
            keys: Vec<Written>,
        }
        let set = Set {
            keys: self.0.iter().map(Written::from).collect(),
        };
        serde_json::to_string_pretty(&set).expect("plain text and integers always have a JSON form")
    }
}

/// The RFC 7638 thumbprint of an Ed25519 key (RFC 8037, A.3).
pub fn thumbprint(key: &VerifyingKey) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.as_bytes());
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Digest::of(members.as_bytes()).as_bytes())
}

#[derive(Deserialize)]
struct WrittenSet {
    keys: Vec<serde_json::Value>,
}

/// A key as RFC 7517 writes it.
#[derive(Serialize, Deserialize)]
struct Written {
    kty: String,
    crv: String,
    x: String,
    #[serde(default, skip_serializing)]
    d: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked: Option<Revoked>,
}

/// Since when, and why, nobody should rely on a key by itself.
#[derive(Serialize, Deserialize)]
struct Revoked {
    revoked_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Written {
    fn read(self, index: usize) -> Result<Jwk, JwkError> {
        if self.d.is_some() {
            return Err(JwkError::Private(index));
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(&self.x)
            .map_err(|_| JwkError::Key(index))?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| JwkError::Key(index))?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| JwkError::Key(index))?;
        let jwk = Jwk::new(key, self.nbf.map(from_seconds), self.exp.map(from_seconds));
        // Whatever the reason: a key that its issuer revoked is not relied on by itself.
        let jwk = match self.revoked {
            Some(revoked) => jwk.compromised(from_seconds(revoked.revoked_at)),
            None => jwk,
        };
        match self.kid {
            Some(kid) if kid != jwk.kid => Err(JwkError::Thumbprint {
                index,
                kid,
                thumbprint: jwk.kid,
            }),
            _ => Ok(jwk),
        }
    }
}

impl From<&Jwk> for Written {
    fn from(jwk: &Jwk) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: URL_SAFE_NO_PAD.encode(jwk.key.as_bytes()),
            d: None,
            kid: Some(jwk.kid.clone()),
            usage: Some("sig".into()),
            alg: Some("EdDSA".into()),
            nbf: jwk.not_before.map(seconds),
            exp: jwk.not_after.map(seconds),
            revoked: jwk.compromised_since.map(|since| Revoked {
                revoked_at: seconds(since),
                reason: Some("compromised".into()),
            }),
        }
    }
}

fn is_signing_ed25519(value: &serde_json::Value) -> bool {
    let is = |member: &str, word: &str| value.get(member).and_then(|v| v.as_str()) == Some(word);
    is("kty", "OKP") && is("crv", "Ed25519") && (value.get("use").is_none() || is("use", "sig"))
}

fn seconds(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(MICROS)
}

fn from_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_microsecond(seconds.saturating_mul(MICROS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const KID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        let set = KeySet::parse(&format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}]}}"#
        ))
        .unwrap();
        assert_eq!(set.keys()[0].kid, KID);
        assert!(set.find(KID).is_some());
    }

    #[test]
    fn a_set_is_read_back_as_it_was_written() {
        let json = format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{X}","kid":"{KID}","nbf":1700000000,"exp":1731536000}}]}}"#
        );
        let set = KeySet::parse(&json).unwrap();
        assert_eq!(KeySet::parse(&set.to_json()).unwrap(), set);
    }

    #[test]
    fn a_mark_is_read_back_as_it_was_written() {
        let jwk = KeySet::parse(&format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}]}}"#
        ))
        .unwrap();
        let marked = KeySet::new(vec![
            jwk.keys()[0].clone().compromised(from_seconds(1_700_000_000)),
        ]);
        let json = marked.to_json();
        assert!(json.contains(r#""reason": "compromised""#), "{json}");
        assert_eq!(KeySet::parse(&json).unwrap(), marked);
    }

    #[test]
    fn a_key_is_valid_from_its_first_moment_until_before_its_last() {
        let at = |seconds| from_seconds(seconds);
        let key = *KeySet::parse(&format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}]}}"#
        ))
        .unwrap()
        .keys()[0]
            .key
            .as_bytes();
        let jwk = Jwk::new(
            VerifyingKey::from_bytes(&key).unwrap(),
            Some(at(10)),
            Some(at(20)),
        );
        assert_eq!(
            [9, 10, 19, 20].map(|s| jwk.valid_at(at(s))),
            [false, true, true, false]
        );
    }

    #[test]
    fn keys_of_other_kinds_are_passed_over() {
        let set = KeySet::parse(r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"new"}]}"#).unwrap();
        assert!(set.keys().is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let parse =
            |key: &str| KeySet::parse(&format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519",{key}}}]}}"#));
        assert!(matches!(KeySet::parse("[]"), Err(JwkError::Json(_))));
        assert!(matches!(parse(r#""x":"AAAA""#), Err(JwkError::Key(0))));
        assert!(matches!(parse(&format!(r#""x":"{X}=""#)), Err(JwkError::Key(0))));
        assert!(matches!(
            parse(&format!(r#""x":"{X}","d":"AA""#)),
            Err(JwkError::Private(0))
        ));
        assert!(matches!(
            parse(&format!(r#""x":"{X}","kid":"mine""#)),
            Err(JwkError::Thumbprint { .. })
        ));
        let twice = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}"#);
        assert!(matches!(
            KeySet::parse(&format!(r#"{{"keys":[{twice},{twice}]}}"#)),
            Err(JwkError::Twice(_))
        ));
    }
}
