//! `cargo xtask bench`: build in release mode, start the servers that are measured against, then take the figures.

use std::process::Command;

use anyhow::Result;

use crate::services::{Kind, Services};
use crate::{build, tool};

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    build: build::Options,
    /// Arguments for the bench, such as `--only million`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let lethe = build::run(&options.build)?;
    let bench = build::bench()?;
    let services = Services::start(&[Kind::Postgres, Kind::Redis, Kind::Ceph])?;
    tool::run(
        Command::new(bench)
            .arg("--program")
            .arg(lethe)
            .args(&options.rest)
            .envs(services.variables()),
    )
}
