//! From settings and a role to an engine: each process is given the ports it may have, and no others.

mod keys;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use connectors::registry::Registry;
use domain::job::Queue;
use domain::port::mailer::Mailer;
use domain::port::store::{Store, StoreError};
use domain::port::vault::Purpose;
use domain::time::{Clock, Entropy};
use engine::{Engine, Ports};
use storage::{Database, OpenError};
use vault::seal::SharedKey;
use vault::{IssuerError, IssuerKeys, KeyError, SourceError, SystemClock, SystemEntropy};

pub use keys::{create_issuer, key_ring, open_issuer};

use crate::archive::{ArchiveSetupError, BucketArchive};
use crate::config::{Config, MailTo};
use crate::destroyed::DestroyedKeys;
use crate::mail::{FolderMailer, Hop, MailSetupError, SmtpMailer};

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Everything, in one process.
    All,
    /// Erases, issues, sends mail and keeps the log; holds no probe credentials.
    #[value(alias = "worker")]
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
    /// The Maildir into which mails come back, where the role sends them.
    pub bounces: Option<PathBuf>,
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
    /// The second place of certificates.
    #[error("certificates.copy: {0}")]
    Archive(#[from] ArchiveSetupError),
    /// The mail settings.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
}

/// Opens the database and gives the role its ports. In a new installation, keys that are missing are made.
pub async fn wire(config: &Config, role: Role) -> Result<Wired, WiringError> {
    let database = open_database(config).await?;
    let store: Arc<dyn Store> = Arc::new(database.clone());
    keys::provide_keys(config, role, &*store).await?;
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
        keeper: issuer.clone().map(|issuer| issuer as _),
        press: role.signs().then(|| Arc::new(press::PdfPress::new()) as _),
        destroyed: Some(Arc::new(DestroyedKeys::of(&config.data_dir))),
        mailer: match role.queues().contains(&Queue::Mail) {
            true => mailer(config)?,
            false => None,
        },
        archive: match (&config.copy, role.queues().contains(&Queue::Issue)) {
            (Some(copy), true) => Some(Arc::new(BucketArchive::new(copy)?)),
            _ => None,
        },
        clock,
        entropy,
    };
    Ok(Wired {
        engine: Engine::new(ports, config.policy.clone()),
        database,
        issuer,
        bounces: config
            .deliveries
            .bounces
            .clone()
            .filter(|_| role.queues().contains(&Queue::Mail)),
    })
}

/// Opens the database; a SQLite file's folder is made when it is missing.
pub async fn open_database(config: &Config) -> Result<Database, WiringError> {
    make_folder(&config.data_dir)?;
    if let Some(folder) = config.sqlite_file().as_deref().and_then(Path::parent) {
        make_folder(folder)?;
    }
    Ok(storage::open(&config.database_url).await?)
}

fn make_folder(folder: &Path) -> Result<(), WiringError> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    crate::files::make_private_folder(folder).map_err(|source| WiringError::Folder {
        folder: folder.display().to_string(),
        source,
    })
}

fn mailer(config: &Config) -> Result<Option<Arc<dyn Mailer>>, WiringError> {
    let host = host_of(&config.policy.public_url);
    Ok(match &config.mail {
        MailTo::Nowhere => None,
        MailTo::Smtp { .. } => smtp_mailer(config)?.map(|mailer| Arc::new(mailer) as _),
        MailTo::Folder { folder, from } => Some(Arc::new(FolderMailer::new(folder.clone(), from, host)?)),
    })
}

/// The way to the next hop, where mail goes to one.
pub fn smtp_mailer(config: &Config) -> Result<Option<SmtpMailer>, MailSetupError> {
    let MailTo::Smtp {
        url,
        from,
        ca_file,
        return_path,
    } = &config.mail
    else {
        return Ok(None);
    };
    let root = ca_file.as_deref().map(|file| {
        let wrong = |error| MailSetupError::Root(format!("{} cannot be read: {error}", file.display()));
        std::fs::read(file).map_err(wrong)
    });
    let root = root.transpose()?;
    let hop = Hop {
        url,
        root: root.as_deref(),
        return_path: return_path.as_deref(),
    };
    SmtpMailer::new(&hop, from, host_of(&config.policy.public_url)).map(Some)
}

/// The host name in a URL, for Message-IDs.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or("localhost")
}
