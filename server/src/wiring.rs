//! From settings and a role to an engine: each process is given the ports it may have, and no others.

use std::path::Path;
use std::sync::Arc;

use connectors::registry::Registry;
use domain::job::Queue;
use domain::port::mailer::Mailer;
use domain::port::store::{Store, StoreError};
use domain::port::vault::Purpose;
use domain::time::{Clock, Entropy};
use engine::{Engine, Ports};
use storage::{Database, OpenError};
use vault::keys::generate_file;
use vault::seal::SharedKey;
use vault::{IssuerError, IssuerKeys, IssuerSettings, KeyError, KeyRing, PurposeKeys, Source, SourceError, SystemClock, SystemEntropy};

use crate::config::{Config, MailTo};
use crate::mail::{FolderMailer, MailSetupError, SmtpMailer};

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Everything, in one process.
    All,
    /// Erases, issues, sends mail and keeps the log; holds no probe credentials.
    Eraser,
    /// Plans and verifies; holds neither erase credentials nor signing keys.
    Verifier,
    /// A person at the command line; leases no jobs.
    #[value(skip)]
    Desk,
}

impl Role {
    /// The queues it works on.
    pub const fn queues(self) -> &'static [Queue] {
        match self {
            Self::All => &Queue::ALL,
            Self::Eraser => &[Queue::EraseStep, Queue::Issue, Queue::Mail, Queue::Process],
            Self::Verifier => &[Queue::Probe],
            Self::Desk => &[],
        }
    }

    /// The sealing keys it is given.
    pub const fn purposes(self) -> &'static [Purpose] {
        match self {
            Self::All | Self::Desk => &Purpose::ALL,
            Self::Eraser => &[Purpose::EraseCredential, Purpose::Record],
            Self::Verifier => &[Purpose::ProbeCredential, Purpose::Record],
        }
    }

    const fn signs(self) -> bool {
        matches!(self, Self::All | Self::Eraser)
    }

    const fn erases(self) -> bool {
        matches!(self, Self::All | Self::Eraser)
    }

    const fn probes(self) -> bool {
        !matches!(self, Self::Eraser)
    }
}

/// A process, wired.
pub struct Wired {
    /// The use cases.
    pub engine: Engine,
    /// Our own database.
    pub database: Database,
    /// The signing keys, where the role signs.
    pub issuer: Option<Arc<IssuerKeys>>,
}

/// The process cannot be wired; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// The data folder cannot be made.
    #[error("data_dir: {folder} cannot be made")]
    Folder {
        /// Which.
        folder: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database.
    #[error("database.url: {0}")]
    Database(#[from] OpenError),
    /// The database, once open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key is missing where there is already something that keys have sealed.
    #[error(
        "{setting}: {file} is missing, but the database already holds sealed records: restore the file from its backup \
         (a new key would open nothing)"
    )]
    KeyMissing {
        /// The setting.
        setting: &'static str,
        /// The file.
        file: String,
    },
    /// A sealing key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The passphrase.
    #[error(transparent)]
    Passphrase(#[from] SourceError),
    /// Two purposes, one key.
    #[error(transparent)]
    Shared(#[from] SharedKey),
    /// The signing keys.
    #[error("the signing keys")]
    Issuer(#[from] IssuerError),
    /// The mail settings.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
}

/// Opens the database and gives the role its ports. In a new installation, keys that are missing are made.
pub async fn wire(config: &Config, role: Role) -> Result<Wired, WiringError> {
    let database = open_database(config).await?;
    let store: Arc<dyn Store> = Arc::new(database.clone());
    provide_keys(config, role, &*store).await?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let issuer = match role.signs() {
        true => Some(Arc::new(create_issuer(config)?)),
        false => None,
    };
    let registry = Arc::new(Registry::new(Arc::clone(&clock)));
    let ports = Ports {
        store,
        vault: Arc::new(key_ring(config, role)?),
        erasers: role.erases().then(|| Arc::clone(&registry) as _),
        probes: role.probes().then_some(registry as _),
        signer: issuer.clone().map(|issuer| issuer as _),
        press: role.signs().then(|| Arc::new(press::PdfPress::new()) as _),
        mailer: match role.queues().contains(&Queue::Mail) {
            true => mailer(config)?,
            false => None,
        },
        clock,
        entropy,
    };
    Ok(Wired { engine: Engine::new(ports, config.policy.clone()), database, issuer })
}

/// Opens the database; a SQLite file's folder is made when it is missing.
pub async fn open_database(config: &Config) -> Result<Database, WiringError> {
    make_folder(&config.data_dir)?;
    if let Some(folder) = config.sqlite_file().as_deref().and_then(Path::parent) {
        make_folder(folder)?;
    }
    Ok(storage::open(&config.database_url).await?)
}

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
    Ok(IssuerKeys::open(issuer_settings(config), passphrase, Arc::new(SystemEntropy))?)
}

/// The signing keys; made where there are none yet.
pub fn create_issuer(config: &Config) -> Result<IssuerKeys, WiringError> {
    let settings = issuer_settings(config);
    if let (Some(file), false) = (missing(&config.keys.passphrase), settings.folder.join("keys.json").exists()) {
        write_passphrase(file)?;
    }
    let passphrase = config.keys.passphrase.read("keys.passphrase_file")?;
    Ok(IssuerKeys::open_or_create(settings, passphrase, Arc::new(SystemEntropy), SystemClock.now())?)
}

fn issuer_settings(config: &Config) -> IssuerSettings {
    let origin = config.keys.log_origin.clone().or_else(|| kept_origin(&config.keys.folder));
    IssuerSettings::new(&config.keys.folder, origin.unwrap_or_else(|| usual_origin(&config.policy.public_url)))
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
async fn provide_keys(config: &Config, role: Role, store: &dyn Store) -> Result<(), WiringError> {
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
            (Some(file), true, Role::All | Role::Desk) => generate_file(file, purpose, &SystemEntropy)?,
            (Some(file), false, Role::All) => {
                return Err(WiringError::KeyMissing { setting, file: file.display().to_string() });
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
    crate::files::write_private(file, text.as_bytes())
        .map_err(|source| WiringError::Folder { folder: file.display().to_string(), source })
}

fn make_folder(folder: &Path) -> Result<(), WiringError> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    crate::files::make_private_folder(folder)
        .map_err(|source| WiringError::Folder { folder: folder.display().to_string(), source })
}

fn mailer(config: &Config) -> Result<Option<Arc<dyn Mailer>>, WiringError> {
    let host = host_of(&config.policy.public_url);
    Ok(match &config.mail {
        MailTo::Nowhere => None,
        MailTo::Smtp { url, from } => Some(Arc::new(SmtpMailer::new(url, from, host)?)),
        MailTo::Folder { folder, from } => Some(Arc::new(FolderMailer::new(folder.clone(), from, host)?)),
    })
}

/// The host name in a URL, for Message-IDs.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or("localhost")
}
