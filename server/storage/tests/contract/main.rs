//! The contract of the store's port, on both engines.

#[path = "../support/mod.rs"]
mod support;

mod attempts;
mod certificates;
mod findings;
mod holds;
mod inventory;
mod people;
mod plans;
mod requests;
mod settings;
mod tenants;
