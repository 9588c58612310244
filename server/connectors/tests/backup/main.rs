//! The `backup` kind against real tools and servers: the sets are really listed, the rule is really re-read.

mod lifecycle;
mod pgbackrest;
mod restic;
mod world;
