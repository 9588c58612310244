//! One page per file, a folder per noun.

pub mod holds;
pub mod home;
pub mod inventory;
pub mod not_found;
pub mod people;
pub mod search;
pub mod session;
