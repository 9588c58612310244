//! Erases objects: unfinished uploads are aborted first, so that none can turn into an object later; then every
//! version and delete marker goes by `DeleteObjects`. What a chunk deletes is collected before the first call that
//! deletes, because some servers lose their place when objects vanish while they are paging.

use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{Delete, Error as KeyError, ObjectIdentifier};
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Cursor, Erase, EraseError, Erased};
use domain::secret::Secret;
use domain::selection::Target;
use domain::time::Clock;
use serde::{Deserialize, Serialize};

use super::config::Settings;
use super::place::Place;

mod collect;
mod refusal;

/// The most keys that S3 takes in one call.
const MOST: usize = 1000;

/// How many such calls are under way at the same time.
const AT_ONCE: usize = 4;

/// Makes the eraser of a system.
pub(super) fn eraser(
    system: &System,
    credential: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Erase>, ConnectorError> {
    let settings = Settings::read(system)?;
    let bucket = Bucket {
        client: settings.client(credential, 1)?,
        name: settings.bucket,
    };
    Ok(Arc::new(S3Erase {
        bucket,
        clock: Arc::clone(clock),
    }))
}

/// A bucket and the client that may delete in it.
struct Bucket {
    client: Client,
    name: String,
}

/// Erases in one bucket. No call is repeated here: the step is, with its own authorisation.
struct S3Erase {
    bucket: Bucket,
    clock: Arc<dyn Clock>,
}

/// One version of an object or one delete marker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    key: String,
    version: String,
}

/// One unfinished upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Upload {
    key: String,
    upload: String,
}

/// What the next chunk begins with, always from the start of its listing: what went is listed no more, and some
/// servers lose their place at a key that is gone. Keeps the first record of the chunk before it, to notice one that
/// was reported deleted and is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Uploads { first: Option<Upload> },
    Versions { first: Option<Version> },
}

#[async_trait::async_trait]
impl Erase for S3Erase {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let place = Place::bind(&target.locator, &target.selection);
        let place = place.map_err(|error| EraseError::Refused(error.to_string()))?;
        let limit = usize::try_from(chunk.limit.max(1)).unwrap_or(usize::MAX);
        match chunk.after.as_ref().map(read).transpose()? {
            None => self.uploads(&place, None, limit, chunk).await,
            Some(Stage::Uploads { first }) => self.uploads(&place, first, limit, chunk).await,
            Some(Stage::Versions { first }) => self.versions(&place, first, limit, 0, chunk).await,
        }
    }
}

impl S3Erase {
    /// Aborts unfinished uploads and, when none is left, goes on with versions.
    async fn uploads(
        &self,
        place: &Place,
        before: Option<Upload>,
        limit: usize,
        chunk: &Chunk,
    ) -> Result<Erased, EraseError> {
        let (uploads, more) = collect::uploads(&self.bucket, place, limit).await?;
        let first = uploads.first().cloned();
        if before.is_some() && first == before {
            return Err(stuck());
        }
        let mut reported = 0;
        for upload in &uploads {
            match self.abort(upload, chunk).await {
                Err(EraseError::TooLate) if reported > 0 => {
                    return Ok(erased(reported, Some(Stage::Uploads { first })));
                }
                outcome => reported += outcome?,
            }
        }
        match limit - uploads.len() {
            _ if more => Ok(erased(reported, Some(Stage::Uploads { first }))),
            0 => Ok(erased(reported, Some(Stage::Versions { first: None }))),
            left => self.versions(place, None, left, reported, chunk).await,
        }
    }

    /// Deletes versions and delete markers, in calls of at most [`MOST`].
    async fn versions(
        &self,
        place: &Place,
        before: Option<Version>,
        limit: usize,
        mut reported: u64,
        chunk: &Chunk,
    ) -> Result<Erased, EraseError> {
        let (versions, more) = collect::versions(&self.bucket, place, limit).await?;
        let first = versions.first().cloned();
        if before.is_some() && first == before {
            return Err(stuck());
        }
        let mut late = false;
        // Every call of a group has ended before anything is returned: none is left under way behind the report.
        for group in versions.chunks(MOST * AT_ONCE) {
            let calls: Vec<_> = group
                .chunks(MOST)
                .map(|batch| self.delete(batch, chunk))
                .collect();
            for outcome in futures::future::join_all(calls).await {
                match outcome {
                    Err(EraseError::TooLate) if reported > 0 => late = true,
                    outcome => reported += outcome?,
                }
            }
            if late {
                break;
            }
        }
        let next = Stage::Versions {
            first: first.filter(|_| !late),
        };
        Ok(erased(reported, (more || late).then_some(next)))
    }

    async fn abort(&self, upload: &Upload, chunk: &Chunk) -> Result<u64, EraseError> {
        let call = self.bucket.client.abort_multipart_upload();
        let call = call
            .bucket(&self.bucket.name)
            .key(&upload.key)
            .upload_id(&upload.upload);
        match self.in_time(chunk, call.send()).await? {
            Ok(_) => Ok(1),
            Err(error) => match refusal::of(&error, "abort an unfinished upload") {
                refusal::Refusal::Gone => Ok(0),
                refusal::Refusal::Because(error) => Err(error),
            },
        }
    }

    /// One `DeleteObjects` call. Every key must be answered for, and answered well.
    async fn delete(&self, batch: &[Version], chunk: &Chunk) -> Result<u64, EraseError> {
        let objects = batch.iter().map(|version| {
            ObjectIdentifier::builder()
                .key(&version.key)
                .version_id(&version.version)
                .build()
        });
        let delete = objects
            .collect::<Result<Vec<_>, _>>()
            .and_then(|objects| Delete::builder().set_objects(Some(objects)).quiet(false).build())
            .map_err(|_| EraseError::Refused("a key that the client cannot write".to_owned()))?;
        let call = self
            .bucket
            .client
            .delete_objects()
            .bucket(&self.bucket.name)
            .delete(delete);
        let answer = self.in_time(chunk, call.send()).await?.map_err(|error| {
            match refusal::of(&error, "delete objects") {
                refusal::Refusal::Because(error) => error,
                refusal::Refusal::Gone => EraseError::Refused("the bucket is not there".to_owned()),
            }
        })?;
        let failed: Vec<&KeyError> = answer
            .errors()
            .iter()
            .filter(|error| !refusal::is_gone(error.code()))
            .collect();
        if !failed.is_empty() {
            return Err(refusal::of_keys(&self.bucket, batch, &failed).await);
        }
        let answered = answer.deleted().len() + answer.errors().len();
        match answered == batch.len() {
            true => Ok(u64::try_from(answer.deleted().len()).unwrap_or(u64::MAX)),
            false => Err(EraseError::Transient(format!(
                "the store was asked to delete {} records and answered for {answered}",
                batch.len()
            ))),
        }
    }

    /// Starts a call that deletes, if the authorisation still holds, and gives it up when it runs out.
    async fn in_time<T>(&self, chunk: &Chunk, call: impl Future<Output = T>) -> Result<T, EraseError> {
        let now = self.clock.now();
        if now >= chunk.deadline {
            return Err(EraseError::TooLate);
        }
        tokio::time::timeout(chunk.deadline.since(now), call)
            .await
            .map_err(|_| {
                EraseError::Transient(
                    "no answer before the authorisation ran out; it may have been carried out".to_owned(),
                )
            })
    }
}

fn erased(reported: u64, next: Option<Stage>) -> Erased {
    let next =
        next.map(|stage| Cursor(serde_json::to_string(&stage).expect("text and numbers are always JSON")));
    Erased {
        reported,
        next,
        method: "DeleteObjects of every version and delete marker; uploads aborted".to_owned(),
    }
}

fn read(cursor: &Cursor) -> Result<Stage, EraseError> {
    serde_json::from_str(&cursor.0)
        .map_err(|_| EraseError::Refused("the cursor is not one of this connector".to_owned()))
}

fn stuck() -> EraseError {
    let why = "a record that was reported deleted is still listed: the store did not delete it, or something writes it";
    EraseError::Refused(why.to_owned())
}
