//! Sample systems on servers that the environment names; a file or folder stands in for one that is not named.

use std::env;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::time::{Clock as _, Timestamp};
use samples::{
    About, FolderSample, PostgresSample, RedisSample, ResticSample, S3Keys, S3Sample, Sample, SampleError,
    SqliteSample, tables,
};

use super::super::DemoError;
use super::super::clock::DemoClock;

/// How long backup sets are kept, in days.
const BACKUP_DAYS: u32 = 35;

/// PostgreSQL, else an SQLite file.
pub(super) async fn warehouse(
    about: About,
    folder: &Path,
    tag: &str,
    secret: &str,
) -> Result<Arc<dyn Sample>, DemoError> {
    let tables = tables::WAREHOUSE;
    Ok(match first_set(["LETHE_DEMO_POSTGRES", "LETHE_TEST_POSTGRES"]) {
        Some(url) => {
            let made = PostgresSample::make(about, &url, tag, secret, tables).await;
            Arc::new(named("LETHE_DEMO_POSTGRES or LETHE_TEST_POSTGRES", made)?)
        }
        None => Arc::new(SqliteSample::make(about, folder.join("warehouse.db"), tables).await?),
    })
}

/// Redis, else a folder.
pub(super) async fn cache(
    about: About,
    folder: &Path,
    tag: &str,
    secret: &str,
) -> Result<Arc<dyn Sample>, DemoError> {
    Ok(match first_set(["LETHE_DEMO_REDIS", "LETHE_TEST_REDIS"]) {
        Some(url) => {
            let made = RedisSample::make(about, &url, tag, secret, "sessions", 25).await;
            Arc::new(named("LETHE_DEMO_REDIS or LETHE_TEST_REDIS", made)?)
        }
        None => Arc::new(FolderSample::make(
            about,
            folder.join("cache"),
            "sessions",
            &["contact", "usage"],
            25,
        )?),
    })
}

/// An S3 bucket, else a folder.
pub(super) async fn objects(about: About, folder: &Path, tag: &str) -> Result<Arc<dyn Sample>, DemoError> {
    Ok(match s3_keys() {
        Some(keys) => {
            let made = S3Sample::make(about, &keys, tag, "photos", 4).await;
            Arc::new(named("LETHE_DEMO_S3, LETHE_TEST_CEPH or LETHE_TEST_MOTO", made)?)
        }
        None => Arc::new(FolderSample::make(
            about,
            folder.join("objects"),
            "photos",
            &["contact"],
            4,
        )?),
    })
}

/// A restic repository with sets of the last two nights, where restic is installed.
pub(super) async fn backups(
    about: About,
    folder: &Path,
    secret: &str,
    source: &Path,
    clock: &DemoClock,
) -> Result<Option<ResticSample>, DemoError> {
    if !ResticSample::is_possible().await {
        return Ok(None);
    }
    let night = |days: u64| clock.now().before(Duration::from_secs(days * 24 * 3600));
    let nights = [restic_time(night(2))?, restic_time(night(1))?];
    let place = folder.join("backups");
    let made = ResticSample::make(about, &place, secret, source, &nights, BACKUP_DAYS);
    Ok(Some(made.await?))
}

fn first_set<const N: usize>(names: [&str; N]) -> Option<String> {
    names
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.trim().is_empty()))
}

/// A sample on a server, or the error with the names of the variables that lead there.
fn named<T>(variables: &'static str, made: Result<T, SampleError>) -> Result<T, DemoError> {
    made.map_err(|error| DemoError::setup(variables)(&error))
}

fn s3_keys() -> Option<S3Keys> {
    ["LETHE_DEMO_S3", "LETHE_TEST_CEPH", "LETHE_TEST_MOTO"]
        .into_iter()
        .find_map(|name| {
            let endpoint = first_set([name])?;
            let access_key = first_set([format!("{name}_KEY").as_str()])?;
            let secret_key = first_set([format!("{name}_SECRET").as_str()])?;
            Some(S3Keys {
                endpoint,
                access_key,
                secret_key,
            })
        })
}

fn restic_time(at: Timestamp) -> Result<String, DemoError> {
    let moment = jiff::Timestamp::from_microsecond(at.as_microsecond());
    let moment = moment.map_err(|error| DemoError::setup("the time of a backup")(&error))?;
    Ok(moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
}
