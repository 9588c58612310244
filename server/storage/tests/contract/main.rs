//! The contract of the store's port, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "../support/mod.rs"]
mod support;

mod append_only;
mod attempts;
mod backup;
mod certificates;
mod commit;
mod deliveries;
mod drafts;
mod drills;
mod fences;
mod findings;
mod holds;
mod incidents;
mod inventory;
mod jobs;
mod links;
mod log;
mod nonces;
mod opening;
mod people;
mod plans;
mod processes;
mod reading;
mod replays;
mod replies;
mod requests;
mod sessions;
mod settings;
mod standby;
mod tenants;
