//! What every connector promises, on real systems: the same sentences for every kind, then each kind's own.

#![expect(clippy::unwrap_used, reason = "what fails here is a failed test")]

mod clocks;
mod filesystem;
mod place;
mod postgres;
mod postgres_blocks;
mod redis;
mod sqlite;
mod suite;
