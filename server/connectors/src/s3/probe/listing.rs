//! Reads a bucket's listings, page by page, and refuses answers that would pass for an empty one.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use domain::port::probe::ProbeError;
use domain::selection::RecordId;
use serde::{Deserialize, Serialize};

/// The most entries that S3 lists in one answer.
pub(super) const PAGE: usize = 1000;

/// The status of a server that never will.
const NOT_IMPLEMENTED: u16 = 501;

/// A bucket and the client that looks into it.
pub(super) struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
}

/// Which of the two listings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sort {
    /// Versions and delete markers.
    Versions,
    /// Unfinished uploads.
    Uploads,
}

/// Where a listing goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marker {
    key: Option<String>,
    version: Option<String>,
}

/// One version, delete marker or unfinished upload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Record {
    pub(super) sort: Sort,
    pub(super) key: String,
    /// The version's or the upload's id.
    pub(super) version: String,
}

impl Record {
    /// Reads an id.
    pub(super) fn parse(id: &RecordId) -> Result<Self, ProbeError> {
        let parts: Vec<String> = serde_json::from_str(&id.0).unwrap_or_default();
        match <[String; 2]>::try_from(parts) {
            Ok([key, version]) => Ok(Self {
                sort: Sort::Versions,
                key,
                version,
            }),
            Err(parts) => match <[String; 3]>::try_from(parts) {
                Ok([key, version, sort]) if sort == "upload" => Ok(Self {
                    sort: Sort::Uploads,
                    key,
                    version,
                }),
                _ => Err(ProbeError::Blind(
                    r#"a record's id is not of the form ["key","version"]"#.to_owned(),
                )),
            },
        }
    }

    /// Writes the id.
    pub(super) fn id(&self) -> RecordId {
        let mut parts = vec![self.key.as_str(), self.version.as_str()];
        if self.sort == Sort::Uploads {
            parts.push("upload");
        }
        RecordId(serde_json::Value::from(parts).to_string())
    }
}

impl Bucket {
    /// One page of a listing under a prefix, and where it goes on.
    pub(super) async fn page(
        &self,
        sort: Sort,
        prefix: &str,
        after: &Marker,
        most: usize,
    ) -> Result<(Vec<Record>, Option<Marker>), ProbeError> {
        let most = i32::try_from(most.clamp(1, PAGE)).unwrap_or(1);
        match sort {
            Sort::Versions => self.versions(prefix, after, most).await,
            Sort::Uploads => self.uploads(prefix, after, most).await,
        }
    }

    async fn versions(
        &self,
        prefix: &str,
        after: &Marker,
        most: i32,
    ) -> Result<(Vec<Record>, Option<Marker>), ProbeError> {
        let call = self
            .client
            .list_object_versions()
            .bucket(&self.name)
            .prefix(prefix)
            .max_keys(most);
        let call = call
            .set_key_marker(after.key.clone())
            .set_version_id_marker(after.version.clone());
        let page = call.send().await.map_err(|error| read(&error))?;
        named(page.name())?;
        let versions = page
            .versions()
            .iter()
            .map(|version| (version.key(), version.version_id()));
        let markers = page
            .delete_markers()
            .iter()
            .map(|marker| (marker.key(), marker.version_id()));
        let records = versions.chain(markers).map(|(key, version)| {
            let key = key.ok_or_else(|| garbled("an entry has no key"))?.to_owned();
            Ok(Record {
                sort: Sort::Versions,
                key,
                version: version.unwrap_or("null").to_owned(),
            })
        });
        let next = (page.next_key_marker(), page.next_version_id_marker());
        Ok((
            records.collect::<Result<_, ProbeError>>()?,
            follow(page.is_truncated(), next, after)?,
        ))
    }

    async fn uploads(
        &self,
        prefix: &str,
        after: &Marker,
        most: i32,
    ) -> Result<(Vec<Record>, Option<Marker>), ProbeError> {
        let call = self
            .client
            .list_multipart_uploads()
            .bucket(&self.name)
            .prefix(prefix)
            .max_uploads(most);
        let call = call
            .set_key_marker(after.key.clone())
            .set_upload_id_marker(after.version.clone());
        let page = call.send().await.map_err(|error| read(&error))?;
        named(page.bucket())?;
        let records = page.uploads().iter().map(|upload| {
            let key = upload
                .key()
                .ok_or_else(|| garbled("an upload has no key"))?
                .to_owned();
            let version = upload
                .upload_id()
                .ok_or_else(|| garbled("an upload has no id"))?
                .to_owned();
            Ok(Record {
                sort: Sort::Uploads,
                key,
                version,
            })
        });
        let next = (page.next_key_marker(), page.next_upload_id_marker());
        Ok((
            records.collect::<Result<_, ProbeError>>()?,
            follow(page.is_truncated(), next, after)?,
        ))
    }

    /// Every record under a prefix.
    pub(super) async fn every(
        &self,
        prefix: &str,
        mut see: impl FnMut(&Record) + Send,
    ) -> Result<(), ProbeError> {
        for sort in [Sort::Versions, Sort::Uploads] {
            let mut at = Some(Marker::default());
            while let Some(marker) = at {
                let (records, next) = self.page(sort, prefix, &marker, PAGE).await?;
                records.iter().for_each(&mut see);
                at = next;
            }
        }
        Ok(())
    }

    /// Every record of exactly one key. The key itself sorts before all keys that begin with it.
    pub(super) async fn of_key(&self, sort: Sort, key: &str) -> Result<Vec<Record>, ProbeError> {
        let mut found = Vec::new();
        let mut at = Some(Marker::default());
        while let Some(marker) = at {
            let (records, next) = self.page(sort, key, &marker, 100).await?;
            let beyond = records.iter().any(|record| record.key != key);
            found.extend(records.into_iter().filter(|record| record.key == key));
            at = next.filter(|_| !beyond);
        }
        Ok(found)
    }
}

/// Where a truncated listing goes on. One that says it is not complete and does not move on is refused: taking it for
/// the end would be taking the unseen for absent.
fn follow(
    truncated: Option<bool>,
    (key, version): (Option<&str>, Option<&str>),
    after: &Marker,
) -> Result<Option<Marker>, ProbeError> {
    if !truncated.unwrap_or(false) {
        return Ok(None);
    }
    let key = key
        .filter(|key| !key.is_empty())
        .ok_or_else(|| garbled("a page says there are more and not where"))?;
    let version = version.filter(|version| !version.is_empty()).map(str::to_owned);
    let next = Marker {
        key: Some(key.to_owned()),
        version,
    };
    match &next == after {
        true => Err(garbled("the listing does not move on")),
        false => Ok(Some(next)),
    }
}

/// An answer that names no bucket is not a listing, however well it went: an empty body would read as an empty bucket.
fn named(bucket: Option<&str>) -> Result<(), ProbeError> {
    bucket
        .filter(|name| !name.is_empty())
        .map(|_| ())
        .ok_or_else(|| garbled("it names no bucket"))
}

fn garbled(why: &str) -> ProbeError {
    ProbeError::Blind(format!("the listing is not understood: {why}"))
}

/// What a failed call says about what can be seen.
pub(crate) fn read<E: ProvideErrorMetadata>(error: &SdkError<E>) -> ProbeError {
    let answer = match error {
        SdkError::ServiceError(answer) => answer,
        SdkError::ResponseError(answer) if !answer.raw().status().is_server_error() => {
            return ProbeError::Blind(format!(
                "an answer that is not S3's ({})",
                answer.raw().status().as_u16()
            ));
        }
        SdkError::ConstructionFailure(_) => {
            return ProbeError::Blind("the settings make no valid call".to_owned());
        }
        SdkError::TimeoutError(_) => return ProbeError::Unreachable("no answer in time".to_owned()),
        _ => return ProbeError::Unreachable("no connection, or it broke".to_owned()),
    };
    let status = answer.raw().status().as_u16();
    let code = answer
        .err()
        .code()
        .filter(|code| code.len() <= 64 && code.chars().all(char::is_alphanumeric));
    match code {
        Some("NoSuchBucket") => ProbeError::Blind("the bucket is not there".to_owned()),
        Some(code @ ("SlowDown" | "RequestTimeout" | "Throttling")) => {
            ProbeError::Unreachable(code.to_owned())
        }
        code if (status >= 500 && status != NOT_IMPLEMENTED) || status == 429 => {
            ProbeError::Unreachable(format!("{} ({status})", code.unwrap_or("overload")))
        }
        code => ProbeError::Blind(format!("{} ({status})", code.unwrap_or("refused without a code"))),
    }
}
