//! `lethe keys escrow` and `unescrow`: all private keys in one encrypted file, and back.

use std::path::Path;

use domain::digest::Digest;
use domain::port::vault::Purpose;
use domain::secret::Secret;
use vault::escrow::Bundle;
use vault::pem::Work;
use vault::{Source, SystemEntropy};
use zeroize::Zeroizing;

use super::super::acting::{ask, secret_file, variable};
use super::super::desk::Desk;
use super::super::{Failure, out};
use crate::files;
use crate::wiring::open_issuer;

/// In place of a file or a question.
const VARIABLE: &str = "LETHE_ESCROW_PASSPHRASE";

/// Writes the file. The log says so before it is written.
pub(super) async fn write(desk: &Desk, file: &Path, passphrase_file: Option<&Path>) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::failed(format!("{}: exists already", file.display())));
    }
    let passphrase = passphrase(passphrase_file, true)?;
    let config = &desk.config;
    let mut bundle = open_issuer(config)?.escrow()?;
    let opens = config.keys.passphrase.read("keys.passphrase_file")?;
    bundle.add("passphrase", line(&opens));
    for purpose in Purpose::ALL {
        let (setting, source) = config.keys.source(purpose);
        if let Source::File(path) | Source::Credential(path) = source {
            match path.exists() {
                true => bundle.read(file_name(purpose), path)?,
                false => out::line(format_args!(
                    "{setting}: {} is not here, and is left out",
                    path.display()
                )),
            }
        } else {
            out::line(format_args!(
                "{setting}: comes from the environment, and is left out"
            ));
        }
    }
    let text = bundle.encrypt(passphrase.reveal(), Work::USUAL, &SystemEntropy)?;
    let digest = Digest::of(text.as_bytes());
    desk.engine.escrow_keys(&desk.actor, digest).await?;
    files::write_private(file, text.as_bytes())
        .map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    for name in bundle.names() {
        out::line(name);
    }
    out::line(format_args!(
        "are in {}, SHA-256 {digest}. Keep it, and its passphrase, apart from each other and from the server.",
        file.display()
    ));
    Ok(())
}

/// Restores the keys.
pub(super) fn restore(file: &Path, folder: &Path, passphrase_file: Option<&Path>) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    let passphrase = passphrase(passphrase_file, false)?;
    let bundle = Bundle::decrypt(&text, passphrase.reveal())?;
    bundle.restore(folder)?;
    for name in bundle.names() {
        out::line(folder.join(name).display());
    }
    out::line("Point keys.folder at the folder, and move the passphrase away from the keys.");
    Ok(())
}

/// From the file that is named, the environment, or the terminal; a new one is asked for twice.
fn passphrase(file: Option<&Path>, new: bool) -> Result<Secret, Failure> {
    if let Some(file) = file {
        return secret_file("--passphrase-file", file);
    }
    if let Some(given) = variable(VARIABLE) {
        return Ok(given);
    }
    let first = ask("Passphrase of the escrow: ")?;
    if new && ask("The same again: ")?.reveal() != first.reveal() {
        return Err(Failure::failed("the two passphrases differ"));
    }
    Ok(first)
}

/// The usual name of a sealing key's file.
const fn file_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::EraseCredential => "erase.key",
        Purpose::ProbeCredential => "probe.key",
        Purpose::Record => "record.key",
    }
}

fn line(text: &str) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(text.as_bytes().to_vec());
    bytes.push(b'\n');
    bytes
}
