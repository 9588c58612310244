//! Versions of the inventory.

pub mod list;
pub mod show;
