//! `cargo xtask build`: the style sheet, the WebAssembly module, and the release program around them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::cargo::cargo;
use crate::{places, style, tool, twins, wasm};

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Which compiler makes the WebAssembly module
    #[arg(long, value_enum, default_value_t)]
    pub wasm: wasm::Compiler,
}

/// Builds everything; returns where the program is.
pub fn run(options: &Options) -> Result<PathBuf> {
    let pkg = site(options.wasm)?;
    // The server embeds this folder.
    tool::run(cargo(&["build", "--release", "-p", "server", "--bin", "lethe"])?.env("LETHE_PKG", pkg))?;
    let built = places::target()?.join("release/lethe");
    let wanted = places::checkout().join("target/release/lethe");
    if built != wanted {
        fs::create_dir_all(places::checkout().join("target/release"))?;
        // A running program cannot be overwritten, but it can be replaced.
        let fresh = wanted.with_extension("fresh");
        fs::copy(&built, &fresh).with_context(|| format!("cannot copy {}", built.display()))?;
        fs::rename(&fresh, &wanted).with_context(|| format!("cannot write {}", wanted.display()))?;
    }
    eprintln!("built {}", wanted.display());
    Ok(wanted)
}

/// Builds the bench against the same package folder as the program before it; returns where it is.
pub fn bench() -> Result<PathBuf> {
    let target = places::target()?;
    let build = ["build", "--release", "-p", "server", "--example", "bench"];
    tool::run(cargo(&build)?.env("LETHE_PKG", target.join("site/pkg")))?;
    Ok(target.join("release/examples/bench"))
}

/// Builds what the browser loads into the package folder, and returns that folder.
pub fn site(compiler: wasm::Compiler) -> Result<PathBuf> {
    let pkg = places::target()?.join("site/pkg");
    fs::create_dir_all(&pkg).with_context(|| format!("cannot create {}", pkg.display()))?;
    style::bundle(&pkg)?;
    wasm::build(compiler, &pkg)?;
    twins::write(&pkg)?;
    Ok(pkg)
}
