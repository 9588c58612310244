//! The tests in a real browser: Playwright drives Debian's Chromium.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::cargo::cargo;
use crate::install::{self, Package};
use crate::services::Server;
use crate::{places, tool};

const PACKAGES: [Package; 3] = [
    Package {
        name: "chromium",
        file: "/usr/bin/chromium",
    },
    Package {
        name: "nodejs",
        file: "/usr/bin/node",
    },
    Package {
        name: "npm",
        file: "/usr/bin/npm",
    },
];

/// Installs the browser and the test runner.
pub fn install() -> Result<()> {
    install::debian(&PACKAGES)?;
    let folder = places::checkout().join("end2end");
    let installed = folder.join("node_modules/.package-lock.json");
    if is_older(&installed, &folder.join("package-lock.json")) {
        tool::run(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder),
        )
        .context("npm cannot install the packages of end2end/package-lock.json")?;
    }
    Ok(())
}

/// The password of the sample people.
const PASSWORD: &str = "a password for tests alone";
/// How long the demonstration may take to set its stage.
const PATIENCE: Duration = Duration::from_secs(240);

/// What is walked over PostgreSQL as well in a run of all tests: what writes, from end to end.
pub const MAIN_JOURNEYS: &[&str] = &["main_job", "residue", "sign_in"];

/// Runs the tests of `end2end/tests` whose names hold one of these (every test: none named) against the demonstration,
/// over SQLite or an empty database.
pub fn test(pkg: &Path, database: Option<&str>, only: &[&str]) -> Result<()> {
    tool::run(&mut cargo(&["build", "-p", "server", "--bin", "lethe"])?)?;
    let demo = Demo::start(&places::target()?.join("debug/lethe"), pkg, database)?;
    let mut playwright = Command::new("npx");
    playwright
        .args(["--no-install", "playwright", "test"])
        .args(only)
        .current_dir(places::checkout().join("end2end"))
        .env("LETHE_PKG", pkg);
    tool::run(playwright.envs(demo.variables()))
}

/// Pictures of every page of the demonstration, or of those that are asked for, into a folder.
pub fn pictures(pkg: &Path, folder: &Path, only: &[&str]) -> Result<()> {
    tool::run(&mut cargo(&["build", "-p", "server", "--bin", "lethe"])?)?;
    let demo = Demo::start(&places::target()?.join("debug/lethe"), pkg, None)?;
    let mut node = Command::new("node");
    node.arg("screenshots.mjs")
        .arg(std::path::absolute(folder)?)
        .args(only)
        .current_dir(places::checkout().join("end2end"));
    tool::run(node.envs(demo.variables()))
}

/// Lighthouse over the main pages of the demonstration, as people run it: from the release program.
pub fn lighthouse(program: &Path, pkg: &Path) -> Result<()> {
    let demo = Demo::start(program, pkg, None)?;
    let mut node = Command::new("node");
    node.arg("lighthouse.mjs")
        .current_dir(places::checkout().join("end2end"));
    tool::run(node.envs(demo.variables()))
}

/// A running demonstration.
struct Demo {
    address: String,
    _server: Server,
    out: TempDir,
}

impl Demo {
    /// Starts it and waits until everybody can sign in.
    fn start(program: &Path, pkg: &Path, database: Option<&str>) -> Result<Self> {
        let out = tempfile::tempdir().context("no temporary folder")?;
        let site = pkg.parent().context("the package folder lies inside the site")?;
        let mut command = Command::new(program);
        command.args(["demo", "--listen", "127.0.0.1:0", "--password", PASSWORD]);
        command.arg("--out").arg(out.path()).arg("--site-dir").arg(site);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        let mut server = Server::spawn("demo", out.path(), &mut command)?;
        let told = || fs::read_to_string(out.path().join("demo.log")).unwrap_or_default();
        server.wait_until(PATIENCE, || told().contains("Ctrl-C ends"))?;
        let told = told();
        let address = told.split_whitespace().find(|word| word.starts_with("http://"));
        Ok(Self {
            address: address.context("the demonstration named no address")?.to_owned(),
            _server: server,
            out,
        })
    }

    /// What the tests are told.
    fn variables(&self) -> [(&'static str, OsString); 3] {
        [
            ("LETHE_URL", (&self.address).into()),
            ("LETHE_PASSWORD", PASSWORD.into()),
            ("LETHE_MAILS", self.out.path().join("mails").into()),
        ]
    }
}

/// Whether `made` is missing or older than `source`.
fn is_older(made: &Path, source: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    changed(made) < changed(source)
}
