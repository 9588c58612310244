//! `cargo xtask demo`: build, then hand over to `lethe demo`.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::build;

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    build: build::Options,
    /// Arguments for `lethe demo`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub rest: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let lethe = build::run(&options.build)?;
    // The demo takes this program's place, so that Ctrl-C and the exit status are its own.
    let error = Command::new(&lethe).arg("demo").args(&options.rest).exec();
    Err(error).with_context(|| format!("cannot run {}", lethe.display()))
}
