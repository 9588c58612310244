//! PostgreSQL 15 with a data folder of its own; run as the `postgres` user when we are root, which it refuses.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;
use nix::unistd::{Uid, User};

use super::server::Server;
use super::{Started, free_port, pair};
use crate::tool;

const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";
const PASSWORD: &str = "lethe-test";

pub(super) fn start(dir: &Path) -> Result<Started> {
    let dir = dir.join("postgres");
    fs::create_dir(&dir)?;
    let account = account()?;
    let data = dir.join("data");
    let password = dir.join("password");
    fs::write(&password, PASSWORD)?;
    if let Some(user) = &account {
        for path in [&dir, &password] {
            chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
        }
    }
    let mut initdb = program("initdb", account.as_ref());
    initdb.args([
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]);
    initdb
        .arg("--pwfile")
        .arg(&password)
        .arg("--pgdata")
        .arg(&data)
        .current_dir(&dir);
    tool::output(&mut initdb)?;

    let port = free_port()?;
    let mut postgres = program("postgres", account.as_ref());
    postgres
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string()])
        .arg("-k")
        .arg(&dir)
        .current_dir(&dir);
    // Default durability: what is measured and tested is what users get.
    postgres.args([
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "max_connections=300",
        "-c",
        "shared_buffers=256MB",
    ]);
    // A fast stop; SIGTERM would wait for every client to leave.
    let mut server = Server::spawn("postgres", &dir, &mut postgres)?.stopped_by(Signal::SIGINT);
    let mut ready = Command::new(format!("{PROGRAMS}/pg_isready"));
    ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
    server.wait_until(Duration::from_secs(30), || tool::succeeds(&mut ready))?;
    let url = format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres");
    Ok(Started {
        servers: vec![server],
        env: vec![pair("LETHE_TEST_POSTGRES", url)],
    })
}

/// Whom to run the server as: the packaged account when we are root, else ourselves.
fn account() -> Result<Option<User>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    User::from_name("postgres")?
        .context("the package postgresql-15 left no user postgres")
        .map(Some)
}

fn program(name: &str, account: Option<&User>) -> Command {
    let mut command = Command::new(format!("{PROGRAMS}/{name}"));
    if let Some(user) = account {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command
}
