//! Why the store did not do as asked, in words that name no key.

use std::collections::BTreeSet;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{Error as KeyError, ObjectLockEnabled, ObjectLockLegalHoldStatus};
use domain::port::erase::EraseError;
use domain::time::Timestamp;

use super::{Bucket, Version};

/// How many refused records are asked for the reason of the refusal.
const ASKED: usize = 20;

/// The status of a server that never will.
const NOT_IMPLEMENTED: u16 = 501;

/// What a failed call means.
pub(super) enum Refusal {
    /// What was to go is not there: as good as done.
    Gone,
    /// Not done.
    Because(EraseError),
}

/// Reads a failed call.
pub(super) fn of<E: ProvideErrorMetadata>(error: &SdkError<E>, what: &str) -> Refusal {
    let SdkError::ServiceError(answer) = error else {
        return Refusal::Because(EraseError::Transient(format!(
            "could not {what}: no answer that is understood"
        )));
    };
    let code = answer.err().code().unwrap_or("without a code");
    let status = answer.raw().status().as_u16();
    Refusal::Because(match code {
        "NoSuchUpload" => return Refusal::Gone,
        "NoSuchBucket" => EraseError::Refused("the bucket is not there".to_owned()),
        _ if passing(code) || (status >= 500 && status != NOT_IMPLEMENTED) || status == 429 => {
            EraseError::Transient(format!("could not {what}: {} ({status})", tidy(code)))
        }
        _ => EraseError::Refused(format!("could not {what}: {} ({status})", tidy(code))),
    })
}

/// A record that is not there any more needs no deleting.
pub(super) fn is_gone(code: Option<&str>) -> bool {
    matches!(code, Some("NoSuchKey" | "NoSuchVersion"))
}

/// Reads the errors that stand beside single keys in an answer of status 200, and asks for the reason where Object
/// Lock may be it.
pub(super) async fn of_keys(bucket: &Bucket, batch: &[Version], failed: &[&KeyError]) -> EraseError {
    let count = format!("{} of {} records were not deleted", failed.len(), batch.len());
    let codes: BTreeSet<String> = failed
        .iter()
        .map(|error| tidy(error.code().unwrap_or("without a code")))
        .collect();
    let denied: Vec<&KeyError> = failed
        .iter()
        .copied()
        .filter(|error| error.code().is_some_and(|code| !passing(code)))
        .collect();
    if denied.is_empty() {
        return EraseError::Transient(format!("{count}: {}", join(&codes)));
    }
    let mut reasons = BTreeSet::new();
    for error in denied.iter().take(ASKED) {
        let refused = batch.iter().filter(|version| {
            error.key() == Some(&version.key) && error.version_id().is_none_or(|id| id == version.version)
        });
        for version in refused.take(1) {
            lock(bucket, version, &mut reasons).await;
        }
    }
    match reasons.is_empty() {
        true if is_locked(bucket).await => EraseError::Refused(format!(
            "{count}: {}; the bucket has Object Lock on, and what it keeps may not be read",
            join(&codes)
        )),
        true => EraseError::Refused(format!("{count}: {}", join(&codes))),
        false => EraseError::Refused(format!("{count}: Object Lock, {}", join(&reasons))),
    }
}

/// Asks what keeps a version: each reason in words. What may not be read gives none.
async fn lock(bucket: &Bucket, version: &Version, reasons: &mut BTreeSet<String>) {
    let call = bucket.client.get_object_retention().bucket(&bucket.name);
    let answer = call.key(&version.key).version_id(&version.version).send().await;
    if let Some(retention) = answer.ok().and_then(|answer| answer.retention)
        && let Some(until) = retention.retain_until_date
    {
        let mode = retention
            .mode
            .map_or_else(|| "unnamed".to_owned(), |mode| mode.as_str().to_lowercase());
        let until = Timestamp::from_microsecond(until.secs().saturating_mul(1_000_000));
        reasons.insert(format!("retention ({mode}) until {until}"));
    }
    let call = bucket.client.get_object_legal_hold().bucket(&bucket.name);
    let answer = call.key(&version.key).version_id(&version.version).send().await;
    let hold = answer
        .ok()
        .and_then(|answer| answer.legal_hold)
        .and_then(|hold| hold.status);
    if hold == Some(ObjectLockLegalHoldStatus::On) {
        reasons.insert("legal hold in the store".to_owned());
    }
}

async fn is_locked(bucket: &Bucket) -> bool {
    let answer = bucket
        .client
        .get_object_lock_configuration()
        .bucket(&bucket.name)
        .send()
        .await;
    let lock = answer.ok().and_then(|answer| answer.object_lock_configuration);
    lock.and_then(|lock| lock.object_lock_enabled) == Some(ObjectLockEnabled::Enabled)
}

fn passing(code: &str) -> bool {
    matches!(
        code,
        "InternalError"
            | "SlowDown"
            | "ServiceUnavailable"
            | "RequestTimeout"
            | "OperationAborted"
            | "Throttling"
    )
}

/// A code is one short word; anything else a server puts there may hold anything, and is not repeated.
fn tidy(code: &str) -> String {
    match code.len() <= 64 && code.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') {
        true => code.to_owned(),
        false => "a code that is not understood".to_owned(),
    }
}

fn join(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}
