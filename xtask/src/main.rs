//! Builds Lethe, runs the demo and the bench, and runs every test against real servers.

mod bench;
mod browser;
mod build;
mod cargo;
mod demo;
mod install;
mod places;
mod services;
mod style;
mod test;
mod tool;
mod twins;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, demonstrates and tests Lethe")]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build the release program: target/release/lethe
    Build(build::Options),
    /// Build what the browser loads and say where it is
    Site(build::Options),
    /// Build, then run the main job on an embedded store with sample systems
    Demo(demo::Options),
    /// Install what the tests need, start real servers and run every test
    Test(test::Options),
    /// Build, then measure against real servers
    Bench(bench::Options),
    /// Build, then take a picture of every page at two widths, light and dark
    Screenshots {
        #[command(flatten)]
        build: build::Options,
        /// Where the pictures go
        #[arg(value_name = "DIR", default_value = "screenshots")]
        folder: std::path::PathBuf,
        /// Only the pictures of the README, into docs/
        #[arg(long)]
        readme: bool,
    },
    /// Build, then let Lighthouse judge the main pages; fails below 95
    Lighthouse(build::Options),
    /// Start or stop the servers the tests talk to, for developers
    #[command(subcommand)]
    Services(services::verb::Verb),
}

fn main() -> ExitCode {
    let args = Args::parse();
    let done = tool::catch_interrupt().and_then(|()| match args.verb {
        Verb::Build(options) => build::run(&options).map(drop),
        Verb::Site(options) => build::site(options.wasm).map(|pkg| eprintln!("built {}", pkg.display())),
        Verb::Demo(options) => demo::run(&options),
        Verb::Test(options) => test::run(&options),
        Verb::Screenshots {
            build,
            folder,
            readme,
        } => browser::install()
            .and_then(|()| build::site(build.wasm))
            .and_then(|pkg| match readme {
                true => browser::pictures(&pkg, &places::checkout().join("docs"), &["--readme"]),
                false => browser::pictures(&pkg, &folder, &[]),
            }),
        Verb::Lighthouse(options) => browser::install()
            .and_then(|()| build::run(&options))
            .and_then(|program| browser::lighthouse(&program, &build::site(options.wasm)?)),
        Verb::Bench(options) => bench::run(&options),
        Verb::Services(verb) => services::verb::run(verb),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_the_demo_is_told_is_handed_on() {
        let args = Args::try_parse_from(["xtask", "demo", "--once", "--out", "there"]).unwrap();
        assert!(matches!(args.verb, Verb::Demo(options) if options.rest == ["--once", "--out", "there"]));
    }
}
