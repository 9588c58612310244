//! A root, its list of revoked certificates, and the seals under it, as X.509 (RFC 5280).

use std::time::Duration;

use const_oid::db::rfc5280::ID_KP_EMAIL_PROTECTION;
use der::asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode as _, Encode as _, EncodePem as _, Tag};
use domain::digest::Digest;
use domain::key::Compromise;
use domain::time::{Entropy, Timestamp};
use pkcs8::LineEnding;
use serde::{Deserialize, Serialize};
use signature::Keypair as _;
use spki::SubjectPublicKeyInfoRef;
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder as _, CertificateBuilder, CrlBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::crl::RevokedCert;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlNumber, CrlReason, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfo;
use x509_cert::time::{Time, Validity};

use super::key::{SealAlgorithm, SealKey};
use crate::ledger::next_second;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// How long a root lasts.
const ROOT: u32 = 20;
/// How long the X.509 certificate of a seal lasts: the year in which it signs, and the years for which certificates of
/// erasure are kept.
const SEAL: u32 = 10;
/// RFC 9336: for signing documents.
const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
/// RFC 5280, section 5.3.2.
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// The longest common name (RFC 5280, `ub-common-name`).
const LONGEST_NAME: usize = 64;

/// A root of our own and the seals under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Of the root and of all its seals.
    pub algorithm: SealAlgorithm,
    /// The root's certificate, DER.
    #[serde(with = "base64_bytes")]
    pub certificate: Vec<u8>,
    /// What it has revoked, a CRL in DER.
    #[serde(with = "base64_bytes")]
    pub crl: Vec<u8>,
    /// When it was made.
    pub not_before: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
    /// Oldest first.
    pub seals: Vec<SealRecord>,
    /// Somebody else may have had its private half: whatever it seems to have issued may be a thief's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromise: Option<Compromise>,
}

/// A seal, without its private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealRecord {
    /// Its certificate, DER.
    #[serde(with = "base64_bytes")]
    pub certificate: Vec<u8>,
    /// It signs nothing before.
    pub not_before: Timestamp,
    /// It signs nothing at this moment or later.
    pub not_after: Timestamp,
    /// When another took its place; its private half is gone.
    pub retired_at: Option<Timestamp>,
    /// Somebody else may have had its private half.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromise: Option<Compromise>,
}

/// A certificate could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The builder refused.
    #[error("the certificate of a seal cannot be made: {0}")]
    Builder(#[from] builder::Error),
    /// ASN.1.
    #[error("the certificate of a seal cannot be read or written: {0}")]
    Asn1(#[from] der::Error),
    /// The public key.
    #[error("the public key of a seal cannot be written: {0}")]
    PublicKey(#[from] spki::Error),
}

impl Authority {
    /// The root's certificate as PEM.
    pub(crate) fn pem(&self) -> Result<String, CertificateError> {
        Ok(Certificate::from_der(&self.certificate)?.to_pem(LineEnding::LF)?)
    }

    /// The name of its key, made as that of a seal.
    pub fn name(&self) -> String {
        name_of(&self.certificate)
    }

    /// The file of its private key.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-root-{}.pem", self.algorithm.word(), self.name())
    }

    /// Lists the seals that are marked as revoked, in the place of the list before.
    pub(crate) fn revoke_marked(&mut self, key: &SealKey, now: Timestamp) -> Result<(), CertificateError> {
        let root_lost = self.compromise.is_some();
        let marked = self.seals.iter().filter_map(|seal| {
            let mark = seal.compromise.as_ref()?;
            let reason = match root_lost {
                true => CrlReason::CaCompromise,
                false => CrlReason::KeyCompromise,
            };
            Some(entry(seal, mark, reason))
        });
        let marked = marked.collect::<Result<Vec<_>, _>>()?;
        let root = Certificate::from_der(&self.certificate)?;
        let number = marked.len() + usize::from(root_lost) + 1;
        self.crl = revoked(&root, key, (number, marked), (now, self.not_after))?;
        Ok(())
    }

    /// Marks it, and every seal under it that is not marked yet: nobody can tell one from a thief's.
    pub(crate) fn mark(&mut self, mark: &Compromise) {
        self.compromise = Some(mark.clone());
        for seal in &mut self.seals {
            seal.mark(mark);
        }
    }

    /// Its private half is still there.
    pub(crate) fn is_kept(&self) -> bool {
        self.compromise.is_none()
    }

    /// Whether a seal that is made under it now would last as long as it should.
    pub(crate) fn carries_a_seal_of(&self, now: Timestamp) -> bool {
        self.is_kept() && now.after(YEAR * SEAL) <= self.not_after
    }
}

impl SealRecord {
    /// Whether it may sign at a moment: within its dates and not retired.
    pub fn may_sign(&self, at: Timestamp) -> bool {
        self.retired_at.is_none() && self.not_before <= at && at < self.not_after
    }

    /// Marks it, where it is not marked yet, and ends it.
    pub(crate) fn mark(&mut self, mark: &Compromise) {
        self.compromise.get_or_insert_with(|| mark.clone());
        self.retired_at.get_or_insert(next_second(mark.marked_at));
    }

    /// The name of its key: the first 16 hexadecimal characters of the SHA-256 of its certificate.
    pub fn name(&self) -> String {
        name_of(&self.certificate)
    }

    /// The file of its private key.
    pub(crate) fn file_name(&self, algorithm: SealAlgorithm) -> String {
        format!("{}-seal-{}.pem", algorithm.word(), self.name())
    }
}

fn name_of(certificate: &[u8]) -> String {
    hex::encode(&Digest::of(certificate).as_bytes()[..8])
}

/// A root without seals, and its key.
pub(crate) fn fresh_authority(
    origin: &str,
    algorithm: SealAlgorithm,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<(Authority, SealKey), CertificateError> {
    let key = SealKey::generate(algorithm, entropy);
    let not_after = now.after(YEAR * ROOT);
    let profile = Profile {
        subject: name(&format!("Seal root of {origin} ({})", algorithm.word()))?,
        issuer: None,
    };
    let certificate = certified(profile, &key, &key, (now, not_after), entropy)?;
    let authority = Authority {
        algorithm,
        certificate: certificate.to_der()?,
        crl: revoked(&certificate, &key, (1, Vec::new()), (now, not_after))?,
        not_before: now,
        not_after,
        seals: Vec::new(),
        compromise: None,
    };
    Ok((authority, key))
}

/// What a root has revoked, as it is at a moment (RFC 5280, section 5). The number grows with each seal that is marked, and
/// when the root is.
fn revoked(
    root: &Certificate,
    key: &SealKey,
    (number, seals): (usize, Vec<RevokedCert>),
    (now, until): (Timestamp, Timestamp),
) -> Result<Vec<u8>, CertificateError> {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let list: CrlBuilder = CrlBuilder::new_with_this_update(root, CrlNumber::try_from(number)?, time(now)?)?;
    let mut list = list.with_next_update(Some(time(until)?));
    if !seals.is_empty() {
        list = list.with_certificates(seals.into_iter());
    }
    let bytes = list.finalize(key)?;
    Ok(list.assemble(key.bit_string(&bytes)?, key)?.to_der()?)
}

/// The line of a seal that somebody else may have had: from when on it counts for nothing, and since when it may have been so.
fn entry(seal: &SealRecord, mark: &Compromise, reason: CrlReason) -> Result<RevokedCert, CertificateError> {
    let certificate = Certificate::from_der(&seal.certificate)?;
    let certificate = certificate.tbs_certificate();
    let subject = certificate.subject();
    let mut extensions = vec![reason.to_extension(subject, &[])?];
    if let Some(since) = mark.since {
        extensions.push(Extension {
            extn_id: INVALIDITY_DATE,
            critical: false,
            extn_value: OctetString::new(GeneralizedTime::from_date_time(moment(since)?).to_der()?)?,
        });
    }
    Ok(RevokedCert {
        serial_number: certificate.serial_number().clone(),
        revocation_date: time(mark.marked_at)?,
        crl_entry_extensions: Some(extensions),
    })
}

/// A seal under a root, and its key. It signs for `lifetime`.
pub(crate) fn fresh_seal(
    origin: &str,
    authority: &Authority,
    root: &SealKey,
    lifetime: Duration,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<(SealRecord, SealKey), CertificateError> {
    let key = SealKey::generate(authority.algorithm, entropy);
    let issuer = Certificate::from_der(&authority.certificate)?;
    let profile = Profile {
        subject: name(&format!("Seal of {origin}"))?,
        issuer: Some(issuer.tbs_certificate().subject().clone()),
    };
    let until = now.after(YEAR * SEAL).min(authority.not_after);
    let certificate = certified(profile, &key, root, (now, until), entropy)?;
    let seal = SealRecord {
        certificate: certificate.to_der()?,
        not_before: now,
        not_after: now.after(lifetime).min(until),
        retired_at: None,
        compromise: None,
    };
    Ok((seal, key))
}

/// What stands in a certificate of ours.
struct Profile {
    subject: Name,
    /// `None`: a root, which issues itself.
    issuer: Option<Name>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, subject: &Name) -> Name {
        self.issuer.clone().unwrap_or_else(|| subject.clone())
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        own: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let mut made = Vec::new();
        let subject = tbs.subject();
        made.push(SubjectKeyIdentifier::try_from(own)?.to_extension(subject, &made)?);
        if self.issuer.is_none() {
            let constraints = BasicConstraints {
                ca: true,
                path_len_constraint: Some(0),
            };
            made.push(constraints.to_extension(subject, &made)?);
            let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
            made.push(usage.to_extension(subject, &made)?);
        } else {
            made.push(AuthorityKeyIdentifier::try_from(issuer)?.to_extension(subject, &made)?);
            let usage = KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation);
            made.push(usage.to_extension(subject, &made)?);
            // NSS, and so poppler, refuses a seal with the first of these alone.
            let purposes = ExtendedKeyUsage(vec![DOCUMENT_SIGNING, ID_KP_EMAIL_PROTECTION]);
            made.push(purposes.to_extension(subject, &made)?);
        }
        Ok(made)
    }
}

fn certified(
    profile: Profile,
    key: &SealKey,
    signer: &SealKey,
    (from, until): (Timestamp, Timestamp),
    entropy: &dyn Entropy,
) -> Result<Certificate, CertificateError> {
    let mut serial = [0; 16];
    entropy.fill(&mut serial);
    // Positive, and always as long.
    serial[0] = serial[0] & 0x7f | 0x40;
    let public = SubjectPublicKeyInfo::from_key(&key.verifying_key())?;
    let validity = Validity::new(time(from)?, time(until)?);
    let mut builder = CertificateBuilder::new(profile, SerialNumber::new(&serial)?, validity, public)?;
    let bytes = builder.finalize(signer)?;
    Ok(builder.assemble(signer.bit_string(&bytes)?, signer)?)
}

fn name(common: &str) -> der::Result<Name> {
    let short: String = common.chars().take(LONGEST_NAME).collect();
    let attribute = AttributeTypeAndValue {
        oid: COMMON_NAME,
        value: Any::new(Tag::Utf8String, short.into_bytes())?,
    };
    let part = RelativeDistinguishedName::from(SetOfVec::try_from(vec![attribute])?);
    Name::from_der(&RdnSequence::from(vec![part]).to_der()?)
}

fn time(at: Timestamp) -> der::Result<Time> {
    Ok(moment(at)?.into())
}

/// A whole second.
fn moment(at: Timestamp) -> der::Result<der::DateTime> {
    let seconds = u64::try_from(at.as_microsecond() / 1_000_000).unwrap_or_default();
    der::DateTime::from_unix_duration(Duration::from_secs(seconds))
}

mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::Deserialize as _;

    pub(super) fn serialize<S: serde::Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}
