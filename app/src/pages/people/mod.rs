//! Accounts.

pub mod invite;
pub mod list;
pub mod show;
pub mod words;
