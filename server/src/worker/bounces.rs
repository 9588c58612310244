//! Mails that come back: read from a Maildir, each once.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::actor::Actor;
use engine::Engine;

use super::Stop;
use crate::mail::{BounceError, LONGEST_BOUNCE, report};

/// How often somebody looks.
const EVERY: Duration = Duration::from_secs(30);

/// Looks until told to stop. One complaint per row of failures.
pub(super) async fn watch(engine: &Engine, folder: &Path, mut stop: Stop) {
    let mut failing = false;
    while !stop.is_said() {
        match look(engine, folder).await {
            Ok(()) => failing = false,
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    let folder = folder.display();
                    tracing::error!(%folder, %error, "mail.bounces: mails that came back cannot be read");
                }
            }
        }
        stop.or_after(EVERY).await;
    }
}

/// Reads what is new, and marks it as seen once it is written down. What could not be written down is read again, and keeps
/// nothing else waiting; the last such reason is given.
async fn look(engine: &Engine, folder: &Path) -> Result<(), std::io::Error> {
    let (new, seen) = (folder.join("new"), folder.join("cur"));
    let names = tokio::task::spawn_blocking(move || names(&new)).await;
    let mut read_all = Ok(());
    for path in names.map_err(std::io::Error::other)?? {
        let reading = path.clone();
        let mail = tokio::task::spawn_blocking(move || read(&reading)).await;
        let told = match report(&mail.map_err(std::io::Error::other)??) {
            Ok(report) => match report.fate {
                Some(fate) => {
                    engine
                        .mail_told(&Actor::System("postmaster"), report.mail, &fate)
                        .await
                }
                None => Ok(false),
            },
            Err(error @ (BounceError::NotANotification | BounceError::NotOurs)) => {
                tracing::debug!(%error, "a mail in mail.bounces is left alone");
                Ok(false)
            }
        };
        match told {
            Ok(_) => {}
            Err(engine::Error::NotNow(why)) => {
                tracing::debug!(why, "a mail came back early");
                continue;
            }
            Err(error) => {
                read_all = Err(std::io::Error::other(error));
                continue;
            }
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        tokio::fs::rename(&path, seen.join(name + ":2,S")).await?;
    }
    read_all
}

fn names(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Vec<u8>, std::io::Error> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(LONGEST_BOUNCE)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
