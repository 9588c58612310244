//! The `backup` kind against real tools and servers: the sets are really listed, the rule is really re-read.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod lifecycle;
mod pgbackrest;
mod restic;
mod world;
