//! One page per file, a folder per noun.

pub mod account;
pub mod certificates;
pub mod desk;
pub mod drills;
pub mod holds;
pub mod home;
pub mod incidents;
pub mod inventory;
pub mod keys;
pub mod log;
pub mod not_found;
pub mod operations;
pub mod people;
pub mod privacy;
pub mod reference;
pub mod requests;
pub mod search;
pub mod session;
pub mod settings;
pub mod styleguide;
pub mod tenants;
pub mod verify;
