//! Incidents: what was seen again after a certificate was issued.

pub mod list;
pub mod show;
