//! Figures of the whole product, each next to its goal and, where there is one, to a plain tool that does the same in
//! the same run.
//!
//! `cargo xtask bench` builds everything in release mode, starts the servers and runs this. By hand, with the servers
//! of `cargo xtask services start`: `cargo run --release -p server --example bench -- [--only NAME] [--rounds N]`.
#![expect(clippy::print_stdout, reason = "it is there to print")]

mod certificates;
mod figure;
mod holds;
mod idle;
mod inventory;
mod log;
mod main_job;
mod memory;
mod million;
mod objects;
mod pages;
mod postgres;
mod proofs;
mod redis;
mod run;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser as _;

use figure::Figure;

#[derive(clap::Parser)]
struct Args {
    /// Take these figures alone
    #[arg(long, value_enum)]
    only: Vec<Name>,
    /// How often each is taken; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The program `lethe`, built in release mode; needed for `idle` and `pages`
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// One request over ten tables, from opening to the certificate
    MainJob,
    /// Certificates rendered and signed
    Certificates,
    /// The hold check behind the fence
    Holds,
    /// Appending to the log, and recomputing it
    Log,
    /// Proofs of ten million entries
    Proofs,
    /// A million rows of PostgreSQL
    Million,
    /// A hundred thousand keys of Redis
    Redis,
    /// Ten thousand objects of S3
    Objects,
    /// Memory at rest, and how soon the program answers
    Idle,
    /// The demonstration's pages under load
    Pages,
}

impl Name {
    const ALL: [Self; 10] = [
        Self::Idle,
        Self::Pages,
        Self::MainJob,
        Self::Certificates,
        Self::Holds,
        Self::Log,
        Self::Proofs,
        Self::Million,
        Self::Redis,
        Self::Objects,
    ];

    async fn take(self, args: &Args) -> Result<Vec<Figure>> {
        match self {
            Self::MainJob => main_job::take(args.rounds).await,
            Self::Certificates => certificates::take(args.rounds).await,
            Self::Holds => holds::take().await,
            Self::Log => log::take(args.rounds).await,
            Self::Proofs => proofs::take(args.rounds).await,
            Self::Million => million::take(args.rounds).await,
            Self::Redis => redis::take(args.rounds).await,
            Self::Objects => objects::take(args.rounds).await,
            Self::Idle => idle::take(program(args)?, args.rounds).await,
            Self::Pages => pages::take(program(args)?).await,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Takes the figures, each printed as soon as it is known. What misses its goal is told, and is no failure.
async fn run(args: Args) -> Result<()> {
    println!("{}", figure::machine());
    let wanted = Name::ALL
        .into_iter()
        .filter(|name| args.only.is_empty() || args.only.contains(name));
    for name in wanted {
        for figure in name.take(&args).await? {
            println!("{figure}");
        }
    }
    Ok(())
}

fn program(args: &Args) -> Result<&Path> {
    let program = args.program.as_deref();
    program.context("this figure needs --program FILE: the program lethe, built in release mode")
}

/// The value of a variable that leads to a server.
fn server(variable: &str) -> Result<String> {
    std::env::var(variable)
        .with_context(|| format!("{variable} is not set: `cargo xtask services start` prints it"))
}
