//! Collects what a chunk deletes, before anything is deleted.

use domain::port::erase::EraseError;
use domain::selection::Side;

use super::super::place::Place;
use super::refusal::{self, Refusal};
use super::{Bucket, Upload, Version};

/// Up to `limit` versions and delete markers to be erased, and whether there are more.
pub(super) async fn versions(
    bucket: &Bucket,
    place: &Place,
    limit: usize,
) -> Result<(Vec<Version>, bool), EraseError> {
    let mut found = Vec::new();
    for prefix in place.prefixes(Side::Selected) {
        let mut marker = (None, None);
        loop {
            let call = bucket
                .client
                .list_object_versions()
                .bucket(&bucket.name)
                .prefix(&prefix);
            let call = call
                .set_key_marker(marker.0.clone())
                .set_version_id_marker(marker.1.clone());
            let page = call.send().await.map_err(|error| listing(&error))?;
            page.name().filter(|name| !name.is_empty()).ok_or_else(garbled)?;
            let versions = page
                .versions()
                .iter()
                .map(|version| (version.key(), version.version_id()));
            let markers = page
                .delete_markers()
                .iter()
                .map(|marker| (marker.key(), marker.version_id()));
            for (key, version) in versions.chain(markers) {
                let key = key.ok_or_else(garbled)?;
                if place.side(key) == Some(Side::Selected) {
                    let version = version.unwrap_or("null").to_owned();
                    found.push(Version {
                        key: key.to_owned(),
                        version,
                    });
                }
            }
            if found.len() > limit {
                found.truncate(limit);
                return Ok((found, true));
            }
            if !page.is_truncated().unwrap_or(false) {
                break;
            }
            let next = page.next_key_marker().ok_or_else(garbled)?.to_owned();
            marker = (
                Some(next),
                page.next_version_id_marker()
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned),
            );
        }
    }
    Ok((found, false))
}

/// Up to `limit` unfinished uploads to be aborted, and whether there are more.
pub(super) async fn uploads(
    bucket: &Bucket,
    place: &Place,
    limit: usize,
) -> Result<(Vec<Upload>, bool), EraseError> {
    let mut found = Vec::new();
    for prefix in place.prefixes(Side::Selected) {
        let mut marker = (None, None);
        loop {
            let call = bucket
                .client
                .list_multipart_uploads()
                .bucket(&bucket.name)
                .prefix(&prefix);
            let call = call
                .set_key_marker(marker.0.clone())
                .set_upload_id_marker(marker.1.clone());
            let page = call.send().await.map_err(|error| listing(&error))?;
            page.bucket()
                .filter(|name| !name.is_empty())
                .ok_or_else(garbled)?;
            for upload in page.uploads() {
                let (key, id) = (
                    upload.key().ok_or_else(garbled)?,
                    upload.upload_id().ok_or_else(garbled)?,
                );
                if place.side(key) == Some(Side::Selected) {
                    found.push(Upload {
                        key: key.to_owned(),
                        upload: id.to_owned(),
                    });
                }
            }
            if found.len() > limit {
                found.truncate(limit);
                return Ok((found, true));
            }
            if !page.is_truncated().unwrap_or(false) {
                break;
            }
            let next = page.next_key_marker().ok_or_else(garbled)?.to_owned();
            marker = (
                Some(next),
                page.next_upload_id_marker()
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned),
            );
        }
    }
    Ok((found, false))
}

fn listing<E>(error: &aws_sdk_s3::error::SdkError<E>) -> EraseError
where
    E: aws_sdk_s3::error::ProvideErrorMetadata,
{
    match refusal::of(error, "list what is there") {
        Refusal::Because(error) => error,
        Refusal::Gone => EraseError::Refused("the bucket is not there".to_owned()),
    }
}

fn garbled() -> EraseError {
    EraseError::Refused("the store's listing is not understood: a name, key or marker is missing".to_owned())
}
