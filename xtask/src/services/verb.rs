//! `cargo xtask services start|stop`: servers that stay, for developers who run single tests.

use anyhow::{Context as _, Result};
use clap::Subcommand;

use super::state::Kept;
use super::{Kind, Services, kept_env, server};

#[derive(Clone, Copy, Subcommand)]
pub enum Verb {
    /// Start the servers, leave them running and print their environment as `export` lines
    Start,
    /// Stop the servers that `start` left running
    Stop,
}

pub fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Start => start(),
        Verb::Stop => stop(),
    }
}

fn start() -> Result<()> {
    if kept_env()?.is_none() {
        // Some may still run after others ended.
        stop()?;
        Services::start(&Kind::ALL)?.keep()?;
    }
    print(&kept_env()?.context("a server ended as soon as it was started")?);
    Ok(())
}

fn stop() -> Result<()> {
    let Some(kept) = Kept::load()? else {
        return Ok(());
    };
    kept.processes.iter().for_each(server::stop);
    kept.remove()
}

#[expect(clippy::print_stdout, reason = "the lines are for `eval` in a shell")]
fn print(env: &[(String, String)]) {
    for (key, value) in env {
        println!("export {key}='{value}'");
    }
}
