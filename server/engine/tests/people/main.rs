//! People: signing in and out, second factors, stepping up, links that set a password, tokens, drafts. With a clock moved
//! by hand, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[allow(dead_code, reason = "shared with the journeys, which use more of it")]
#[path = "../journeys/world/clock.rs"]
mod clock;
#[allow(dead_code, reason = "shared with the journeys, which use more of it")]
#[path = "../journeys/world/database.rs"]
mod database;

#[macro_use]
mod site;

mod drafts;
mod guessing;
mod invitations;
mod passwords;
mod resets;
mod second_factor;
mod sessions;
mod step_up;
mod tokens;
