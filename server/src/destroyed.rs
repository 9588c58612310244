//! The record of destroyed keys: a file of the data folder, one line for each request. It lies outside of the database, so
//! that a backup of the database that is restored does not bring a key back.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use domain::id::RequestId;
use domain::port::destroyed::{Destroyed, DestroyedError};
use domain::time::Timestamp;

/// The name of the file.
const NAME: &str = "destroyed-keys.txt";

/// The file of a data folder.
pub(crate) struct DestroyedKeys(PathBuf);

impl DestroyedKeys {
    /// Of a data folder.
    pub(crate) fn of(data_dir: &Path) -> Self {
        Self(data_dir.join(NAME))
    }

    /// Which keys were destroyed, and when. A line that was cut short by a crash is left out: its key was not destroyed yet.
    pub(crate) fn read(&self) -> io::Result<Vec<(RequestId, Timestamp)>> {
        let text = match std::fs::read_to_string(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read?,
        };
        let line = |line: &str| {
            let (id, at) = line.split_once(' ')?;
            Some((id.parse().ok()?, at.parse().ok()?))
        };
        Ok(text.lines().filter_map(line).collect())
    }

    fn append(&self, line: &str) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.0)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        let folder = self.0.parent().unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Destroyed for DestroyedKeys {
    fn record(&self, request: RequestId, at: Timestamp) -> Result<(), DestroyedError> {
        // A line of its own, also after one that was cut short.
        Ok(self.append(&format!("\n{request} {at}\n"))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_is_read_also_after_a_line_that_was_cut_short() {
        let folder = tempfile::tempdir().unwrap();
        let keys = DestroyedKeys::of(folder.path());
        assert_eq!(keys.read().unwrap(), []);
        let at: Timestamp = "2027-03-05T12:00:00Z".parse().unwrap();
        let ids: [RequestId; 2] = [7, 8].map(|n| uuid::Uuid::from_u128(n).into());
        keys.record(ids[0], at).unwrap();
        keys.append("019cb8bc-b1e0-78ad").unwrap();
        keys.record(ids[1], at).unwrap();
        assert_eq!(keys.read().unwrap(), ids.map(|id| (id, at)));
    }
}
