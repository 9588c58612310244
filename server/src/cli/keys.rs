//! `lethe keys`: sealing and signing keys.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use domain::actor::Permission;
use domain::port::signer::Signer as _;
use domain::port::vault::Purpose;
use domain::time::{Clock as _, Timestamp};
use serde_json::json;
use vault::keys::{generate_file, rotate_file};
use vault::pdf_seal::SealRecord;
use vault::{IssuerKeys, KeyRecord, Kind, SealAlgorithm, Source, SystemClock, SystemEntropy};

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
    /// Seals credentials that can delete
    Erase,
    /// Seals credentials that can only look
    Probe,
    /// Seals identifiers and samples
    Record,
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        match self {
            Self::Init => init(&settings(options)?),
            Self::List => list(&settings(options)?, options.json),
            Self::Rotate { which } => rotate(&Desk::open(options).await?, which),
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
            Source::Credential(file) => out::line(format_args!("kept {} (systemd credential)", file.display())),
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
    let now = SystemClock.now();
    let (records, seals) = (keys.records()?, keys.seal_records()?);
    if as_json {
        let row = |key: &KeyRecord| {
            json!({ "kind": key.kind.word(), "kid": key.kid, "not_before": key.not_before, "not_after": key.not_after,
                "retired_at": key.retired_at })
        };
        let seal = |(algorithm, seal): &(SealAlgorithm, SealRecord)| {
            json!({ "algorithm": algorithm.word(), "name": seal.name(), "not_before": seal.not_before,
                "not_after": seal.not_after, "retired_at": seal.retired_at })
        };
        out::json(
            &json!({ "origin": keys.log_origin(), "keys": records.iter().map(row).collect::<Vec<_>>(),
                "seals": seals.iter().map(seal).collect::<Vec<_>>() }),
        );
        return Ok(());
    }
    let state = |retired_at: Option<Timestamp>, signs: bool, ends_soon: bool| match retired_at {
        Some(at) => format!("retired {}", at.date()),
        None if signs && ends_soon => "signs, ends soon: rotate it".into(),
        None if signs => "signs".into(),
        None => "expired: rotate it".to_owned(),
    };
    let row = |key: &KeyRecord| {
        [
            key.kind.word().to_owned(),
            key.kid.clone(),
            key.not_before.date().to_string(),
            key.not_after.date().to_string(),
            state(key.retired_at, key.may_sign(now), key.expires_soon(now)),
        ]
    };
    let seal = |(algorithm, seal): &(SealAlgorithm, SealRecord)| {
        [
            format!("{} seal", algorithm.word()),
            seal.name(),
            seal.not_before.date().to_string(),
            seal.not_after.date().to_string(),
            state(seal.retired_at, seal.may_sign(now), seal.expires_soon(now)),
        ]
    };
    let rows: Vec<_> = records.iter().map(row).chain(seals.iter().map(seal)).collect();
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

fn rotate(desk: &Desk, which: Which) -> Result<(), Failure> {
    desk.actor.require(Permission::RotateKeys)?;
    let config = &desk.config;
    let kind = match which {
        Which::Document => Kind::Document,
        Which::Log => Kind::Log,
        Which::Seal => return rotate_seals(config),
        Which::Erase => return rotate_sealing(config, Purpose::EraseCredential),
        Which::Probe => return rotate_sealing(config, Purpose::ProbeCredential),
        Which::Record => return rotate_sealing(config, Purpose::Record),
    };
    let fresh = open_issuer(config)?.rotate(kind, SystemClock.now())?;
    out::line(format_args!(
        "{kind} key {} signs from now until {}",
        fresh.kid,
        fresh.not_after.date()
    ));
    out::line(
        "Running processes notice before their next signature. Publish the new public keys: lethe keys export FOLDER",
    );
    Ok(())
}

fn rotate_seals(config: &Config) -> Result<(), Failure> {
    for (algorithm, seal) in open_issuer(config)?.rotate_seals(SystemClock.now())? {
        let (word, until) = (algorithm.word(), seal.not_after.date());
        out::line(format_args!(
            "{word} seal {} signs from now until {until}",
            seal.name()
        ));
    }
    out::line("Running processes notice before they seal the next certificate.");
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
