//! Journeys: the product from intake to certificate on real stores and real systems, with a clock that is moved by hand
//! and jobs that are run by hand. Each journey runs on SQLite and on PostgreSQL.

#[macro_use]
mod world;

mod crash;
mod duties;
mod holds;
mod lies;
mod servers;
mod story;
