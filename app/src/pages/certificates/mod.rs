//! Certificates.

pub mod list;
pub mod offline;
pub mod show;
mod statement;
pub mod words;
