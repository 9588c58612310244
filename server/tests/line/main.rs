//! The product by its command line, as operators and officers use it: processes of the binary, on either database.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[macro_use]
mod place;
mod database;
mod process;

mod holds;
mod keys;
mod refusals;
mod replay;
mod restore;
mod side_by_side;
mod stop;
mod story;
