//! Backups that lie in a bucket and end by its lifecycle rules, which are read anew each time. Objects are told by the
//! day they were written; in a bucket that keeps versions, an object that ends becomes an old version first.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketVersioningStatus, ExpirationStatus, LifecycleRule};
use domain::port::probe::{BackupProbe, BackupReport, BackupSet, ProbeError};
use domain::time::{Date, Timestamp};

use super::retention::{self, Age};
use crate::s3::failure;

/// The backups under a prefix of a bucket.
pub(super) struct Lifecycle {
    pub(super) client: Client,
    pub(super) bucket: String,
    pub(super) prefix: String,
    pub(super) grace: i32,
    pub(super) timeout: Duration,
}

/// How many days each sort of entry is kept, where a rule ends it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Days {
    current: Option<i32>,
    old: Option<i32>,
    uploads: Option<i32>,
}

/// What an entry is, in the words of a set's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Current,
    Old,
    Upload,
}

/// A version or an unfinished upload: since when it is kept as what it is, and when it was written.
struct Entry {
    sort: Sort,
    since: Timestamp,
    written: Timestamp,
}

#[async_trait::async_trait]
impl BackupProbe for Lifecycle {
    async fn report(&self, now: Timestamp) -> Result<BackupReport, ProbeError> {
        let report = tokio::time::timeout(self.timeout, self.read(now)).await;
        report.map_err(|_| ProbeError::Unreachable("no answer in time".to_owned()))?
    }
}

impl Lifecycle {
    async fn read(&self, now: Timestamp) -> Result<BackupReport, ProbeError> {
        let mut entries = self.versions().await?;
        entries.append(&mut self.uploads().await?);
        let versioning = self
            .client
            .get_bucket_versioning()
            .bucket(&self.bucket)
            .send()
            .await;
        let (days, mut notes) = self.rules().await?;
        let keeps_versions = match versioning.map(|answer| answer.status) {
            Ok(None) => entries.iter().any(|entry| entry.sort == Sort::Old),
            Ok(Some(BucketVersioningStatus::Enabled)) => true,
            Ok(Some(_)) => {
                notes.push("versioning is suspended: old versions may remain".to_owned());
                true
            }
            Err(_) => {
                notes
                    .push("versioning cannot be read with this credential, and is taken to be on".to_owned());
                true
            }
        };
        let rule = words(days, keeps_versions);
        match (days.current, days.old) {
            (None, _) => notes.push("no enabled lifecycle rule by age covers the backups".to_owned()),
            (_, None) if keeps_versions => notes.push("no lifecycle rule ends old versions".to_owned()),
            _ => {}
        }
        let mut sets = self.sets(&entries, days, keeps_versions);
        let rule = retention::applied(rule, &mut sets, &mut notes, now);
        Ok(BackupReport { sets, rule, notes })
    }

    /// Every version under the prefix. A delete marker is no set, but the version below it is old since then.
    async fn versions(&self) -> Result<Vec<Entry>, ProbeError> {
        let mut listed: Vec<(String, Timestamp, bool)> = Vec::new();
        let mut marker = (None, None);
        loop {
            let call = self
                .client
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(&self.prefix);
            let call = call
                .set_key_marker(marker.0.take())
                .set_version_id_marker(marker.1.take());
            let page = call.send().await.map_err(|error| failure(&error))?;
            page.name().ok_or_else(garbled)?;
            let versions = page
                .versions()
                .iter()
                .map(|it| (it.key(), it.last_modified(), true));
            let markers = page
                .delete_markers()
                .iter()
                .map(|it| (it.key(), it.last_modified(), false));
            for (key, written, kept) in versions.chain(markers) {
                let (key, written) = (key.ok_or_else(garbled)?, written.ok_or_else(garbled)?);
                listed.push((key.to_owned(), moment(written), kept));
            }
            if !page.is_truncated().unwrap_or(false) {
                break;
            }
            let next = page
                .next_key_marker()
                .filter(|key| !key.is_empty())
                .ok_or_else(garbled)?;
            let version = page
                .next_version_id_marker()
                .filter(|version| !version.is_empty());
            marker = (Some(next.to_owned()), version.map(str::to_owned));
        }
        listed.sort_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
        let entry = |index: usize| {
            let (key, written, kept) = &listed[index];
            let newer = index
                .checked_sub(1)
                .map(|newer| &listed[newer])
                .filter(|newer| newer.0 == *key);
            let (sort, since) = newer.map_or((Sort::Current, *written), |newer| (Sort::Old, newer.1));
            kept.then_some(Entry {
                sort,
                since,
                written: *written,
            })
        };
        Ok((0..listed.len()).filter_map(entry).collect())
    }

    async fn uploads(&self) -> Result<Vec<Entry>, ProbeError> {
        let mut entries = Vec::new();
        let mut marker = (None, None);
        loop {
            let call = self
                .client
                .list_multipart_uploads()
                .bucket(&self.bucket)
                .prefix(&self.prefix);
            let call = call
                .set_key_marker(marker.0.take())
                .set_upload_id_marker(marker.1.take());
            let page = call.send().await.map_err(|error| failure(&error))?;
            page.bucket().ok_or_else(garbled)?;
            for upload in page.uploads() {
                let begun = moment(upload.initiated().ok_or_else(garbled)?);
                entries.push(Entry {
                    sort: Sort::Upload,
                    since: begun,
                    written: begun,
                });
            }
            if !page.is_truncated().unwrap_or(false) {
                return Ok(entries);
            }
            let next = page
                .next_key_marker()
                .filter(|key| !key.is_empty())
                .ok_or_else(garbled)?;
            let upload = page.next_upload_id_marker().filter(|upload| !upload.is_empty());
            marker = (Some(next.to_owned()), upload.map(str::to_owned));
        }
    }

    /// What the rules that are enabled and cover the whole prefix say.
    async fn rules(&self) -> Result<(Days, Vec<String>), ProbeError> {
        let answer = self
            .client
            .get_bucket_lifecycle_configuration()
            .bucket(&self.bucket)
            .send()
            .await;
        let rules = match answer {
            Ok(answer) => answer.rules.unwrap_or_default(),
            Err(error) if code(&error) == Some("NoSuchLifecycleConfiguration") => vec![],
            Err(error) => return Err(failure(&error)),
        };
        let mut days = Days::default();
        let mut notes = Vec::new();
        let shorter =
            |kept: &mut Option<i32>, days: i32| *kept = Some(kept.map_or(days, |kept| kept.min(days)));
        for rule in rules
            .iter()
            .filter(|rule| rule.status() == &ExpirationStatus::Enabled)
        {
            if !covers(rule, &self.prefix) {
                notes.push(
                    "a lifecycle rule that covers only a part of the backups is not counted".to_owned(),
                );
                continue;
            }
            if let Some(after) = rule
                .expiration()
                .and_then(|expiration| expiration.days())
                .filter(|days| *days > 0)
            {
                shorter(&mut days.current, after);
            }
            if let Some(old) = rule.noncurrent_version_expiration()
                && old.newer_noncurrent_versions().unwrap_or(0) == 0
                && let Some(after) = old.noncurrent_days()
            {
                shorter(&mut days.old, after);
            }
            let abort = rule.abort_incomplete_multipart_upload();
            if let Some(after) = abort.and_then(|abort| abort.days_after_initiation()) {
                shorter(&mut days.uploads, after);
            }
        }
        Ok((days, notes))
    }

    /// One set for each day and sort. S3 rounds up to the next midnight, which is one more day.
    fn sets(&self, entries: &[Entry], days: Days, keeps_versions: bool) -> Vec<BackupSet> {
        let kept = |sort: Sort| match sort {
            Sort::Current if keeps_versions => Some(days.current? + 1 + days.old?),
            Sort::Current => days.current,
            Sort::Old => days.old,
            Sort::Upload => days.uploads,
        };
        let mut groups: BTreeMap<(Date, Sort, Option<Date>), Vec<Timestamp>> = BTreeMap::new();
        for entry in entries {
            let ends = kept(entry.sort).and_then(|days| Age::days(days + 1 + self.grace).after(entry.since));
            groups
                .entry((entry.written.date(), entry.sort, ends))
                .or_default()
                .push(entry.written);
        }
        let set = |((day, sort, expires_on), written): (_, Vec<Timestamp>)| {
            let what = match sort {
                Sort::Current => "objects",
                Sort::Old => "old versions",
                Sort::Upload => "unfinished uploads",
            };
            let taken_at = written.iter().copied().min()?;
            Some(BackupSet {
                name: format!("{day}: {} {what}", written.len()),
                taken_at,
                expires_on,
            })
        };
        groups.into_iter().filter_map(set).collect()
    }
}

/// The rule in words, when it ends everything that a bucket of this sort keeps.
fn words(days: Days, keeps_versions: bool) -> Option<String> {
    let current = days.current?;
    Some(match keeps_versions {
        false => format!("lifecycle: expire after {current} days"),
        true => format!(
            "lifecycle: expire after {current} days, old versions after {} more",
            days.old?
        ),
    })
}

/// A rule covers a prefix when it asks for a beginning of it and for nothing else.
fn covers(rule: &LifecycleRule, prefix: &str) -> bool {
    let Some(filter) = rule.filter() else {
        #[expect(
            deprecated,
            reason = "rules of the first version of the API carry their prefix here"
        )]
        return prefix.starts_with(rule.prefix().unwrap_or_default());
    };
    let narrowed = filter.and().is_some()
        || filter.tag().is_some()
        || filter.object_size_greater_than().is_some()
        || filter.object_size_less_than().is_some();
    !narrowed && prefix.starts_with(filter.prefix().unwrap_or_default())
}

fn code<E: aws_sdk_s3::error::ProvideErrorMetadata>(error: &aws_sdk_s3::error::SdkError<E>) -> Option<&str> {
    error.as_service_error().and_then(|error| error.code())
}

fn moment(written: &aws_sdk_s3::primitives::DateTime) -> Timestamp {
    let seconds = written.secs().saturating_mul(1_000_000);
    Timestamp::from_microsecond(seconds.saturating_add(i64::from(written.subsec_nanos() / 1_000)))
}

fn garbled() -> ProbeError {
    ProbeError::Blind("the bucket's listing is not understood".to_owned())
}
