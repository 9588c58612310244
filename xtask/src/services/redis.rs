//! Redis 7, in memory only, with a password.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::server::Server;
use super::{Started, free_port, pair};
use crate::tool;

const PASSWORD: &str = "lethe-test";

pub(super) fn start(dir: &Path) -> Result<Started> {
    let dir = dir.join("redis");
    fs::create_dir(&dir)?;
    let port = free_port()?.to_string();
    let mut redis = Command::new("/usr/bin/redis-server");
    redis.args(["--bind", "127.0.0.1", "--port", &port, "--requirepass", PASSWORD]);
    redis
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(&dir);
    let mut server = Server::spawn("redis", &dir, &mut redis)?;
    let mut ping = Command::new("/usr/bin/redis-cli");
    ping.args(["-h", "127.0.0.1", "-p", &port, "-e", "ping"])
        .env("REDISCLI_AUTH", PASSWORD);
    server.wait_until(Duration::from_secs(15), || tool::succeeds(&mut ping))?;
    let url = format!("redis://default:{PASSWORD}@127.0.0.1:{port}");
    Ok(Started {
        servers: vec![server],
        env: vec![pair("LETHE_TEST_REDIS", url)],
    })
}
