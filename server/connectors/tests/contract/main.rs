//! What every connector promises, on real systems: the same sentences for every kind, then each kind's own.

mod clocks;
mod filesystem;
mod place;
mod postgres;
mod redis;
mod sqlite;
mod suite;
