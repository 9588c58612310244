//! A backup system over whatever a test set up.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use connectors::registry::Registry;
use domain::inventory::{Handling, Limits, Slug, System};
use domain::port::probe::{BackupReport, ProbeError, Probes};
use domain::secret::Secret;
use domain::time::{Clock, Timestamp};
use serde_json::Value;

struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        now()
    }
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_microsecond(since.as_micros().try_into().unwrap())
}

pub fn in_days(days: u64) -> Timestamp {
    now().after(Duration::from_secs(days * 86_400))
}

pub fn days_ago(days: u64) -> Timestamp {
    now().before(Duration::from_secs(days * 86_400))
}

/// What the probe of a system with these settings reports.
pub async fn report(settings: &Value, credential: &str, at: Timestamp) -> Result<BackupReport, ProbeError> {
    let config: BTreeMap<String, Value> = serde_json::from_value(settings.clone()).unwrap();
    let system = System {
        name: Slug::parse("backups").unwrap(),
        title: "Backups".to_owned(),
        kind: "backup".to_owned(),
        owner: "platform".to_owned(),
        location: "IE".to_owned(),
        processor: None,
        handling: Handling::Expire,
        settle_seconds: 0,
        limits: Limits::default(),
        config,
        datasets: vec![],
        erase_credential: None,
        probe_credential: None,
        shared_credential: false,
    };
    let registry = Registry::new(Arc::new(Wall));
    registry
        .backups(&system, &Secret::new(credential))
        .unwrap()
        .report(at)
        .await
}

/// Runs a tool that the test needs, as the user that PostgreSQL accepts where this is root.
pub fn run(package: &str, program: &Path, arguments: &[&str], env: &[(&str, &str)], as_postgres: bool) {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n");
    let mut command = match root && as_postgres {
        true => {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        }
        false => Command::new(program),
    };
    command.args(arguments).envs(env.iter().copied()).current_dir("/");
    command.stdout(std::process::Stdio::null());
    let status = command
        .status()
        .unwrap_or_else(|_| panic!("{} cannot be run: package {package}", program.display()));
    assert!(
        status.success(),
        "{} {arguments:?} ended with {status}",
        program.display()
    );
}
