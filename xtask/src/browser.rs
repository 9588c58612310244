//! The tests in a real browser: Playwright drives Debian's Chromium.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

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

/// Serves the pages alone and runs every test of `end2end/tests` against them.
pub fn test(pkg: &Path) -> Result<()> {
    tool::run(&mut cargo(&[
        "build",
        "-p",
        "app",
        "--features",
        "ssr",
        "--example",
        "page",
    ])?)?;
    let program = places::target()?.join("debug/examples/page");
    let mut page = Command::new(&program);
    page.arg(pkg)
        .arg(places::checkout().join("public"))
        .stdout(Stdio::piped());
    let mut server = page
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let mut address = String::new();
    let stdout = server.stdout.take().context("the page server has no output")?;
    let read = BufReader::new(stdout).read_line(&mut address);
    let server = Server::adopt("page", server);
    if read? == 0 {
        bail!("the page server ended before it printed its address");
    }
    let mut playwright = Command::new("npx");
    playwright
        .args(["--no-install", "playwright", "test"])
        .current_dir(places::checkout().join("end2end"));
    let tested = tool::run(playwright.env("LETHE_URL", address.trim()).env("LETHE_PKG", pkg));
    drop(server);
    tested
}

/// Whether `made` is missing or older than `source`.
fn is_older(made: &Path, source: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    changed(made) < changed(source)
}
