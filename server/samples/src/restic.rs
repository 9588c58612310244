//! Backups by restic: a repository of its own, with sets of the last days.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::process::Command;

use crate::{About, Credential, SampleError, merged};

/// A restic repository with its scheduled policy.
pub struct ResticSample {
    about: About,
    repository: PathBuf,
    policy: PathBuf,
    password: String,
}

impl ResticSample {
    /// The program is there.
    pub async fn is_possible() -> bool {
        let asked = Command::new("restic").arg("version").output().await;
        asked.is_ok_and(|output| output.status.success())
    }

    /// Makes a repository in a folder and one backup set of `source` for each of the moments
    /// (`YYYY-MM-DD HH:MM:SS`, UTC). Sets are kept for so many days by the policy.
    pub async fn make(
        about: About,
        folder: &Path,
        password: &str,
        source: &Path,
        taken_at: &[String],
        days: u32,
    ) -> Result<Self, SampleError> {
        let (repository, policy) = (folder.join("repository"), folder.join("forget.sh"));
        let sample = Self {
            about,
            repository,
            policy,
            password: password.to_owned(),
        };
        std::fs::create_dir_all(folder).map_err(|error| about.failed(error))?;
        let script =
            format!("#!/bin/sh\n# every night at 03:00\nrestic forget --keep-within {days}d --prune\n");
        std::fs::write(&sample.policy, script).map_err(|error| about.failed(error))?;
        sample.restic(&[Path::new("init")]).await?;
        for time in taken_at {
            let arguments = ["backup", "--host", "sample", "--time", time].map(Path::new);
            sample.restic(&[&arguments, [source].as_slice()].concat()).await?;
        }
        Ok(sample)
    }

    /// Writes a file of the newest set elsewhere, as somebody who restores it would.
    pub async fn restore(&self, file: &Path, to: &Path) -> Result<(), SampleError> {
        let bytes = self
            .restic(&[Path::new("dump"), Path::new("latest"), file])
            .await?;
        std::fs::write(to, bytes).map_err(|error| self.about.failed(error))
    }

    /// Its entry in an inventory file.
    pub fn entry(&self) -> Value {
        let more = json!({
            "handling": "expire",
            "config": {
                "source": "restic",
                "repository": self.repository.to_string_lossy(),
                "policy_file": self.policy.to_string_lossy(),
            },
            "probe_credential": { "env": self.variable() },
            "datasets": [{
                "name": "sets",
                "categories": ["contact", "support", "audit"],
                "locator": {
                    "container": "all",
                    "tenant": { "identifier": "tenant_key", "field": "all" },
                },
            }],
        });
        merged(self.about.entry("backup", json!({})), more)
    }

    /// The credential that the entry refers to.
    pub fn credential(&self) -> Credential {
        Credential {
            variable: self.variable(),
            secret: self.password.clone(),
        }
    }

    fn variable(&self) -> String {
        format!("LETHE_DEMO_{}_PROBE", self.about.name.to_uppercase())
    }

    async fn restic(&self, arguments: &[&Path]) -> Result<Vec<u8>, SampleError> {
        let mut command = Command::new("restic");
        command
            .args(["--no-cache", "--quiet"])
            .args(arguments)
            .env("TZ", "UTC");
        command
            .env("RESTIC_REPOSITORY", &self.repository)
            .env("RESTIC_PASSWORD", &self.password);
        let output = command.output().await.map_err(|error| self.about.failed(error))?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(self.about.failed(String::from_utf8_lossy(&output.stderr).trim())),
        }
    }
}
