//! Settings: `lethe.toml`, overlaid by the environment. Each is read once, checked, and named in every complaint.
//!
//! A setting `rules.grace` is the key `grace` of the table `[rules]`, or the variable `LETHE_RULES_GRACE`. Secrets are
//! never settings of the file: they come from files of their own, or from the environment.

mod delivery;
mod drills;
mod reader;
mod settings;

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::drift::Tolerance;
use domain::nonce::NonceRule;
use domain::port::vault::Purpose;
use domain::signature::cosignature::WitnessKey;
use engine::{Issuer, Policy, SignInRules};
use vault::{SealAlgorithm, Source};

pub use delivery::{CopyTo, Deliveries};
pub use reader::ConfigError;
pub use settings::{SETTINGS, Setting, strange_variables};

use reader::Reader;

use crate::http::Readers;

/// Seconds of a day.
const DAY: u64 = 24 * 3600;
/// How long certificates and the log are kept at least (C6).
const PROOF_KEPT: Duration = Duration::from_secs(7 * 366 * DAY);

/// The name of the file of settings.
pub const FILE: &str = "lethe.toml";

/// Everything that an operator sets.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where Lethe keeps its files.
    pub data_dir: PathBuf,
    /// URL of the database.
    pub database_url: String,
    /// Where the web server listens.
    pub listen: std::net::SocketAddr,
    /// A folder with what the browser loads, in place of what the program holds.
    pub site_dir: Option<PathBuf>,
    /// Who may read the figures.
    pub metrics: Readers,
    /// The rules of the engine.
    pub policy: Policy,
    /// Where keys come from.
    pub keys: Keys,
    /// Where mail goes.
    pub mail: MailTo,
    /// How it is learnt what became of mails.
    pub deliveries: Deliveries,
    /// The second place of certificates.
    pub copy: Option<CopyTo>,
    /// How the application log is written.
    pub log: LogSettings,
    /// Jobs at the same time.
    pub concurrency: usize,
}

/// Where keys come from.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The folder of signing keys, and of the others where nothing else is set.
    pub folder: PathBuf,
    /// The key that seals credentials which can delete.
    pub erase: Source,
    /// The key that seals credentials which can only look.
    pub probe: Source,
    /// The key that seals identifiers and samples.
    pub record: Source,
    /// Opens the signing keys.
    pub passphrase: Source,
    /// The log's name; absent: that of the keys, else made from `public_url`.
    pub log_origin: Option<String>,
    /// How PDFs are sealed, in this order.
    pub seals: Vec<SealAlgorithm>,
}

impl Keys {
    /// Where the key of a purpose comes from, with the setting's name.
    pub fn source(&self, purpose: Purpose) -> (&'static str, &Source) {
        match purpose {
            Purpose::EraseCredential => ("keys.erase_key_file", &self.erase),
            Purpose::ProbeCredential => ("keys.probe_key_file", &self.probe),
            Purpose::Record => ("keys.record_key_file", &self.record),
        }
    }
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailTo {
    /// To the next hop.
    Smtp {
        /// `smtp://` or `smtps://`, with user and password where it asks for them.
        url: zeroize::Zeroizing<String>,
        /// The sender.
        from: String,
        /// A certificate (PEM) by which it is trusted.
        ca_file: Option<PathBuf>,
        /// Where mails that cannot be delivered come back to.
        return_path: Option<String>,
    },
    /// Into files of a folder.
    Folder {
        /// Which.
        folder: PathBuf,
        /// The sender.
        from: String,
    },
    /// Nowhere: mails stay in the outbox and their jobs are parked.
    Nowhere,
}

/// How the application log is written.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// One JSON object a line, else text.
    pub json: bool,
    /// `info`, or directives such as `info,engine=debug`.
    pub filter: String,
}

impl Config {
    /// Reads the file (one that is asked for must exist; `lethe.toml` in the working folder may be missing) and the
    /// environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut reader = Reader::open(file, FILE, |name| std::env::var(name).ok())?;
        let config = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(config)
    }

    fn read(reader: &mut Reader) -> Result<Self, ConfigError> {
        let data_dir = reader.path("data_dir")?.unwrap_or_else(|| "lethe-data".into());
        let policy = policy(reader)?;
        let keys = keys(reader, &data_dir)?;
        let database = reader.text("database.url")?;
        Ok(Self {
            database_url: database
                .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("lethe.db").display())),
            listen: reader.parsed("listen")?.unwrap_or(([127, 0, 0, 1], 8080).into()),
            site_dir: reader.path("site_dir")?,
            metrics: match reader
                .one_of("metrics", &["local", "anybody", "nobody"])?
                .as_deref()
            {
                Some("anybody") => Readers::Anybody,
                Some("nobody") => Readers::Nobody,
                _ => Readers::Local,
            },
            policy,
            keys,
            mail: mail(reader, &data_dir)?,
            deliveries: delivery::deliveries(reader)?,
            copy: delivery::copy(reader)?,
            log: LogSettings {
                json: reader.one_of("log.format", &["text", "json"])?.as_deref() == Some("json"),
                filter: reader.text("log.filter")?.unwrap_or_else(|| "info".into()),
            },
            concurrency: reader.number("worker.concurrency", 1, 256)?.unwrap_or(8) as usize,
            data_dir,
        })
    }

    /// The database is the SQLite file of the data folder or another, and not a server.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.database_url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(path.split('?').next().unwrap_or(path).into())
    }
}

fn policy(reader: &mut Reader) -> Result<Policy, ConfigError> {
    let usual = Policy::default();
    let unnamed = Issuer::default();
    let issuer = Issuer {
        name: reader.text("issuer.name")?.unwrap_or(unnamed.name),
        role: reader
            .one_of("issuer.role", &["controller", "processor"])?
            .unwrap_or(unnamed.role),
        address: reader.lines("issuer.address")?.unwrap_or(unnamed.address),
        dpo_contact: reader.text("issuer.dpo_contact")?.unwrap_or(unnamed.dpo_contact),
    };
    let drills = drills::schedule(reader)?;
    let policy = Policy {
        issuer,
        drill_gate: drills::gate(reader, drills.is_some())?,
        drills,
        zone: reader.zone("zone")?.unwrap_or(usual.zone),
        public_url: reader.web_url("public_url")?.unwrap_or(usual.public_url),
        cooling_off: reader.duration("rules.cooling_off")?.unwrap_or(usual.cooling_off),
        grace: reader.duration("rules.grace")?.unwrap_or(usual.grace),
        drift: Tolerance {
            percent: reader
                .number("rules.drift_percent", 0, 1_000)?
                .unwrap_or(usual.drift.percent),
            records: reader
                .number("rules.drift_records", 0, 1_000_000_000)?
                .unwrap_or(usual.drift.records),
        },
        nonce: match reader.one_of("sampling.nonce", &["own", "committed"])?.as_deref() {
            Some("committed") => NonceRule::Committed,
            _ => NonceRule::Own,
        },
        max_rounds: reader
            .number("rules.max_rounds", 1, 100)?
            .map_or(usual.max_rounds, |rounds| rounds as i32),
        chunk_deadline: reader
            .duration("rules.chunk_deadline")?
            .unwrap_or(usual.chunk_deadline),
        lease: reader.duration("rules.lease")?.unwrap_or(usual.lease),
        max_failures: reader
            .number("rules.max_failures", 1, 1_000)?
            .unwrap_or(usual.max_failures),
        max_probe_tries: reader
            .number("rules.max_probe_tries", 1, 1_000)?
            .unwrap_or(usual.max_probe_tries),
        spot_ids: reader
            .number("rules.spot_ids", 1, 100)?
            .map_or(usual.spot_ids, |ids| ids as usize),
        name_officers: reader
            .parsed("rules.name_officers")?
            .unwrap_or(usual.name_officers),
        name_systems: reader.parsed("rules.name_systems")?.unwrap_or(usual.name_systems),
        later_checks: later_checks(reader)?.unwrap_or(usual.later_checks),
        dispute_window: reader
            .duration("rules.dispute_window")?
            .unwrap_or(usual.dispute_window),
        download_links: delivery::download_links(reader, usual.download_links)?,
        sign_in: sign_in(reader)?,
        witnesses: witnesses(reader)?,
        mail_checkpoint: reader
            .parsed("rules.mail_checkpoint")?
            .unwrap_or(usual.mail_checkpoint),
        public_entries: reader.one_of("log_entries", &["auditors", "anybody"])?.as_deref() == Some("anybody"),
    };
    if policy.chunk_deadline < Duration::from_secs(1) || policy.lease < policy.chunk_deadline * 2 {
        return Err(reader.wrong(
            "rules.lease",
            "a lease lasts at least twice as long as rules.chunk_deadline, which is at least 1s",
        ));
    }
    let last_look = policy.later_checks.last().map_or(0, |days| u64::from(*days));
    if policy.dispute_window < Duration::from_secs(last_look * DAY) {
        return Err(reader.wrong(
            "rules.dispute_window",
            &format!(
                "is shorter than the last of rules.later_checks, {last_look} days: the samples that the look needs would be destroyed"
            ),
        ));
    }
    if policy.dispute_window > PROOF_KEPT {
        return Err(reader.wrong(
            "rules.dispute_window",
            "is longer than seven years: identifiers are not kept longer than the proof",
        ));
    }
    Ok(policy)
}

fn witnesses(reader: &mut Reader) -> Result<Vec<WitnessKey>, ConfigError> {
    let lines = reader.lines("witnesses")?.unwrap_or_default();
    let key = |line: &String| {
        let key = line.parse::<WitnessKey>();
        key.map_err(|error| reader.wrong("witnesses", &error.to_string()))
    };
    lines.iter().map(key).collect()
}

/// Days after the issue, in ascending order; `none` for no later checks.
fn later_checks(reader: &mut Reader) -> Result<Option<Vec<u16>>, ConfigError> {
    const NAME: &str = "rules.later_checks";
    let Some(text) = reader.text(NAME)? else {
        return Ok(None);
    };
    if text.trim() == "none" {
        return Ok(Some(Vec::new()));
    }
    let days: Result<Vec<u16>, _> = text.split(',').map(|day| day.trim().parse()).collect();
    let good = |days: &Vec<u16>| days.is_sorted_by(|one, next| one < next) && days.first() > Some(&0);
    match days.ok().filter(good) {
        Some(days) => Ok(Some(days)),
        None => Err(reader.wrong(NAME, "days in ascending order, such as 7, 30, 90, or none")),
    }
}

fn sign_in(reader: &mut Reader) -> Result<SignInRules, ConfigError> {
    let usual = SignInRules::default();
    let rules = SignInRules {
        session: reader.duration("sign_in.session")?.unwrap_or(usual.session),
        idle: reader.duration("sign_in.idle")?.unwrap_or(usual.idle),
        step_up: reader.duration("sign_in.step_up")?.unwrap_or(usual.step_up),
        window: reader.duration("sign_in.window")?.unwrap_or(usual.window),
        per_address: reader
            .number("sign_in.per_address", 1, 1_000)?
            .unwrap_or(usual.per_address),
        per_client: reader
            .number("sign_in.per_client", 1, 100_000)?
            .unwrap_or(usual.per_client),
        invitation: reader.duration("sign_in.invitation")?.unwrap_or(usual.invitation),
        reset: reader.duration("sign_in.reset")?.unwrap_or(usual.reset),
    };
    // A use of a session is written down once a minute: shorter idle times would end sessions that are in use.
    if rules.idle < Duration::from_secs(5 * 60) || rules.session < rules.idle {
        return Err(reader.wrong(
            "sign_in.idle",
            "a session may be idle for at least 5m, and lasts at least as long (sign_in.session)",
        ));
    }
    Ok(rules)
}

fn keys(reader: &mut Reader, data_dir: &Path) -> Result<Keys, ConfigError> {
    let folder = reader
        .path("keys.folder")?
        .unwrap_or_else(|| data_dir.join("keys"));
    let mut source = |value, file, usual: &str| reader.secret(value, file, folder.join(usual));
    Ok(Keys {
        erase: source("keys.erase_key", "keys.erase_key_file", "erase.key")?,
        probe: source("keys.probe_key", "keys.probe_key_file", "probe.key")?,
        record: source("keys.record_key", "keys.record_key_file", "record.key")?,
        passphrase: source("keys.passphrase", "keys.passphrase_file", "passphrase")?,
        log_origin: reader.text("keys.log_origin")?,
        seals: match reader
            .one_of("pdf_seal", &["p256", "ed25519", "both"])?
            .as_deref()
        {
            Some("ed25519") => vec![SealAlgorithm::Ed25519],
            // The last covers the whole file, so that is the one that viewers know.
            Some("both") => vec![SealAlgorithm::Ed25519, SealAlgorithm::P256],
            _ => vec![SealAlgorithm::P256],
        },
        folder,
    })
}

fn mail(reader: &mut Reader, data_dir: &Path) -> Result<MailTo, ConfigError> {
    let from = reader
        .text("mail.from")?
        .unwrap_or_else(|| "Lethe <lethe@localhost>".into());
    let ca_file = reader.path("mail.ca_file")?;
    let return_path = reader.text("mail.return_path")?;
    let url = reader.text("mail.url")?;
    let Some(url) = url else {
        return Ok(MailTo::Folder {
            folder: data_dir.join("mail"),
            from,
        });
    };
    match url.split_once(':') {
        _ if url == "none" => Ok(MailTo::Nowhere),
        Some(("smtp" | "smtps", _)) => Ok(MailTo::Smtp {
            url: url.into(),
            from,
            ca_file,
            return_path,
        }),
        Some(("file", folder)) if !folder.is_empty() => Ok(MailTo::Folder {
            folder: folder.into(),
            from,
        }),
        _ => Err(reader.wrong(
            "mail.url",
            "expected smtp://HOST:PORT, smtps://USER:PASSWORD@HOST, file:FOLDER or none",
        )),
    }
}

#[cfg(test)]
mod tests;
