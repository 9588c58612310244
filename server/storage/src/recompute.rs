//! The log computed anew from its entries: what it is must be what was signed.

use domain::audit::{Checkpoint, merkle};
use domain::digest::Digest;

use crate::copy::CopyError;
use crate::database::Database;
use crate::error;
use crate::log::{self, newest_checkpoint};
use crate::row::unreadable;
use crate::transaction::{Access, Connection};

/// How many leaves are read at once.
const LEAVES: i64 = 1_000;

impl Database {
    /// Computes the log's root from the entries themselves, and compares it with the newest checkpoint. Gives size
    /// and root.
    pub async fn recompute_log(&self) -> Result<(u64, Digest), CopyError> {
        recompute(&mut self.connection(Access::Read).await?).await
    }
}

pub(crate) async fn recompute(connection: &mut Connection<'_>) -> Result<(u64, Digest), CopyError> {
    let checkpoint = fetch!(connection, (i64, String), log::CHECKPOINT).map_err(error::store)?;
    let checkpoint = newest_checkpoint(checkpoint)?;
    let mut agrees = checkpoint.is_none();
    let mut tree = merkle::Tree::new();
    let mut size: i64 = 0;
    loop {
        agrees |= checkpoint
            .as_ref()
            .is_some_and(|signed| says(signed, size, &tree));
        let leaves = fetch!(connection, (i64, Vec<u8>), log::LEAVES, size, LEAVES);
        let leaves = leaves.map_err(error::store)?;
        if leaves.is_empty() {
            break;
        }
        for (position, bytes) in leaves {
            if position != size {
                return Err(
                    unreadable("log_leaves", "position", position, "a gap is before it".into()).into(),
                );
            }
            tree.append(merkle::leaf(&bytes), |_| {});
            size += 1;
            agrees |= checkpoint
                .as_ref()
                .is_some_and(|signed| says(signed, size, &tree));
        }
    }
    match (agrees, checkpoint) {
        (false, Some((signed, _))) => Err(CopyError::OtherThanSigned(signed)),
        _ => Ok((log::unsigned("log_leaves", "position", size)?, tree.root())),
    }
}

/// The checkpoint is of this size and says that the log had this root then.
fn says((signed, note): &(u64, String), size: i64, tree: &merkle::Tree) -> bool {
    let origin = note.lines().next().unwrap_or_default();
    u64::try_from(size) == Ok(*signed) && {
        let text = Checkpoint {
            origin: origin.to_owned(),
            size: *signed,
            root: tree.root(),
        }
        .text();
        note.starts_with(&text)
    }
}
