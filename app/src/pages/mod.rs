//! One page per file, a folder per noun.

pub mod home;
pub mod not_found;
pub mod people;
pub mod requests;
pub mod search;
pub mod session;
