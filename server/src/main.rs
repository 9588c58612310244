//! The command `lethe`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
