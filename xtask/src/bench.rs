//! `cargo xtask bench`: build, start the servers that are measured against, then run `lethe bench`.

use std::process::Command;

use anyhow::Result;

use crate::services::{Kind, Services};
use crate::{build, tool};

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    build: build::Options,
    /// Arguments for `lethe bench`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let lethe = build::run(&options.build)?;
    let services = Services::start(&[Kind::Postgres, Kind::Redis, Kind::Moto])?;
    tool::run(
        Command::new(lethe)
            .arg("bench")
            .args(&options.rest)
            .envs(services.variables()),
    )
}
