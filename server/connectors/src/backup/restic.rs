//! restic: the repository lists its snapshots and keeps no rule. The rule is the scheduled forget policy, in a file
//! that is read anew each time; that it is really applied shows in the snapshots that are there.

use std::path::Path;
use std::time::Duration;

use domain::port::probe::{BackupProbe, BackupReport, BackupSet, ProbeError};
use domain::time::Timestamp;
use serde::Deserialize;

use super::command::{self, Environment};
use super::retention::{self, Age};

/// The variables that a credential may hold, by their beginnings.
pub(super) const VARIABLES: &[&str] = &["RESTIC_", "AWS_", "B2_", "AZURE_", "GOOGLE_", "OS_", "ST_"];

/// A restic repository.
pub(super) struct Restic {
    pub(super) repository: String,
    pub(super) policy_file: String,
    pub(super) grace: i32,
    pub(super) env: Environment,
    pub(super) timeout: Duration,
}

#[derive(Deserialize)]
struct Snapshot {
    time: String,
    short_id: String,
}

#[async_trait::async_trait]
impl BackupProbe for Restic {
    async fn report(&self, now: Timestamp) -> Result<BackupReport, ProbeError> {
        let arguments = ["--no-lock", "--no-cache", "--json", "snapshots"];
        let place = [("RESTIC_REPOSITORY", self.repository.as_str())];
        let answer = command::run("restic", &arguments, &self.env, &place, self.timeout).await?;
        let garbled = || ProbeError::Blind("restic's answer is not understood".to_owned());
        // A repository without snapshots answers `null` in older versions.
        let snapshots: Option<Vec<Snapshot>> = serde_json::from_slice(&answer).map_err(|_| garbled())?;
        let (policy, mut notes) = self.policy().await?;
        let mut sets = Vec::new();
        for snapshot in snapshots.unwrap_or_default() {
            let taken_at: Timestamp = snapshot.time.parse().map_err(|_| garbled())?;
            let kept = policy.as_ref().map(|(_, age)| Age {
                days: age.days + self.grace,
                ..*age
            });
            let expires_on = kept.and_then(|age| age.after(taken_at));
            sets.push(BackupSet {
                name: snapshot.short_id,
                taken_at,
                expires_on,
            });
        }
        let rule = retention::applied(policy.map(|(rule, _)| rule), &mut sets, &mut notes, now);
        Ok(BackupReport { sets, rule, notes })
    }
}

impl Restic {
    /// The rule and the age it allows, read anew; and what a person should know of it.
    async fn policy(&self) -> Result<(Option<(String, Age)>, Vec<String>), ProbeError> {
        let path = Path::new(&self.policy_file);
        match tokio::fs::read_to_string(path).await {
            Ok(text) => Ok(parse(&text)),
            Err(_) => Ok((None, vec!["the policy file cannot be read".to_owned()])),
        }
    }
}

/// Reads a forget policy out of a script, a unit file, a crontab or a list of options: every `keep-...` in it counts,
/// because restic keeps what any of them keeps.
fn parse(text: &str) -> (Option<(String, Age)>, Vec<String>) {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with(['#', ';']));
    let separates =
        |letter: char| letter.is_whitespace() || matches!(letter, '=' | ':' | '"' | '\'' | '\\' | ',');
    let words: Vec<&str> = lines
        .flat_map(|line| line.split(separates))
        .filter(|word| !word.is_empty())
        .collect();
    let (mut rules, mut by_count, mut longest) = (Vec::new(), Vec::new(), None::<Age>);
    for (index, word) in words.iter().enumerate() {
        let name = word.trim_start_matches('-');
        if !name.starts_with("keep-") {
            continue;
        }
        let value = words.get(index + 1).copied().unwrap_or_default();
        match name
            .starts_with("keep-within")
            .then(|| Age::parse(value))
            .flatten()
        {
            Some(age) => {
                rules.push(format!("{name} {value}"));
                longest = Some(longest.map_or(age, |longest| longest.longer(age)));
            }
            None => by_count.push(name),
        }
    }
    let mut notes: Vec<String> = by_count
        .iter()
        .map(|name| format!("the policy keeps by {name}: sets do not end by their age alone"))
        .collect();
    if rules.is_empty() && by_count.is_empty() {
        notes.push("the policy file holds no keep-within rule".to_owned());
    }
    if !words.iter().any(|word| word.trim_start_matches('-') == "prune") {
        notes.push(
            "the policy does not mention prune: forgotten snapshots keep their bytes until it runs"
                .to_owned(),
        );
    }
    (
        longest
            .filter(|_| by_count.is_empty())
            .map(|age| (rules.join(", "), age)),
        notes,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_found_in_a_script() {
        let script = "#!/bin/sh\n# keep-last 100\nrestic forget --keep-within=35d \\\n  --keep-within-weekly 2m --prune\n";
        let (rule, notes) = parse(script);
        assert_eq!(
            rule,
            Some((
                "keep-within 35d, keep-within-weekly 2m".to_owned(),
                Age { months: 2, days: 0 }
            ))
        );
        assert!(notes.is_empty());
    }

    #[test]
    fn a_policy_that_keeps_by_count_ends_nothing_by_age() {
        let (rule, notes) = parse("--keep-within 35d --keep-monthly 12 --prune");
        assert_eq!(rule, None);
        assert_eq!(
            notes,
            ["the policy keeps by keep-monthly: sets do not end by their age alone"]
        );
    }

    #[test]
    fn a_bare_rule_without_prune_is_told() {
        let (rule, notes) = parse("keep-within 35d");
        assert_eq!((rule.unwrap().0.as_str(), notes.len()), ("keep-within 35d", 1));
        assert_eq!(parse("").0, None);
    }
}
