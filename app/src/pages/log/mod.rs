//! The log.

pub mod list;
pub mod objects;
pub mod show;
