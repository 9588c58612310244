//! Keys of a process: read, and made where an installation holds nothing yet.

use std::path::Path;
use std::sync::Arc;

use domain::port::store::Store;
use domain::port::vault::Purpose;
use domain::time::{Clock as _, Entropy as _};
use vault::keys::generate_file;
use vault::{IssuerKeys, IssuerSettings, KeyRing, PurposeKeys, Source, SystemClock, SystemEntropy};

use super::{Role, WiringError, make_folder};
use crate::config::Config;

/// The sealing keys of a role. At the desk, those of other machines may be missing: what needs them says so.
pub fn key_ring(config: &Config, role: Role) -> Result<KeyRing, WiringError> {
    let mut keys = Vec::new();
    for purpose in role.purposes() {
        let (setting, source) = config.keys.source(*purpose);
        if role == Role::Desk && missing(source).is_some() {
            continue;
        }
        keys.push((*purpose, PurposeKeys::read(setting, *purpose, source)?));
    }
    Ok(KeyRing::new(keys, Arc::new(SystemEntropy))?)
}

/// The signing keys as they are.
pub fn open_issuer(config: &Config) -> Result<IssuerKeys, WiringError> {
    let passphrase = config.keys.passphrase.read("keys.passphrase_file")?;
    Ok(IssuerKeys::open(
        issuer_settings(config),
        passphrase,
        Arc::new(SystemEntropy),
    )?)
}

/// The signing keys; made where there are none yet.
pub fn create_issuer(config: &Config) -> Result<IssuerKeys, WiringError> {
    let settings = issuer_settings(config);
    if let (Some(file), false) = (
        missing(&config.keys.passphrase),
        settings.folder.join("keys.json").exists(),
    ) {
        // Where the operator names another place, that place is where it must come from.
        if file.parent() == Some(settings.folder.as_path()) {
            write_passphrase(file)?;
        }
    }
    let passphrase = config.keys.passphrase.read("keys.passphrase_file")?;
    Ok(IssuerKeys::open_or_create(
        settings,
        passphrase,
        Arc::new(SystemEntropy),
        SystemClock.now(),
    )?)
}

fn issuer_settings(config: &Config) -> IssuerSettings {
    let origin = config
        .keys
        .log_origin
        .clone()
        .or_else(|| kept_origin(&config.keys.folder));
    let origin = origin.unwrap_or_else(|| usual_origin(&config.policy.public_url));
    IssuerSettings {
        seals: config.keys.seals.clone(),
        ..IssuerSettings::new(&config.keys.folder, origin)
    }
}

/// The log keeps the name it was made with, whatever happens to the URL.
fn kept_origin(folder: &Path) -> Option<String> {
    let text = std::fs::read(folder.join("keys.json")).ok()?;
    let ledger: serde_json::Value = serde_json::from_slice(&text).ok()?;
    ledger["origin"].as_str().map(str::to_owned)
}

fn usual_origin(public_url: &str) -> String {
    let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    format!("{host}/log")
}

/// The file of a source, where it is not there.
fn missing(source: &Source) -> Option<&Path> {
    match source {
        Source::File(file) if !file.exists() => Some(file),
        _ => None,
    }
}

/// Makes the sealing keys that are missing, in an installation that has not sealed anything yet.
pub(super) async fn provide_keys(config: &Config, role: Role, store: &dyn Store) -> Result<(), WiringError> {
    let absent = |purpose: &&Purpose| missing(config.keys.source(**purpose).1).is_some();
    let absent: Vec<Purpose> = role.purposes().iter().filter(absent).copied().collect();
    if absent.is_empty() {
        return Ok(());
    }
    let mut tx = store.read().await?;
    let fresh = tx.people().list().await?.is_empty() && tx.inventory().latest().await?.is_none();
    drop(tx);
    for purpose in absent {
        let (setting, source) = config.keys.source(purpose);
        match (missing(source), fresh, role) {
            (Some(file), true, Role::All | Role::Desk)
                if file.parent() == Some(config.keys.folder.as_path()) =>
            {
                generate_file(file, purpose, &SystemEntropy)?
            }
            (Some(file), false, Role::All) => {
                return Err(WiringError::KeyMissing {
                    setting,
                    file: file.display().to_string(),
                });
            }
            // A verifier or an eraser reads its keys next, and names the missing one.
            _ => {}
        }
    }
    Ok(())
}

/// 256 random bits, so that zero configuration is still encrypted at rest. Whoever cares keeps it elsewhere.
fn write_passphrase(file: &Path) -> Result<(), WiringError> {
    let mut random = zeroize::Zeroizing::new([0; 32]);
    SystemEntropy.fill(&mut random[..]);
    let text = zeroize::Zeroizing::new(hex::encode(&random[..]) + "\n");
    file.parent().map_or(Ok(()), make_folder)?;
    crate::files::write_private(file, text.as_bytes()).map_err(|source| WiringError::Folder {
        folder: file.display().to_string(),
        source,
    })
}
