//! The log: append-only, tamper-evident, checkable by others (C2SP tlog formats over RFC 6962 trees).

pub mod checkpoint;
mod entry;
pub mod merkle;
pub mod proof;
pub mod tile;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{Details, Entry, EntryClaims, Event, LONGEST_ENTRY};
pub use proof::Proof;
