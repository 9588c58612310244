//! `cargo xtask test`: every test, on real servers and in a real browser.

use anyhow::{Context as _, Result, bail};

use crate::cargo::{cargo, has_nextest, lints};
use crate::services::{Kind, Services, kept_env};
use crate::{browser, build, install, tool, wasm};

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Run only the tests that match this nextest filter, such as 'package(storage)'; nothing else is checked
    #[arg(long, value_name = "FILTER")]
    only: Option<String>,
    /// Run only the browser tests
    #[arg(long, conflicts_with = "only")]
    browser: bool,
    /// Run the browser tests over this empty database in place of SQLite
    #[arg(long, value_name = "URL", requires = "browser")]
    database: Option<String>,
    /// Leave the servers running
    #[arg(long)]
    keep: bool,
    /// Which compiler makes the WebAssembly module
    #[arg(long, value_enum, default_value_t)]
    wasm: wasm::Compiler,
}

pub fn run(options: &Options) -> Result<()> {
    if let Some(filter) = &options.only {
        return only(filter, options.keep);
    }
    browser::install()?;
    if options.browser {
        return browser::test(&build::site(options.wasm)?, options.database.as_deref(), &[]);
    }
    lints()?;
    // Short checks first: a slip shows in seconds.
    tool::run(&mut cargo(&["fmt", "--all", "--check"])?)?;
    install::debian(&install::TOOLS)?;
    rust(options.keep)?;
    tool::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?)?;
    walls()?;
    let pkg = build::site(options.wasm)?;
    browser::test(&pkg, None, &[])?;
    let services = Services::start(&[Kind::Postgres])?;
    // The server has just been made: its own database is empty.
    let mut variables = services.variables();
    let database = variables.find(|(name, _)| *name == "LETHE_TEST_POSTGRES");
    let (_, database) = database.context("the PostgreSQL server named no address")?;
    browser::test(&pkg, Some(database), browser::MAIN_JOURNEYS)
}

/// The tests of all crates, with the servers they need.
fn rust(keep: bool) -> Result<()> {
    let with_nextest = has_nextest()?;
    // Compile before the servers start: they would idle, and a compile error would wait for them.
    if with_nextest {
        tool::run(&mut cargo(&["nextest", "run", "--workspace", "--no-run"])?)?;
    } else {
        tool::run(&mut cargo(&["test", "--workspace", "--no-run"])?)?;
    }
    let services = Services::start(&Kind::ALL)?;
    let tested = if with_nextest {
        let tests = tool::run(
            cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])?.envs(services.variables()),
        );
        tests.and_then(|()| tool::run(cargo(&["test", "--workspace", "--doc"])?.envs(services.variables())))
    } else {
        tool::run(cargo(&["test", "--workspace", "--no-fail-fast"])?.envs(services.variables()))
    };
    stop(services, keep)?;
    tested
}

/// Verification and erasure must not reach each other: each half compiles without the other.
fn walls() -> Result<()> {
    for package in ["engine", "connectors"] {
        for half in ["probe", "erase"] {
            tool::run(&mut cargo(&[
                "check",
                "-p",
                package,
                "--no-default-features",
                "--features",
                half,
            ])?)?;
        }
    }
    Ok(())
}

fn only(filter: &str, keep: bool) -> Result<()> {
    if !has_nextest()? {
        bail!("--only needs cargo-nextest");
    }
    let mut nextest = cargo(&["nextest", "run", "--workspace", "-E", filter])?;
    if let Some(env) = kept_env()? {
        return tool::run(nextest.envs(env));
    }
    let services = Services::start(&Kind::ALL)?;
    let tested = tool::run(nextest.envs(services.variables()));
    stop(services, keep)?;
    tested
}

fn stop(services: Services, keep: bool) -> Result<()> {
    if keep { services.keep() } else { Ok(()) }
}
