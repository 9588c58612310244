//! The program: settings, wiring, workers, mail, the web server and the command line.
//!
//! - [`config`] reads `lethe.toml` and the environment;
//! - [`wiring`] gives each kind of process the ports it may have, and no others;
//! - [`worker`] leases jobs and runs them;
//! - [`http`] serves the pages; [`mail`] sends what the outbox holds;
//! - [`demo`] plays the main job on sample systems;
//! - [`cli`] is the command `lethe`.

pub mod archive;
pub mod cli;
pub mod config;
pub mod demo;
mod destroyed;
mod files;
pub mod http;
pub mod mail;
mod pack;
mod restoring;
pub mod telemetry;
pub mod wiring;
pub mod worker;
