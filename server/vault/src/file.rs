//! Files that only we may read, written so that a crash leaves the old or the new one, never half of one.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Makes a folder, and those above it, that only we may enter. One that exists is left as it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Writes a new file (mode 0600); one that exists is an error.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_new(path, bytes)?;
    sync_folder(path)
}

/// Replaces a file (mode 0600) at one stroke.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    prepare(path, bytes)?;
    settle(path)
}

/// Writes what is to become a file (mode 0600) beside it. Until [`settle`], it is not in force.
pub(crate) fn prepare(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let prepared = prepared(path);
    // A leftover of a crash: it was never in force.
    remove_if_there(&prepared)?;
    write_new(&prepared, bytes)?;
    sync_folder(path)
}

/// Puts in force what [`prepare`] wrote; where there is nothing, that was done before.
pub(crate) fn settle(path: &Path) -> io::Result<()> {
    let prepared = prepared(path);
    // Looked at first, because a folder mounted to be read refuses to rename what is not there.
    if !prepared.try_exists()? {
        return Ok(());
    }
    match std::fs::rename(prepared, path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(path),
    }
}

/// Waits until no other process holds this lock; released when dropped.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    lock.lock()?;
    Ok(lock)
}

/// Deletes a file; one that is not there is no error.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    if !path.try_exists()? {
        return Ok(());
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn prepared(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the name of a file as durable as its bytes.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
