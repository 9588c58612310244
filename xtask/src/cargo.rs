//! Cargo of the pinned toolchain, building into the one target folder, and the parts of it we need.

use std::env;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{places, tool};

/// `cargo <args>` in the checkout.
pub fn cargo(args: &[&str]) -> Result<Command> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(args)
        .current_dir(places::checkout())
        .env("CARGO_TARGET_DIR", places::target()?);
    Ok(command)
}

/// Makes sure that rustfmt and clippy are there; the pinned toolchain comes without them.
pub fn lints() -> Result<()> {
    for (component, verb) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !tool::succeeds(cargo(&[verb, "--version"])?.current_dir(places::checkout())) {
            let mut add = Command::new("rustup");
            tool::run(
                add.args(["component", "add", component])
                    .current_dir(places::checkout()),
            )
            .with_context(|| format!("{component} is missing and cannot be fetched"))?;
        }
    }
    Ok(())
}

/// Whether cargo-nextest is there.
pub fn has_nextest() -> Result<bool> {
    Ok(tool::succeeds(&mut cargo(&["nextest", "--version"])?))
}
