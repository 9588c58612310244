//! The fence (invariant 1): no chunk is authorised after a covering hold commits, for every kind of scope; none starts
//! after its deadline; a hold reads InForce only when nothing it covers is in flight. On SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[allow(dead_code, reason = "shared with the journeys, which use more of it")]
#[path = "../journeys/world/database.rs"]
mod database;

#[macro_use]
mod site;

mod call;
mod child;
mod duties;
mod frozen;
mod frozen_postgres;
mod frozen_sqlite;
mod gates;
mod order;
mod plans;
mod processes;
mod race;
mod scopes;
