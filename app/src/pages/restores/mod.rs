//! Restored systems: what they brought back, and what became of it.

pub mod ask;
pub mod list;
pub mod show;
