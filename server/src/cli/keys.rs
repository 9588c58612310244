//! `lethe keys`: sealing and signing keys.

mod escrow;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use domain::actor::Permission;
use domain::key::{KeyAccount, KeyKind, KeyState, ending};
use domain::port::keeper::KeyKeeper as _;
use domain::port::signer::Signer as _;
use domain::port::vault::Purpose;
use domain::time::{Clock as _, Timestamp};
use serde_json::json;
use vault::keys::{generate_file, rotate_file};
use vault::{IssuerKeys, Source, SystemClock, SystemEntropy};

use super::desk::{Desk, settings};
use super::{Failure, Options, out};
use crate::config::Config;
use crate::files;
use crate::wiring::{create_issuer, open_issuer};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make the keys that are missing, and none besides
    Init,
    /// List signing keys with their dates, and where the sealing keys are
    List,
    /// Put a fresh key in place of one; what the old one signed or sealed can still be read (administrators)
    Rotate {
        /// Which
        #[arg(value_enum)]
        which: Which,
        /// Why; it stands in the log
        #[arg(long, default_value = "planned rotation")]
        reason: String,
    },
    /// Publish a key ahead: it takes over by itself after some days (administrators)
    Next {
        /// Which
        #[arg(value_enum)]
        which: NextOf,
        /// In how many days it takes over
        #[arg(long = "in-days", default_value_t = 14, value_name = "DAYS")]
        in_days: u16,
        /// Why; it stands in the log
        #[arg(long, default_value = "planned rotation")]
        reason: String,
    },
    /// Mark a key that somebody else may have had; another takes its place at once (administrators)
    Compromised {
        /// Its name, as lethe keys list shows it
        key: String,
        /// Since when, such as 2026-03-31T12:00:00Z; absent where nobody knows
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
        /// Why it is thought so; it stands in the log
        #[arg(long)]
        reason: String,
    },
    /// Write every private key, and the passphrase that opens them, into one encrypted file for a safe place outside
    /// (administrators)
    Escrow {
        /// The file; it must not exist yet
        file: PathBuf,
        /// A file with the passphrase of the escrow; asked for, when absent
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Restore the keys of an escrow file into a folder that is empty
    Unescrow {
        /// The escrow file
        file: PathBuf,
        /// The folder
        folder: PathBuf,
        /// A file with the passphrase of the escrow; asked for, when absent
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Print the public document keys (JWK set)
    Jwks,
    /// Write what outsiders need to check certificates into a folder
    Export {
        /// The folder
        folder: PathBuf,
    },
}

/// A key that rotates.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Which {
    /// Signs statements and documents
    Document,
    /// Signs checkpoints of the log
    Log,
    /// Seals PDFs, for viewers
    Seal,
    /// Vouches for the seals (CA); a fresh one stands beside those before it
    Root,
    /// Seals credentials that can delete
    Erase,
    /// Seals credentials that can only look
    Probe,
    /// Seals identifiers and samples
    Record,
}

/// A key that can be published ahead.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum NextOf {
    /// Signs statements and documents
    Document,
    /// Signs checkpoints of the log
    Log,
}

impl Which {
    /// The kind of a signing key, or the purpose of a sealing key.
    const fn kind(self) -> Result<KeyKind, Purpose> {
        match self {
            Self::Document => Ok(KeyKind::Document),
            Self::Log => Ok(KeyKind::Log),
            Self::Seal => Ok(KeyKind::Seal),
            Self::Root => Ok(KeyKind::Root),
            Self::Erase => Err(Purpose::EraseCredential),
            Self::Probe => Err(Purpose::ProbeCredential),
            Self::Record => Err(Purpose::Record),
        }
    }
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        match self {
            Self::Init => init(&settings(options)?),
            Self::List => list(&settings(options)?, options.json),
            Self::Rotate { which, reason } => rotate(options, which, &reason).await,
            Self::Next {
                which,
                in_days,
                reason,
            } => next(options, which, in_days, &reason).await,
            Self::Compromised { key, since, reason } => compromised(options, &key, since, &reason).await,
            Self::Escrow {
                file,
                passphrase_file,
            } => escrow::write(&keeper(options).await?, &file, passphrase_file.as_deref()).await,
            Self::Unescrow {
                file,
                folder,
                passphrase_file,
            } => escrow::restore(&file, &folder, passphrase_file.as_deref()),
            Self::Jwks => {
                let keys = open_issuer(&settings(options)?)?;
                out::line(keys.document_keys()?.to_json());
                Ok(())
            }
            Self::Export { folder } => export(&open_issuer(&settings(options)?)?, &folder),
        }
    }
}

fn init(config: &Config) -> Result<(), Failure> {
    for purpose in Purpose::ALL {
        let (setting, source) = config.keys.source(purpose);
        match source {
            Source::File(file) if !file.exists() => {
                generate_file(file, purpose, &SystemEntropy)?;
                out::line(format_args!("made {}", file.display()));
            }
            Source::File(file) => out::line(format_args!("kept {}", file.display())),
            Source::Credential(file) => {
                out::line(format_args!("kept {} (systemd credential)", file.display()))
            }
            Source::Value(_) => out::line(format_args!("{setting} comes from the environment")),
        }
    }
    let keys = create_issuer(config)?;
    out::line(format_args!(
        "signing keys of the log {} are in {}",
        keys.log_origin(),
        config.keys.folder.display()
    ));
    Ok(())
}

fn list(config: &Config, as_json: bool) -> Result<(), Failure> {
    let keys = open_issuer(config)?;
    let (now, all) = (SystemClock.now(), keys.keys()?);
    let soon = ending(&all, now);
    let ends_soon = |key: &KeyAccount| soon.iter().any(|one| one.key.id == key.id);
    if as_json {
        let row = |key: &KeyAccount| {
            json!({ "kind": key.kind, "kid": key.id, "algorithm": key.algorithm, "not_before": key.not_before,
                "signs_from": key.signs_from, "not_after": key.not_after, "retired_at": key.retired_at,
                "compromised": key.compromise, "state": key.state(&all, now), "ends_soon": ends_soon(key) })
        };
        out::json(&json!({ "origin": keys.log_origin(), "keys": all.iter().map(row).collect::<Vec<_>>() }));
        return Ok(());
    }
    let state = |key: &KeyAccount| match key.state(&all, now) {
        KeyState::Next => "published, signs later".to_owned(),
        KeyState::Signs if ends_soon(key) => "signs, ends soon: rotate it".into(),
        KeyState::Signs => "signs".into(),
        KeyState::Idle => "another signs in its place".into(),
        KeyState::Expired => "expired: rotate it".into(),
        KeyState::Retired => format!("retired {}", key.retired_at.unwrap_or(key.not_after).date()),
        KeyState::Compromised => match key.compromise.as_ref().and_then(|mark| mark.since) {
            Some(since) => format!("compromised since {}", since.date()),
            None => "compromised".into(),
        },
    };
    let row = |key: &KeyAccount| {
        let kind = match key.kind {
            KeyKind::Document | KeyKind::Log => key.kind.word().to_owned(),
            KeyKind::Seal | KeyKind::Root => format!("{} {}", key.algorithm, key.kind),
        };
        [
            kind,
            key.id.clone(),
            key.signs_from.date().to_string(),
            key.not_after.date().to_string(),
            state(key),
        ]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    out::fact("log", keys.log_origin());
    out::table(
        ["KIND", "KEY", "FROM", "UNTIL", "STATE"],
        &rows,
        "there are no signing keys",
    );
    for purpose in Purpose::ALL {
        let place = match config.keys.source(purpose).1 {
            Source::File(file) if file.exists() => file.display().to_string(),
            Source::File(file) => format!("{} is not here", file.display()),
            Source::Credential(file) => format!("{} (systemd credential)", file.display()),
            Source::Value(_) => "from the environment".into(),
        };
        out::fact(&purpose.word().replace('_', " "), place);
    }
    Ok(())
}

/// The desk with the folder of keys in reach.
async fn keeper(options: &Options) -> Result<Desk, Failure> {
    let mut desk = Desk::open(options).await?;
    desk.actor
        .require(Permission::RotateKeys)
        .map_err(engine::Error::from)?;
    desk.engine = desk.engine.with_keeper(Arc::new(open_issuer(&desk.config)?));
    Ok(desk)
}

async fn rotate(options: &Options, which: Which, reason: &str) -> Result<(), Failure> {
    let kind = match which.kind() {
        Ok(kind) => kind,
        Err(purpose) => {
            let desk = Desk::open(options).await?;
            desk.actor
                .require(Permission::RotateKeys)
                .map_err(engine::Error::from)?;
            return rotate_sealing(&desk.config, purpose);
        }
    };
    let desk = keeper(options).await?;
    let done = desk.engine.rotate_key(&desk.actor, kind, reason).await?;
    for fresh in &done.fresh {
        let until = fresh.not_after.date();
        out::line(match kind {
            KeyKind::Root => format!("root {} stands beside those before it, until {until}", fresh.id),
            _ => format!("{kind} key {} signs from now until {until}", fresh.id),
        });
    }
    out::line(match kind {
        KeyKind::Root => {
            "Publish it (lethe keys export FOLDER); the next seal stands under it: lethe keys rotate seal"
        }
        KeyKind::Seal => "Running processes notice before they seal the next certificate.",
        _ => {
            "Running processes notice before their next signature. Publish the new public keys: lethe keys export FOLDER"
        }
    });
    Ok(())
}

async fn next(options: &Options, which: NextOf, days: u16, reason: &str) -> Result<(), Failure> {
    let desk = keeper(options).await?;
    let kind = match which {
        NextOf::Document => KeyKind::Document,
        NextOf::Log => KeyKind::Log,
    };
    let from = SystemClock
        .now()
        .after(Duration::from_secs(u64::from(days) * 24 * 3600));
    let key = desk.engine.prepare_key(&desk.actor, kind, from, reason).await?;
    out::line(format_args!(
        "{kind} key {} is published, and signs from {} until {}",
        key.id,
        key.signs_from,
        key.not_after.date()
    ));
    out::line("Tell those who check offline: lethe keys export FOLDER");
    Ok(())
}

async fn compromised(
    options: &Options,
    key: &str,
    since: Option<Timestamp>,
    reason: &str,
) -> Result<(), Failure> {
    let desk = keeper(options).await?;
    let (done, stake) = desk
        .engine
        .mark_key_compromised(&desk.actor, key, since, reason)
        .await?;
    out::line(format_args!(
        "{} key {key} is marked as compromised; it never signs again",
        stake.key.kind
    ));
    for fresh in &done.fresh {
        out::line(format_args!(
            "{} key {} signs in its place from now on",
            fresh.kind, fresh.id
        ));
    }
    let rows: Vec<_> = stake
        .certificates
        .iter()
        .map(|signed| {
            let when = match since.is_none_or(|since| signed.signed_at >= since) {
                true => "since then",
                false => "before",
            };
            [
                signed.code.clone(),
                signed.signed_at.date().to_string(),
                when.to_owned(),
            ]
        })
        .collect();
    out::table(
        ["CERTIFICATE", "SIGNED", "WHEN"],
        &rows,
        "it signed no certificate that stands",
    );
    out::line(
        "They are attested again under the new key, and the status list says so, as soon as a process that signs runs.",
    );
    Ok(())
}

fn rotate_sealing(config: &Config, purpose: Purpose) -> Result<(), Failure> {
    let (setting, source) = config.keys.source(purpose);
    let Source::File(file) = source else {
        return Err(Failure::failed(format!(
            "{setting}: the key comes from the environment or from systemd: put a fresh one in front there"
        )));
    };
    rotate_file(setting, file, purpose, &SystemEntropy)?;
    out::line(format_args!(
        "{} now begins with a fresh {} key; the old one stays behind it",
        file.display(),
        purpose.word()
    ));
    out::line(
        "Restart every process that holds this key, then apply the inventory again to seal its credentials anew.",
    );
    Ok(())
}

fn export(keys: &IssuerKeys, folder: &Path) -> Result<(), Failure> {
    let public = keys.public_keys(SystemClock.now())?;
    std::fs::create_dir_all(folder)?;
    let log_keys: String = keys.log_keys()?.iter().map(|key| format!("{key}\n")).collect();
    let roots = public.root_certificates();
    let texts = [
        ("jwks.json", public.jwks_json.as_bytes()),
        ("public.pem", public.public_pem.as_bytes()),
        ("allowed_signers", public.allowed_signers.as_bytes()),
        ("log.pem", public.log_pem.as_bytes()),
        ("log.vkey", log_keys.as_bytes()),
        ("ca.pem", roots.as_bytes()),
    ];
    let texts = texts.map(|(name, text)| (name.to_owned(), text));
    for (name, bytes) in texts.into_iter().chain(public.revocation_lists()) {
        let path = folder.join(name);
        files::write_whole(&path, bytes)
            .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
        out::line(path.display());
    }
    Ok(())
}
