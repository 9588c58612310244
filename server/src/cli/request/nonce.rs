//! The nonce of a sampling seed: committed to, and brought. It is read from a file, not from the command line, which others on
//! the machine can see.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use domain::digest::Digest;
use domain::id::RequestId;
use domain::nonce::{Nonce, NonceGiven};
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::{Failure, out};

/// Options of `commit-nonce`.
#[derive(Debug, clap::Args)]
pub(crate) struct CommitNonce {
    /// The request
    request: RequestId,
    /// A nonce of your own, 64 hexadecimal characters in a file (- reads from standard input); kept sealed. Without this and the
    /// next option Lethe draws one
    #[arg(long, value_name = "FILE", conflicts_with = "outside")]
    file: Option<PathBuf>,
    /// Only the SHA-256 of a nonce that stays outside until it is asked for
    #[arg(long, value_name = "SHA256")]
    outside: Option<Digest>,
}

impl CommitNonce {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let given = match (self.file, self.outside) {
            (Some(file), _) => NonceGiven::Brought(read(&file)?),
            (None, Some(digest)) => NonceGiven::KeptOutside(digest),
            (None, None) => NonceGiven::Drawn,
        };
        let nonce = desk.engine.commit_nonce(&desk.actor, self.request, given).await?;
        match desk.json {
            true => out::json(
                &json!({ "nonce": nonce.id, "number": nonce.number, "commitment": nonce.commitment }),
            ),
            false => out::line(format_args!(
                "commitment {} ({}) is logged; the workers draw the plan",
                nonce.number, nonce.commitment
            )),
        }
        Ok(())
    }
}

/// Options of `open-nonce`.
#[derive(Debug, clap::Args)]
pub(crate) struct OpenNonce {
    /// The request
    request: RequestId,
    /// The nonce, 64 hexadecimal characters in a file (- reads from standard input)
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

impl OpenNonce {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let nonce = read(&self.file)?;
        desk.engine.open_nonce(&desk.actor, self.request, nonce).await?;
        out::line("the nonce fits its commitment; the workers draw the sample with it");
        Ok(())
    }
}

fn read(file: &Path) -> Result<Nonce, Failure> {
    let told = |why: &dyn std::fmt::Display| Failure::failed(format!("{}: {why}", file.display()));
    let mut text = String::new();
    match file.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text),
        false => std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text)),
    }
    .map_err(|error| told(&error))?;
    text.parse().map_err(|error| told(&error))
}
