//! Messages of Amazon SNS: of one topic, under a signature that a certificate of Amazon's verifies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde::Deserialize;
use x509_cert::Certificate;
use x509_cert::der::DecodePem as _;

use super::certificate::{CertificateError, FetchCertificate};

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Kind {
    /// It carries an event.
    Notification,
    /// The topic asks to be subscribed: a person answers.
    SubscriptionConfirmation,
    /// The topic says that nobody listens any more.
    UnsubscribeConfirmation,
}

/// A message as it is posted.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// What kind.
    #[serde(rename = "Type")]
    pub kind: Kind,
    message_id: String,
    topic_arn: String,
    #[serde(default)]
    subject: Option<String>,
    /// The event, as text.
    pub message: String,
    timestamp: String,
    #[serde(default)]
    token: Option<String>,
    /// Where a person confirms.
    #[serde(default, rename = "SubscribeURL")]
    pub subscribe_url: Option<String>,
    signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
}

/// A message is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum SnsError {
    /// Another topic.
    #[error("the message is of another topic than mail.sns_topic")]
    Topic,
    /// Where the certificate lies.
    #[error("the certificate of the message is not at sns.<region>.amazonaws.com")]
    Place,
    /// The certificate cannot be had.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// It does not verify.
    #[error("the signature of the message does not verify")]
    Signature,
}

impl Message {
    /// Believes it, or not.
    pub async fn verify(&self, topic: &str, fetch: &dyn FetchCertificate) -> Result<(), SnsError> {
        if self.topic_arn != topic {
            return Err(SnsError::Topic);
        }
        if !is_amazons(&self.signing_cert_url) {
            return Err(SnsError::Place);
        }
        let algorithm: &dyn VerificationAlgorithm = match self.signature_version.as_str() {
            // What topics use unless told otherwise.
            "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            "2" => &RSA_PKCS1_2048_8192_SHA256,
            _ => return Err(SnsError::Signature),
        };
        let signature = STANDARD
            .decode(&self.signature)
            .map_err(|_| SnsError::Signature)?;
        let pem = fetch.fetch(&self.signing_cert_url).await?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| CertificateError::Unreadable)?;
        let key = certificate.tbs_certificate().subject_public_key_info();
        let key = UnparsedPublicKey::new(algorithm, key.subject_public_key.raw_bytes());
        key.verify(self.signed().as_bytes(), &signature)
            .map_err(|_| SnsError::Signature)
    }

    /// What is signed: names and values, a line each, in the order of the names.
    fn signed(&self) -> String {
        let kind = format!("{:?}", self.kind);
        let mut lines = vec![
            ("Message", self.message.as_str()),
            ("MessageId", &self.message_id),
        ];
        match self.kind {
            Kind::Notification => {
                lines.extend(self.subject.as_deref().map(|subject| ("Subject", subject)));
                lines.push(("Timestamp", &self.timestamp));
            }
            Kind::SubscriptionConfirmation | Kind::UnsubscribeConfirmation => {
                lines.extend(self.subscribe_url.as_deref().map(|url| ("SubscribeURL", url)));
                lines.push(("Timestamp", &self.timestamp));
                lines.extend(self.token.as_deref().map(|token| ("Token", token)));
            }
        }
        lines.push(("TopicArn", &self.topic_arn));
        lines.push(("Type", &kind));
        lines
            .iter()
            .map(|(name, value)| format!("{name}\n{value}\n"))
            .collect()
    }
}

/// `https://sns.<region>.amazonaws.com/...`, and nothing that only looks like it.
pub(super) fn is_amazons(url: &str) -> bool {
    let Some((host, path)) = url.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let host = host.strip_suffix(".cn").unwrap_or(host);
    let region = host
        .strip_prefix("sns.")
        .and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    let sound = |region: &str| {
        let letters = region
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        !region.is_empty() && letters
    };
    region.is_some_and(sound) && path.ends_with(".pem") && !path.contains(['?', '#', '\\', '@'])
}

#[cfg(test)]
mod tests {
    use super::is_amazons;

    #[test]
    fn certificates_come_from_amazon_alone() {
        assert!(is_amazons(
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem"
        ));
        assert!(is_amazons(
            "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0.pem"
        ));
        for foreign in [
            "http://sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
            "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.evil.example#.amazonaws.com/a.pem",
            "https://user@sns.eu-west-1.amazonaws.com/a.pem",
            "https://bucket.s3.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
            "https://sns..amazonaws.com/a.pem",
            "https://sns.a.b.amazonaws.com/a.pem",
        ] {
            assert!(!is_amazons(foreign), "{foreign}");
        }
    }
}
