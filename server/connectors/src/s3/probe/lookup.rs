//! Looks records up by their keys, whatever tenant a key belongs to. Where many keys lie in one folder, listing the folder
//! takes fewer calls than listing each key; only a listing read to its end says that something is not there.

use std::collections::{BTreeMap, BTreeSet};

use domain::port::probe::ProbeError;
use futures::{StreamExt, TryStreamExt, stream};

use super::listing::{Bucket, Marker, PAGE, Record, Sort};

/// How many lookups are under way at the same time.
const AT_ONCE: usize = 16;

/// A folder is listed as long as its pages hold so many of the records on average; below that, single keys are cheaper.
const WORTH_A_PAGE: usize = 4;

/// Which of the records are there.
pub(super) async fn present(bucket: &Bucket, asked: &[Record]) -> Result<BTreeSet<Record>, ProbeError> {
    let mut folders: BTreeMap<(Sort, &str), BTreeSet<&Record>> = BTreeMap::new();
    for record in asked {
        folders
            .entry((record.sort, folder(&record.key)))
            .or_default()
            .insert(record);
    }
    let (mut found, mut single) = (BTreeSet::new(), BTreeSet::new());
    for ((sort, folder), records) in folders {
        let (seen, ended) = in_folder(bucket, sort, folder, &records).await?;
        if !ended {
            let missed = records.iter().filter(|record| !seen.contains(**record));
            single.extend(missed.map(|record| (record.sort, record.key.as_str())));
        }
        found.extend(seen);
    }
    let mut lookups = Vec::new();
    for (sort, key) in single {
        lookups.push(bucket.of_key(sort, key));
    }
    let looked_up: Vec<Vec<Record>> = stream::iter(lookups)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    found.extend(looked_up.into_iter().flatten());
    Ok(found)
}

/// Which of the records a folder's listing shows, and whether it was read to its end.
async fn in_folder(
    bucket: &Bucket,
    sort: Sort,
    folder: &str,
    records: &BTreeSet<&Record>,
) -> Result<(BTreeSet<Record>, bool), ProbeError> {
    let mut seen = BTreeSet::new();
    let mut at = Marker::default();
    let mut worth = WORTH_A_PAGE;
    while records.len() >= worth && seen.len() + WORTH_A_PAGE >= worth {
        let (listed, next) = bucket.page(sort, folder, &at, PAGE).await?;
        seen.extend(listed.into_iter().filter(|record| records.contains(record)));
        match next {
            Some(marker) => at = marker,
            None => return Ok((seen, true)),
        }
        worth += WORTH_A_PAGE;
    }
    Ok((seen, false))
}

/// The part of a key up to its last slash.
fn folder(key: &str) -> &str {
    key.rfind('/').map_or("", |slash| &key[..=slash])
}
