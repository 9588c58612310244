//! Backup of either engine is a SQLite file with the same schema; restore reads one into an empty database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::copy::{Copied, CopyError};
use crate::database::{Database, Engine};
use crate::error::OpenError;
use crate::sqlite;

impl Database {
    /// Writes a backup while everything goes on: the state at the beginning, into a new file that only its owner can
    /// read. The file appears under its name when it is complete and checked.
    pub async fn backup(&self, path: &Path) -> Result<Copied, CopyError> {
        if path.try_exists()? {
            return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into());
        }
        let part = beside(path, ".part");
        let companions =
            ["", "-wal", "-shm", sqlite::MIGRATION_LOCK].map(|extension| beside(&part, extension));
        // A backup that was killed may have left them.
        companions.iter().try_for_each(|file| remove(file))?;
        let copied = self.copy_into(&part).await;
        if copied.is_ok() {
            std::fs::rename(&part, path)?;
        }
        companions.iter().try_for_each(|file| remove(file))?;
        copied
    }

    /// Reads a backup, also one of an earlier release, into this database, which must be empty. The file is not
    /// touched. What must follow a restore (the pause, the comparison with published checkpoints) is not done here.
    pub async fn restore(&self, path: &Path) -> Result<Copied, CopyError> {
        // Opened where it lies, the file would be brought up to the present schema; it may be on read-only media too.
        let folder = tempfile::tempdir()?;
        let taken = folder.path().join("backup.db");
        let (from, to) = (path.to_owned(), taken.clone());
        tokio::task::spawn_blocking(move || std::fs::copy(from, to))
            .await
            .map_err(std::io::Error::other)??;
        let backup = file(&taken).await?;
        let copied = backup.copy_to(self).await;
        backup.close().await;
        copied
    }

    async fn copy_into(&self, path: &Path) -> Result<Copied, CopyError> {
        let backup = file(path).await?;
        let copied = self.copy_to(&backup).await;
        // The last connection moves everything from the journal into the file.
        backup.close().await;
        copied
    }
}

async fn file(path: &Path) -> Result<Database, OpenError> {
    let engine = Engine::Sqlite(sqlite::open_file(path).await?);
    Ok(Database {
        engine: Arc::new(engine),
        wake: Arc::default(),
    })
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(extension);
    name.into()
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
