//! Looks for objects, through listings only: a listing shows every version, delete marker and unfinished upload,
//! where reading one object can be refused, redirected or answered from a cache.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_s3::Client;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::secret::Secret;
use domain::selection::{RecordId, Side, Target};
use serde::{Deserialize, Serialize};

use super::config::Settings;
use super::place::{Place, Template};
pub(crate) use listing::read as failure;
use listing::{Bucket, Marker, Record, Sort};

mod listing;
mod lookup;
mod survey;

/// How often one listing call is tried.
const ATTEMPTS: u32 = 3;

/// Makes the probe of a system.
pub(super) fn probe(system: &System, credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
    let settings = Settings::read(system)?;
    let client: Client = settings.client(credential, ATTEMPTS)?;
    Ok(Arc::new(S3Probe {
        bucket: Bucket {
            client,
            name: settings.bucket,
        },
        endpoint: settings.endpoint,
    }))
}

/// Looks into one bucket.
struct S3Probe {
    bucket: Bucket,
    endpoint: Option<String>,
}

/// Where a scan goes on.
#[derive(Serialize, Deserialize)]
struct Bookmark {
    sort: Sort,
    prefix: usize,
    marker: Marker,
}

#[async_trait::async_trait]
impl Probe for S3Probe {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            exact_count: true,
            exclude_records: true,
            exclude_dates: false,
            others: true,
            level: "every object version, delete marker and unfinished upload that the bucket lists; \
                    copies in other buckets are systems of their own",
        }
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        let template = Template::of(&target.locator).map_err(blind)?;
        survey::survey(&self.bucket, &template).await
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let place = bind(target)?;
        let prefixes = place.prefixes(side);
        let mut at = match after {
            None => Bookmark {
                sort: Sort::Versions,
                prefix: 0,
                marker: Marker::default(),
            },
            Some(text) => {
                serde_json::from_str(text).map_err(|_| blind("the bookmark is not of this connector"))?
            }
        };
        let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
        let (mut ids, mut tenants) = (Vec::new(), Vec::new());
        while let Some(prefix) = prefixes.get(at.prefix) {
            if ids.len() >= limit {
                return Ok(Page {
                    ids,
                    tenants,
                    next: Some(write(&at)),
                });
            }
            let (records, next) = self
                .bucket
                .page(at.sort, prefix, &at.marker, limit - ids.len())
                .await?;
            for record in records
                .iter()
                .filter(|record| place.side(&record.key) == Some(side))
            {
                ids.push(record.id());
                if side == Side::Others {
                    tenants.push(place.tenant(&record.key).map(str::to_owned));
                }
            }
            match (next, at.sort) {
                (Some(marker), _) => at.marker = marker,
                (None, Sort::Versions) => {
                    at = Bookmark {
                        sort: Sort::Uploads,
                        marker: Marker::default(),
                        ..at
                    }
                }
                (None, Sort::Uploads) => {
                    at = Bookmark {
                        sort: Sort::Versions,
                        prefix: at.prefix + 1,
                        marker: Marker::default(),
                    };
                }
            }
        }
        Ok(Page {
            ids,
            tenants,
            next: None,
        })
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let place = bind(target)?;
        let asked: Vec<Record> = question
            .controls
            .iter()
            .chain(&question.ids)
            .map(Record::parse)
            .collect::<Result<_, _>>()?;
        let there = lookup::present(&self.bucket, &asked).await?;
        let mut found = asked.iter().map(|record| there.contains(record));
        let controls = found.by_ref().take(question.controls.len()).collect();
        let found = found.collect();
        Ok(Sighting {
            found,
            controls,
            counts: self.count(&place, &question.count).await?,
        })
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        let place = bind(target)?;
        let mut values = BTreeSet::new();
        for prefix in place.prefixes(Side::Selected) {
            self.bucket
                .every(&prefix, |record| {
                    if matches!(place.side(&record.key), Some(Side::Selected | Side::Withheld)) {
                        values.extend(place.value(&record.key, field).map(str::to_owned));
                    }
                })
                .await?;
        }
        Ok(values.into_iter().collect())
    }

    fn place_behind(&self, _target: &Target, _id: &RecordId) -> Option<String> {
        None
    }

    fn native_query(&self, _target: &Target, id: &RecordId) -> String {
        let Ok(record) = Record::parse(id) else {
            return "the id is not one of this connector".to_owned();
        };
        let (call, which) = match record.sort {
            Sort::Versions => (
                "list-object-versions",
                format!(
                    "[Versions[], DeleteMarkers[]][] | [?Key=={} && VersionId=={}]",
                    literal(&record.key),
                    literal(&record.version)
                ),
            ),
            Sort::Uploads => (
                "list-multipart-uploads",
                format!(
                    "Uploads[?Key=={} && UploadId=={}]",
                    literal(&record.key),
                    literal(&record.version)
                ),
            ),
        };
        let endpoint = self
            .endpoint
            .as_ref()
            .map(|url| format!(" --endpoint-url {}", quoted(url)));
        format!(
            "aws s3api {call}{} --bucket {} --prefix {} --query {}",
            endpoint.unwrap_or_default(),
            quoted(&self.bucket.name),
            quoted(&record.key),
            quoted(&which)
        )
    }
}

impl S3Probe {
    /// Counts sides; those that lie under the same prefixes are counted in one pass.
    async fn count(&self, place: &Place, sides: &[Side]) -> Result<Vec<Option<u64>>, ProbeError> {
        let mut counts: BTreeMap<Side, u64> = BTreeMap::new();
        let mut passes: BTreeMap<Vec<String>, BTreeSet<Side>> = BTreeMap::new();
        for side in sides {
            passes.entry(place.prefixes(*side)).or_default().insert(*side);
        }
        for (prefixes, sides) in passes {
            for prefix in prefixes {
                self.bucket
                    .every(&prefix, |record| {
                        if let Some(side) = place.side(&record.key).filter(|side| sides.contains(side)) {
                            *counts.entry(side).or_default() += 1;
                        }
                    })
                    .await?;
            }
        }
        Ok(sides
            .iter()
            .map(|side| Some(counts.get(side).copied().unwrap_or(0)))
            .collect())
    }
}

fn bind(target: &Target) -> Result<Place, ProbeError> {
    Place::bind(&target.locator, &target.selection).map_err(blind)
}

fn blind(why: impl ToString) -> ProbeError {
    ProbeError::Blind(why.to_string())
}

fn write(at: &Bookmark) -> String {
    serde_json::to_string(at).expect("text and numbers are always JSON")
}

/// A text as JMESPath writes it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
