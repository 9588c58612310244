//! Our own database: SQLite by default, PostgreSQL to scale out. One SQL text for both.
//!
//! [`open`] gives a [`Database`], which is the domain's `Store`. A transaction ([`transaction`]) is one object that
//! is every repository; each noun has its file. A row has columns for what is queried, constrained or compared, and
//! one `document` with the whole noun, which is the truth ([`row`]). What the two engines do differently is in
//! [`sqlite`] and [`postgres`].

#[macro_use]
mod macros;

mod appended;
mod attempts;
mod backup;
mod certificates;
mod copies;
mod copy;
mod database;
mod downloads;
mod drafts;
mod drills;
mod error;
mod findings;
mod holds;
mod incidents;
mod inventory;
mod jobs;
mod links;
mod log;
mod nonces;
mod outbox;
mod people;
mod plans;
mod postgres;
mod queue;
mod reading;
mod recompute;
mod replays;
mod replies;
mod requests;
mod row;
mod sequencer;
mod sessions;
mod settings;
mod sqlite;
mod statements;
mod tables;
mod tenants;
mod transaction;
mod wake;
mod watch;

pub use copy::{Copied, CopyError};
pub use database::{Database, open};
pub use error::OpenError;
