//! Certificates.

pub mod addendum;
mod beside;
mod deliveries;
pub mod download;
mod later;
pub mod list;
pub mod offline;
pub mod revoke;
pub mod show;
mod statement;
mod stuck;
pub mod words;
