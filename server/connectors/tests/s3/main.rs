//! The `s3` kind against real servers: an emulator with signatures, and Ceph's gateway.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use world::Server;

mod erasing;
mod looking;
mod lying_answers;
mod world;

/// Runs each test against each server.
macro_rules! on_every_server {
    ($($test:ident)*) => {
        mod moto {
            $(#[tokio::test] async fn $test() { super::$test(crate::Server::moto()).await })*
        }
        mod ceph {
            $(#[tokio::test] async fn $test() { super::$test(crate::Server::ceph()).await })*
        }
    };
}
pub(crate) use on_every_server;
