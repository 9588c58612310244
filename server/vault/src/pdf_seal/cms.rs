//! The signature of a PDF: CMS (RFC 5652) with the attributes that PAdES asks for (ETSI EN 319 142-1).

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::db::rfc5911::{ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode as _, Encode as _, Sequence};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;

use super::key::{SealAlgorithm, SealKey};

/// RFC 5035.
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// RFC 6211.
const ALGORITHM_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");

/// `SigningCertificateV2`, for SHA-256, which is its default.
#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateId>,
}

/// `ESSCertIDv2`.
#[derive(Sequence)]
struct CertificateId {
    digest: OctetString,
}

/// `CMSAlgorithmProtection`: nobody puts a weaker algorithm in the place of ours.
#[derive(Sequence)]
struct AlgorithmProtection {
    digest: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT")]
    signature: AlgorithmIdentifierOwned,
}

/// Signs what a seal covers. `chain` is the certificate of the seal, and its root; DER.
pub(crate) fn signed(key: &SealKey, chain: [&[u8]; 2], covered: &[&[u8]]) -> der::Result<Vec<u8>> {
    let algorithm = key.algorithm();
    let own = Certificate::from_der(chain[0])?;
    let attributes = SetOfVec::try_from(vec![
        attribute(ID_CONTENT_TYPE, &ID_DATA)?,
        attribute(ID_MESSAGE_DIGEST, &OctetString::new(algorithm.digest(covered))?)?,
        attribute(SIGNING_CERTIFICATE_V2, &signing_certificate(chain[0])?)?,
        attribute(
            ALGORITHM_PROTECTION,
            &AlgorithmProtection {
                digest: algorithm.digest_algorithm(),
                signature: algorithm.signature_algorithm(),
            },
        )?,
    ])?;
    // What is signed is the set itself, not the tagged form in which it is sent (RFC 5652, 5.4).
    let signature = key.sign(&attributes.to_der()?);
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: own.tbs_certificate().issuer().clone(),
            serial_number: own.tbs_certificate().serial_number().clone(),
        }),
        digest_alg: algorithm.digest_algorithm(),
        signed_attrs: Some(attributes),
        signature_algorithm: algorithm.signature_algorithm(),
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let certificates = vec![
        CertificateChoices::Certificate(own),
        CertificateChoices::Certificate(Certificate::from_der(chain[1])?),
    ];
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![algorithm.digest_algorithm()])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: ID_DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet::try_from(certificates)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    ContentInfo {
        content_type: ID_SIGNED_DATA,
        content: Any::encode_from(&data)?,
    }
    .to_der()
}

fn signing_certificate(certificate: &[u8]) -> der::Result<SigningCertificate> {
    Ok(SigningCertificate {
        certificates: vec![CertificateId {
            digest: OctetString::new(SealAlgorithm::P256.digest(&[certificate]))?,
        }],
    })
}

fn attribute<T: der::Tagged + der::EncodeValue>(oid: ObjectIdentifier, value: &T) -> der::Result<Attribute> {
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from(vec![Any::encode_from(value)?])?,
    })
}
