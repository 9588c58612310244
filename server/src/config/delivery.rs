//! Settings of delivery: how it is learnt what became of mails, links that give a certificate, and its second place.

use std::path::PathBuf;
use std::time::Duration;

use connectors::Bucket;
use vault::Source;

use super::reader::{ConfigError, Reader};

/// How it is learnt what became of mails.
#[derive(Debug, Clone)]
pub struct Deliveries {
    /// A Maildir into which mails that come back are delivered.
    pub bounces: Option<PathBuf>,
    /// The secret by which a provider posts events.
    pub hook_secret: Option<Source>,
    /// The topic of SNS that may post events.
    pub sns_topic: Option<String>,
}

/// The second place of certificates.
#[derive(Debug, Clone)]
pub struct CopyTo {
    /// The bucket.
    pub bucket: Bucket,
    /// What opens it.
    pub credential: Source,
}

pub(super) fn deliveries(reader: &mut Reader) -> Result<Deliveries, ConfigError> {
    let sns_topic = reader.text("mail.sns_topic")?;
    if sns_topic
        .as_deref()
        .is_some_and(|topic| !topic.starts_with("arn:"))
    {
        return Err(reader.wrong("mail.sns_topic", "expected the ARN of a topic"));
    }
    Ok(Deliveries {
        bounces: reader.path("mail.bounces")?,
        hook_secret: reader.optional_secret("mail.hook_secret", "mail.hook_secret_file")?,
        sns_topic,
    })
}

/// How long links in mails work; `none` for no such links.
pub(super) fn download_links(
    reader: &mut Reader,
    usual: Option<Duration>,
) -> Result<Option<Duration>, ConfigError> {
    const NAME: &str = "mail.download_links";
    match reader.is(NAME, "none") {
        true => reader.text(NAME).map(|_| None),
        false => Ok(reader.duration(NAME)?.or(usual)),
    }
}

pub(super) fn copy(reader: &mut Reader) -> Result<Option<CopyTo>, ConfigError> {
    let bucket = reader.text("certificates.copy.bucket")?;
    let endpoint = reader.text("certificates.copy.endpoint")?;
    let region = reader.text("certificates.copy.region")?;
    let path_style: Option<bool> = reader.parsed("certificates.copy.path_style")?;
    let credential = reader.optional_secret(
        "certificates.copy.credential",
        "certificates.copy.credential_file",
    )?;
    let others = endpoint.is_some() || region.is_some() || path_style.is_some() || credential.is_some();
    let Some(bucket) = bucket else {
        return match others {
            true => Err(reader.wrong(
                "certificates.copy.bucket",
                "name the bucket, or leave out all of certificates.copy",
            )),
            false => Ok(None),
        };
    };
    let web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
    if endpoint.as_ref().is_some_and(|url| !web(url)) {
        return Err(reader.wrong(
            "certificates.copy.endpoint",
            "expected a URL such as https://s3.example.com",
        ));
    }
    let credential = credential.ok_or_else(|| {
        reader.wrong(
            "certificates.copy.credential_file",
            "a bucket needs a credential that may write and read it",
        )
    })?;
    Ok(Some(CopyTo {
        bucket: Bucket {
            path_style: path_style.unwrap_or(endpoint.is_some()),
            endpoint,
            region: region.unwrap_or_else(|| "us-east-1".into()),
            bucket,
        },
        credential,
    }))
}
