//! Other people's systems: erasing in them and looking into them.
//!
//! Each kind of system has two halves that share nothing but the reading of its configuration and locators:
//! `erase` deletes, `probe` looks. Either compiles without the other (features `erase` and `probe`), so that a
//! process that verifies holds no code that deletes. [`registry::Registry`] makes both from the inventory.
//! What every kind promises is written at [`domain::port::erase`] and [`domain::port::probe`]; how to configure
//! it is in `docs/connectors.md`.

pub mod layer;
#[cfg(feature = "liar")]
pub mod liar;
pub mod registry;

mod attestation;
mod backup;
mod filesystem;
mod postgres;
mod redis;
mod s3;
mod settings;
mod sql;
mod sqlite;
mod template;

pub use s3::config::Settings as Bucket;
