//! Real servers for tests: started on free ports of the loopback interface, stopped by process id.

mod ceph;
mod http;
mod moto;
mod postgres;
mod redis;
mod server;
mod smtp;
mod state;
pub mod verb;

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::{process, thread};

use anyhow::{Context as _, Result, anyhow, bail};
use tempfile::TempDir;

use crate::{install, tool};
pub use server::Server;
use state::Kept;

/// A server that can be started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Postgres,
    Redis,
    Moto,
    Ceph,
    Smtp,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Postgres, Self::Redis, Self::Moto, Self::Ceph, Self::Smtp];

    fn package(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql-15",
            Self::Redis => "redis-server",
            Self::Moto => "moto (PyPI)",
            Self::Ceph => "radosgw, ceph-mon, ceph-osd, ceph-common",
            Self::Smtp => "aiosmtpd (PyPI)",
        }
    }

    fn start(self, dir: &Path) -> Result<Started> {
        match self {
            Self::Postgres => postgres::start(dir),
            Self::Redis => redis::start(dir),
            Self::Moto => moto::start(dir),
            Self::Ceph => ceph::start(dir),
            Self::Smtp => smtp::start(dir),
        }
    }
}

/// What one kind gave: its processes, and the variables that lead tests to it.
struct Started {
    /// In the order in which they are to be stopped.
    servers: Vec<Server>,
    env: Vec<(String, String)>,
}

/// Servers that are running; dropping this stops them and removes their files.
pub struct Services {
    servers: Vec<Server>,
    env: Vec<(String, String)>,
    dir: TempDir,
}

impl Services {
    /// Installs what is missing and starts the servers side by side; on failure none is left running.
    pub fn start(kinds: &[Kind]) -> Result<Self> {
        install_for(kinds)?;
        let dir = tempfile::Builder::new()
            .prefix("lethe-services-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir()
            .context("cannot create a temporary folder")?;
        let path = dir.path();
        let results: Vec<Result<Started>> = thread::scope(|scope| {
            let starts: Vec<_> = kinds
                .iter()
                .map(|kind| scope.spawn(|| kind.start(path)))
                .collect();
            let joined = starts.into_iter().zip(kinds).map(|(start, kind)| {
                start
                    .join()
                    .unwrap_or_else(|_| Err(anyhow!("starting it panicked")))
                    .with_context(|| {
                        format!(
                            "a server the tests need did not start; package: {}",
                            kind.package()
                        )
                    })
            });
            joined.collect()
        });
        let mut services = Self {
            servers: Vec::new(),
            env: Vec::new(),
            dir,
        };
        let mut failures = Vec::new();
        for result in results {
            match result {
                Ok(started) => {
                    services.servers.extend(started.servers);
                    services.env.extend(started.env);
                }
                Err(error) => failures.push(format!("{error:#}")),
            }
        }
        tool::still_wanted()?;
        if failures.is_empty() {
            Ok(services)
        } else {
            bail!("{}", failures.join("\n"))
        }
    }

    /// The variables, as a command wants them.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.env.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Leaves the servers running after this program ends, until `services stop`.
    pub fn keep(self) -> Result<()> {
        let Self { servers, env, dir } = self;
        let processes = servers.into_iter().map(Server::keep).collect();
        Kept {
            dir: dir.keep(),
            processes,
            env,
        }
        .save()
    }
}

/// The variables of servers that `services start` left running, when all of them still run.
pub fn kept_env() -> Result<Option<Vec<(String, String)>>> {
    let running = Kept::load()?.filter(|kept| kept.processes.iter().all(server::is_running));
    Ok(running.map(|kept| kept.env))
}

fn install_for(kinds: &[Kind]) -> Result<()> {
    let mut packages = Vec::new();
    if kinds.contains(&Kind::Postgres) {
        packages.push(&install::POSTGRES);
    }
    if kinds.contains(&Kind::Redis) {
        packages.push(&install::REDIS);
    }
    if kinds.contains(&Kind::Ceph) {
        packages.extend(&install::CEPH);
    }
    install::debian(packages)?;
    if kinds.contains(&Kind::Moto) || kinds.contains(&Kind::Smtp) {
        install::python()?;
    }
    Ok(())
}

/// A port nobody listens on now. Below the range from which the kernel draws ports for outgoing connections, so
/// that no test's connection takes it before the server does.
fn free_port() -> Result<u16> {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two runs at the same time begin at different places.
    let begin = u16::try_from(process::id() % u32::from(COUNT)).expect("the remainder is below a u16");
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed) % COUNT;
        let port = FIRST + (begin + step) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port on 127.0.0.1")
}

fn pair(key: &str, value: impl Into<String>) -> (String, String) {
    (key.to_owned(), value.into())
}
