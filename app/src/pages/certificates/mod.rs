//! Certificates.

pub mod addendum;
mod later;
pub mod list;
pub mod offline;
pub mod revoke;
pub mod show;
mod statement;
pub mod words;
