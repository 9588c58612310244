//! The WebAssembly modules, of the islands and of the check of files: compiled, then bound to JavaScript.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::cargo::cargo;
use crate::install::{self, Package};
use crate::{places, tool};

const TARGET: &str = "wasm32-unknown-unknown";
/// What both builds say alike.
const FOR_BROWSERS: [&str; 5] = ["--lib", "--target", TARGET, "--profile", "wasm-release"];

/// A module: the crate it is made of, and its name in the package folder.
struct Module {
    of: &'static str,
    features: &'static [&'static str],
    name: &'static str,
}

/// The islands are on every page; the check of files is loaded by the page that needs it.
const MODULES: [Module; 2] = [
    Module {
        of: "app",
        features: &["--features", "hydrate"],
        name: "lethe",
    },
    Module {
        of: "check",
        features: &[],
        name: "check",
    },
];

impl Module {
    /// What cargo is told. The two are built one by one: together, each would get the features of the other.
    fn build(&self) -> Vec<&'static str> {
        let which = ["build", "-p", self.of];
        [&which, self.features, &FOR_BROWSERS].concat()
    }
}

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

/// Compiles each module and writes `<name>.js` and `<name>_bg.wasm` into the package folder.
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
    for module in MODULES {
        let built = target
            .join(TARGET)
            .join(format!("wasm-release/{}.wasm", module.of));
        bind(&built, module.name, pkg)
            .with_context(|| format!("cannot bind {} to JavaScript", built.display()))?;
    }
    Ok(())
}

fn bind(module: &Path, name: &str, pkg: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .web(true)?
        .out_name(name)
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
    for module in MODULES {
        tool::run(cargo(&module.build())?.env("CARGO_TARGET_DIR", &target))?;
    }
    Ok(target)
}

fn with_debian() -> Result<PathBuf> {
    install::debian(&DEBIAN)?;
    let target = beside_the_target("wasm-target-debian")?;
    let linker = linker()?;
    for module in MODULES {
        let mut build = Command::new("/usr/bin/cargo");
        build
            .args(module.build())
            .arg("-Zbuild-std=std,panic_abort")
            .current_dir(places::checkout());
        build
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &target);
        build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &linker);
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
    }
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
