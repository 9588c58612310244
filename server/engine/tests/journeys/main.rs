//! Journeys: the product from intake to certificate on real stores and real systems, with a clock that is moved by hand
//! and jobs that are run by hand. Each journey runs on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[macro_use]
#[allow(
    dead_code,
    reason = "shared with the tests of the fence, which need other parts of it"
)]
mod world;

mod addenda;
mod by_hand;
mod crash;
mod drift;
mod drills;
mod duties;
mod holds;
mod keys;
mod later;
mod lies;
mod neighbours;
mod nonce;
mod pack;
mod quarter;
mod reading;
mod record;
mod replay;
mod retention;
mod revocation;
mod servers;
mod sight;
mod silent;
mod story;
mod twice;
