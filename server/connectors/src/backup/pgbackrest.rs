//! pgBackRest: the repository lists its backups, and the rule is in the tool's own configuration file, read anew each
//! time. Differential and incremental backups end with the full backup they build on; a full backup ends when the next
//! one has reached the age of the rule.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::port::probe::{BackupProbe, BackupReport, BackupSet, ProbeError};
use domain::time::{Date, Timestamp};
use serde::Deserialize;

use super::command::{self, Environment};
use super::retention::{self, Age};

/// The variables that a credential may hold, by their beginnings.
pub(super) const VARIABLES: &[&str] = &["PGBACKREST_"];

/// A stanza in one repository.
pub(super) struct PgBackRest {
    pub(super) config_file: String,
    pub(super) stanza: String,
    pub(super) repo: u64,
    pub(super) full_every_days: i32,
    pub(super) grace: i32,
    pub(super) env: Environment,
    pub(super) timeout: Duration,
}

#[derive(Deserialize)]
struct Stanza {
    name: String,
    status: Status,
    #[serde(default)]
    backup: Vec<Backup>,
}

#[derive(Deserialize)]
struct Status {
    code: i64,
}

#[derive(Deserialize)]
struct Backup {
    label: String,
    timestamp: Span,
    database: Repo,
}

/// Seconds since 1970.
#[derive(Deserialize)]
struct Span {
    start: i64,
    stop: i64,
}

#[derive(Deserialize)]
struct Repo {
    #[serde(rename = "repo-key", default = "first")]
    repo_key: u64,
}

fn first() -> u64 {
    1
}

/// The status of a stanza that is there and holds no backup yet.
const NO_BACKUP: i64 = 2;

#[async_trait::async_trait]
impl BackupProbe for PgBackRest {
    async fn report(&self, now: Timestamp) -> Result<BackupReport, ProbeError> {
        let (config, stanza) = (
            format!("--config={}", self.config_file),
            format!("--stanza={}", self.stanza),
        );
        let quiet = [
            "--log-level-console=off",
            "--log-level-stderr=error",
            "--log-level-file=off",
        ];
        let arguments: Vec<&str> = [config.as_str(), stanza.as_str()]
            .into_iter()
            .chain(quiet)
            .chain(["info", "--output=json"])
            .collect();
        let answer = command::run("pgbackrest", &arguments, &self.env, &[], self.timeout).await?;
        let stanzas: Vec<Stanza> = serde_json::from_slice(&answer)
            .map_err(|_| ProbeError::Blind("pgbackrest's answer is not understood".to_owned()))?;
        let found = stanzas.into_iter().find(|found| found.name == self.stanza);
        let found = found.filter(|found| matches!(found.status.code, 0 | NO_BACKUP));
        let found =
            found.ok_or_else(|| ProbeError::Blind("the repository does not hold the stanza".to_owned()))?;
        let backups: Vec<Backup> = found
            .backup
            .into_iter()
            .filter(|backup| backup.database.repo_key == self.repo)
            .collect();

        let (policy, mut notes) = self.policy().await;
        let mut sets = self.sets(&backups, policy);
        let rule = policy.map(|days| format!("repo{}-retention-full {days} days", self.repo));
        let rule = retention::applied(rule, &mut sets, &mut notes, now);
        Ok(BackupReport { sets, rule, notes })
    }
}

impl PgBackRest {
    /// The days that full backups are kept, read anew; and what a person should know.
    async fn policy(&self) -> (Option<i32>, Vec<String>) {
        let Ok(text) = tokio::fs::read_to_string(&self.config_file).await else {
            return (None, vec!["the configuration file cannot be read".to_owned()]);
        };
        let settings = Settings::parse(&text);
        let setting = |name: &str| settings.get(&self.stanza, &format!("repo{}-{name}", self.repo));
        if setting("retention-archive").is_some() {
            return (
                None,
                vec!["retention-archive keeps write-ahead log by a rule of its own".to_owned()],
            );
        }
        match (
            setting("retention-full-type"),
            setting("retention-full").map(str::parse::<i32>),
        ) {
            (Some("time"), Some(Ok(days))) if (1..=36_500).contains(&days) => (Some(days), vec![]),
            (Some("time"), _) => (None, vec!["retention-full holds no number of days".to_owned()]),
            _ => (
                None,
                vec!["backups are kept by count, not by age: set retention-full-type=time".to_owned()],
            ),
        }
    }

    fn sets(&self, backups: &[Backup], policy: Option<i32>) -> Vec<BackupSet> {
        let mut fulls: Vec<(&str, i64)> = backups
            .iter()
            .filter(|backup| full(&backup.label) == backup.label)
            .map(|backup| (backup.label.as_str(), backup.timestamp.stop))
            .collect();
        fulls.sort_by_key(|(_, stop)| *stop);
        let ends = |label: &str| -> Option<Date> {
            let at = fulls.iter().position(|(of, _)| *of == full(label))?;
            let (from, wait) = match fulls.get(at + 1) {
                Some((_, stop)) => (*stop, 0),
                None => (fulls[at].1, self.full_every_days),
            };
            Age::days(policy? + wait + self.grace).after(moment(from))
        };
        let set = |backup: &Backup| BackupSet {
            name: backup.label.clone(),
            taken_at: moment(backup.timestamp.start),
            expires_on: ends(&backup.label),
        };
        backups.iter().map(set).collect()
    }
}

/// The full backup that a backup builds on: the part of its label before the underscore.
fn full(label: &str) -> &str {
    label.split_once('_').map_or(label, |(full, _)| full)
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_microsecond(seconds.saturating_mul(1_000_000))
}

/// The sections of a configuration file.
struct Settings(BTreeMap<String, BTreeMap<String, String>>);

impl Settings {
    fn parse(text: &str) -> Self {
        let (mut sections, mut section) = (BTreeMap::new(), String::new());
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name.to_owned();
            } else if let Some((name, value)) = line.split_once('=') {
                let settings: &mut BTreeMap<_, _> = sections.entry(section.clone()).or_default();
                settings.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        Self(sections)
    }

    /// The value that the expire command goes by: the nearest section wins.
    fn get(&self, stanza: &str, name: &str) -> Option<&str> {
        let sections = [
            format!("{stanza}:expire"),
            stanza.to_owned(),
            "global:expire".to_owned(),
            "global".to_owned(),
        ];
        sections
            .iter()
            .find_map(|section| self.0.get(section)?.get(name))
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_section_wins() {
        let text =
            "[global]\nrepo1-retention-full=2\n# repo1-retention-full=9\n[main]\nrepo1-retention-full = 35\n";
        let settings = Settings::parse(text);
        assert_eq!(settings.get("main", "repo1-retention-full"), Some("35"));
        assert_eq!(settings.get("other", "repo1-retention-full"), Some("2"));
        assert_eq!(settings.get("main", "repo1-retention-full-type"), None);
    }

    #[test]
    fn a_differential_backup_ends_with_the_full_one() {
        assert_eq!(full("20261001-000000F_20261002-000000D"), "20261001-000000F");
        assert_eq!(full("20261001-000000F"), "20261001-000000F");
    }
}
