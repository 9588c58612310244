//! Holds and retention duties.

pub mod confirm;
pub mod duties;
mod fields;
pub mod list;
pub mod new;
pub mod preview;
pub mod release;
pub mod show;
pub(in crate::pages) mod words;
mod work;
