//! The inventory: systems, their versions, and connecting another one.

pub mod connect;
mod coverage;
mod dataset;
pub mod list;
mod looked;
mod pause;
pub mod retire;
pub mod show;
pub mod versions;
mod words;
