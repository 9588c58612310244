//! Accounts.

pub mod list;
