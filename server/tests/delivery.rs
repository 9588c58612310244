//! Mail as it really goes: to SMTP servers that take, refuse, put off and hang up; what comes back; and links in it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "delivery/back.rs"]
mod back;
#[path = "delivery/hooks.rs"]
mod hooks;
#[path = "delivery/kept.rs"]
mod kept;
#[path = "delivery/links.rs"]
mod links;
#[path = "delivery/sending.rs"]
mod sending;
#[path = "delivery/sink.rs"]
mod sink;
mod support;
#[path = "delivery/world.rs"]
mod world;
