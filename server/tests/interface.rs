//! The interface for programs, and what else is no page: events, downloads, exports, uploads, figures, headers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "interface/browsers.rs"]
mod browsers;
#[path = "interface/files.rs"]
mod files;
#[path = "interface/log.rs"]
mod log;
#[path = "interface/programs.rs"]
mod programs;
#[path = "interface/slow.rs"]
mod slow;
mod support;
#[path = "interface/verify.rs"]
mod verify;
