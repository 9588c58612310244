//! Settings.

mod issuer;
mod keys;
mod mail;
mod rules;
pub mod show;
