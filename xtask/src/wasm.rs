//! The WebAssembly module of the islands: compiled, then bound to JavaScript.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::cargo::cargo;
use crate::install::{self, Package};
use crate::{places, tool};

const TARGET: &str = "wasm32-unknown-unknown";
const BUILD: [&str; 10] = [
    "build",
    "-p",
    "app",
    "--lib",
    "--features",
    "hydrate",
    "--target",
    TARGET,
    "--profile",
    "wasm-release",
];

/// Debian's own compiler, with the sources of its standard library.
const DEBIAN: [Package; 3] = [
    Package {
        name: "rustc-web",
        file: "/usr/bin/rustc",
    },
    Package {
        name: "cargo-web",
        file: "/usr/bin/cargo",
    },
    Package {
        name: "rust-web-src",
        file: "/usr/lib/rustlib/src/rust/library/Cargo.lock",
    },
];

/// Which compiler makes the module.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub enum Compiler {
    /// rustup's, or Debian's where rustup cannot fetch the target
    #[default]
    Auto,
    /// The pinned toolchain with the target added by rustup
    Rustup,
    /// Debian's packages, which build their own standard library
    Debian,
}

/// Compiles `app` and writes `lethe.js` and `lethe_bg.wasm` into the package folder.
pub fn build(compiler: Compiler, pkg: &Path) -> Result<()> {
    let target = match compiler {
        Compiler::Rustup => with_rustup()?,
        Compiler::Debian => with_debian()?,
        Compiler::Auto => match add_target() {
            Ok(()) => with_rustup()?,
            Err(error) => {
                eprintln!("rustup has no {TARGET} ({error:#}); building with Debian's compiler instead");
                with_debian()?
            }
        },
    };
    let module = target.join(TARGET).join("wasm-release/app.wasm");
    bind(&module, pkg).with_context(|| format!("cannot bind {} to JavaScript", module.display()))
}

fn bind(module: &Path, pkg: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .web(true)?
        .out_name("lethe")
        .typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.generate(pkg)
}

/// Makes sure that the pinned toolchain can compile for the browser.
fn add_target() -> Result<()> {
    let mut libraries = Command::new("rustc");
    libraries
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(places::checkout());
    if Path::new(tool::output(&mut libraries)?.trim()).is_dir() {
        return Ok(());
    }
    tool::output(
        Command::new("rustup")
            .args(["target", "add", TARGET])
            .current_dir(places::checkout()),
    )
    .map(drop)
}

fn with_rustup() -> Result<PathBuf> {
    add_target()?;
    let target = beside_the_target("wasm-target")?;
    tool::run(cargo(&BUILD)?.env("CARGO_TARGET_DIR", &target))?;
    Ok(target)
}

fn with_debian() -> Result<PathBuf> {
    install::debian(&DEBIAN)?;
    let target = beside_the_target("wasm-target-debian")?;
    let mut build = Command::new("/usr/bin/cargo");
    build
        .args(BUILD)
        .arg("-Zbuild-std=std,panic_abort")
        .current_dir(places::checkout());
    build
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &target);
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
    // Set by rustup's cargo for its children; they would lead back to its compiler.
    for name in [
        "RUSTUP_TOOLCHAIN",
        "CARGO",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
    ] {
        build.env_remove(name);
    }
    tool::run(&mut build)?;
    Ok(target)
}

/// Each compiler has a folder of its own, so that neither makes the other start over.
fn beside_the_target(name: &str) -> Result<PathBuf> {
    Ok(places::target()?.with_file_name(name))
}

/// The linker for WebAssembly that comes with rustup's toolchain.
fn linker() -> Result<PathBuf> {
    let sysroot = tool::output(
        Command::new("rustc")
            .args(["--print", "sysroot"])
            .current_dir(places::checkout()),
    )?;
    let hosts = Path::new(sysroot.trim()).join("lib/rustlib");
    let linkers = hosts
        .read_dir()
        .with_context(|| format!("cannot read {}", hosts.display()))?;
    for host in linkers {
        let linker = host?.path().join("bin/rust-lld");
        if linker.is_file() {
            return Ok(linker);
        }
    }
    bail!("the toolchain in {} brings no rust-lld", sysroot.trim())
}
