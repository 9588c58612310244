//! Backups, which run out by themselves: the probe lists every set that is still there and re-reads the rule that ends
//! them. A rule that is written down and not applied is not in force.

#[cfg(feature = "probe")]
use std::sync::Arc;

use domain::inventory::{Handling, System};
use domain::port::connector::ConnectorError;
#[cfg(feature = "probe")]
use domain::port::probe::BackupProbe;
#[cfg(feature = "probe")]
use domain::secret::Secret;

use crate::registry::Kind;
use crate::{s3, settings};

#[cfg(feature = "probe")]
mod command;
#[cfg(feature = "probe")]
mod lifecycle;
#[cfg(feature = "probe")]
mod pgbackrest;
#[cfg(feature = "probe")]
mod restic;
#[cfg(feature = "probe")]
mod retention;

/// The kind, for the registry.
pub(crate) const KIND: Kind = Kind {
    name: "backup",
    handling: Handling::Expire,
    check,
    #[cfg(feature = "erase")]
    eraser: None,
    #[cfg(feature = "probe")]
    probe: None,
    #[cfg(feature = "probe")]
    backups: Some(backups),
};

/// What keeps the sets.
#[cfg_attr(
    not(feature = "probe"),
    expect(dead_code, reason = "without its probe a source is only checked")
)]
enum Source {
    Restic {
        repository: String,
        policy_file: String,
    },
    PgBackRest {
        config_file: String,
        stanza: String,
        repo: u64,
        full_every_days: i32,
    },
    S3Lifecycle {
        settings: s3::config::Settings,
        prefix: String,
    },
}

/// How many days a set may outstay its rule: the run that ends sets is scheduled, and may be late.
const GRACE: &str = "grace_days";
const DEFAULT_GRACE: i32 = 2;

/// The days between full backups where nothing is set.
const DEFAULT_FULL_EVERY: i32 = 7;

impl Source {
    fn read(system: &System) -> Result<(Self, i32), ConnectorError> {
        let grace = days(system, GRACE, DEFAULT_GRACE)?;
        let text = |key: &str, what: &str| settings::text(system, key, what).map(str::to_owned);
        let name = text("source", "restic, pgbackrest or s3_lifecycle")?;
        let source = match name.as_str() {
            "restic" => {
                settings::only(system, &["source", GRACE, "repository", "policy_file"])?;
                Self::Restic {
                    repository: text("repository", "the repository as restic is told it")?,
                    policy_file: text("policy_file", "the file that holds the scheduled forget policy")?,
                }
            }
            "pgbackrest" => {
                settings::only(
                    system,
                    &[
                        "source",
                        GRACE,
                        "config_file",
                        "stanza",
                        "repo",
                        "full_every_days",
                    ],
                )?;
                let repo = system
                    .config
                    .get("repo")
                    .map_or(Some(1), serde_json::Value::as_u64);
                Self::PgBackRest {
                    config_file: text("config_file", "the path of pgbackrest.conf")?,
                    stanza: text("stanza", "the stanza's name")?,
                    repo: repo
                        .filter(|number| (1..=256).contains(number))
                        .ok_or_else(|| settings::wrong("config.repo", "expected 1 to 256"))?,
                    full_every_days: days(system, "full_every_days", DEFAULT_FULL_EVERY)?,
                }
            }
            "s3_lifecycle" => {
                let known = ["source", GRACE, "prefix"]
                    .into_iter()
                    .chain(s3::config::NAMES)
                    .collect::<Vec<_>>();
                settings::only(system, &known)?;
                let prefix = match system.config.contains_key("prefix") {
                    true => text("prefix", "the beginning of the backups' keys")?,
                    false => String::new(),
                };
                Self::S3Lifecycle {
                    settings: s3::config::Settings::read(system)?,
                    prefix,
                }
            }
            _ => {
                return Err(settings::wrong(
                    "config.source",
                    "expected restic, pgbackrest or s3_lifecycle",
                ));
            }
        };
        Ok((source, grace))
    }
}

fn days(system: &System, key: &str, default: i32) -> Result<i32, ConnectorError> {
    let number = match system.config.get(key) {
        None => Some(default),
        Some(value) => value
            .as_u64()
            .and_then(|number| i32::try_from(number).ok())
            .filter(|number| *number <= 366),
    };
    number.ok_or_else(|| settings::wrong(&format!("config.{key}"), "expected 0 to 366 days"))
}

fn check(system: &System) -> Result<(), ConnectorError> {
    Source::read(system).map(|_| ())
}

#[cfg(feature = "probe")]
fn backups(system: &System, credential: &Secret) -> Result<Arc<dyn BackupProbe>, ConnectorError> {
    let timeout = settings::timeout(system)?;
    let (source, grace) = Source::read(system)?;
    Ok(match source {
        Source::Restic {
            repository,
            policy_file,
        } => {
            let env = command::environment(credential, Some("RESTIC_PASSWORD"), restic::VARIABLES)?;
            Arc::new(restic::Restic {
                repository,
                policy_file,
                grace,
                env,
                timeout,
            })
        }
        Source::PgBackRest {
            config_file,
            stanza,
            repo,
            full_every_days,
        } => {
            let env = command::environment(credential, None, pgbackrest::VARIABLES)?;
            Arc::new(pgbackrest::PgBackRest {
                config_file,
                stanza,
                repo,
                full_every_days,
                grace,
                env,
                timeout,
            })
        }
        Source::S3Lifecycle { settings, prefix } => {
            let client = settings.client(credential, 3)?;
            Arc::new(lifecycle::Lifecycle {
                client,
                bucket: settings.bucket,
                prefix,
                grace,
                timeout,
            })
        }
    })
}
