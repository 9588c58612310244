//! The command `lethe`: what operators and officers type.

mod acting;
mod admin;
mod backup;
mod certificate;
mod check_certificate;
mod credential;
mod desk;
mod doctor;
mod failure;
mod hold;
mod inventory;
mod keys;
mod log;
mod mail;
mod migrate;
mod out;
mod replay;
mod request;
mod scope;
mod serve;
mod tenant;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::Failure;

/// Erases a tenant's or a person's data everywhere, and proves it.
#[derive(Debug, Parser)]
#[command(name = "lethe", version, max_term_width = 110, disable_help_subcommand = true)]
struct Args {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command has.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Options {
    /// The file of settings; lethe.toml in this folder, when there is one
    #[arg(long, global = true, value_name = "FILE", env = "LETHE_CONFIG")]
    config: Option<PathBuf>,
    /// Answer as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    acting: acting::Acting,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything in one process: pages, workers, the log
    Serve(serve::Serve),
    /// Run the work of one role in a process of its own
    Worker(serve::Worker),
    /// Play the main job on sample systems that really hold data
    Demo(crate::demo::DemoArgs),
    /// Bring the database up to date and say which version it has
    Migrate,
    /// People: the first ones, further ones, their roles and tokens
    #[command(subcommand)]
    Admin(admin::Verb),
    /// Tenants and their contacts
    #[command(subcommand)]
    Tenant(tenant::Verb),
    /// The inventory of systems
    #[command(subcommand)]
    Inventory(inventory::Verb),
    /// Legal holds and retention duties
    #[command(subcommand)]
    Hold(hold::Verb),
    /// Certificates after their issue: revoke, correct, the status list
    #[command(subcommand)]
    Certificate(certificate::Verb),
    /// Erasure requests, from opening to the certificate
    #[command(subcommand)]
    Request(request::Verb),
    /// A system was restored from a backup: find in it what was erased, and erase it again before it is used
    Replay(replay::Ask),
    /// Sealing and signing keys
    #[command(subcommand)]
    Keys(keys::Verb),
    /// Check a certificate offline: exit status 0 only if it is genuine
    CheckCertificate(check_certificate::CheckCertificate),
    /// What became of mails
    #[command(subcommand)]
    Mail(mail::Verb),
    /// The log of every act
    #[command(subcommand)]
    Log(log::Verb),
    /// Write a consistent copy of the database to a file, while everything runs
    Backup(backup::Backup),
    /// Put a backup in place of the database; everything comes up paused
    Restore(backup::Restore),
    /// Look at every part and say what to do about what is wrong
    Doctor,
}

/// Reads the arguments and runs the command. Exit status 0: done; 1: failed or refused; 2: not understood.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::from(error).report(),
    };
    let named = args.options.acting.is_given();
    match runtime.block_on(carry_out(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if named => failure.report(),
        Err(failure) => failure.said_to_nobody().report(),
    }
}

async fn carry_out(args: Args) -> Result<(), Failure> {
    let options = args.options;
    match args.command {
        Command::Serve(serve) => serve.run(&options).await,
        Command::Worker(worker) => worker.run(&options).await,
        Command::Demo(args) => Ok(crate::demo::run(&args).await?),
        Command::Migrate => migrate::run(&options).await,
        Command::Admin(verb) => verb.run(&options).await,
        Command::Tenant(verb) => verb.run(&options).await,
        Command::Inventory(verb) => verb.run(&options).await,
        Command::Hold(verb) => verb.run(&options).await,
        Command::Certificate(verb) => verb.run(&options).await,
        Command::Request(verb) => verb.run(&options).await,
        Command::Replay(ask) => ask.run(&options).await,
        Command::Keys(verb) => verb.run(&options).await,
        Command::CheckCertificate(check) => check.run(&options),
        Command::Mail(verb) => verb.run(&options).await,
        Command::Log(verb) => verb.run(&options).await,
        Command::Backup(backup) => backup.run(&options).await,
        Command::Restore(restore) => restore.run(&options).await,
        Command::Doctor => doctor::run(&options).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_sound() {
        super::Args::command().debug_assert();
    }
}
