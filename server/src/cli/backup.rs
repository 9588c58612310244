//! `lethe backup` and `lethe restore`.

use std::path::PathBuf;

use super::{Failure, Options, desk, out};
use crate::destroyed::DestroyedKeys;
use crate::restoring::{self, Published};
use crate::wiring::{open_database, open_issuer};

/// Options of `backup`.
#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// The file to write; one that exists is not overwritten
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let config = desk::settings(options)?;
        let database = open_database(&config).await?;
        let copied = database.backup(&self.file).await;
        database.close().await;
        let copied = copied.map_err(|error| Failure::failed(format!("{}: {error}", self.file.display())))?;
        out::line(format_args!(
            "{} holds {} rows and a log of {} entries",
            self.file.display(),
            copied.rows,
            copied.log_size
        ));
        out::line(format_args!(
            "Keys are not in it: back up {} elsewhere.",
            config.keys.folder.display()
        ));
        Ok(())
    }
}

/// Options of `restore`.
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The backup
    file: PathBuf,
    /// The last checkpoint that was published or mailed; the backup's log must not contradict it
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Go on although entries after the backup are lost; the reason is logged
    #[arg(long, value_name = "REASON", requires = "checkpoint")]
    accept_lost_entries: Option<String>,
}

impl Restore {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let config = desk::settings(options)?;
        let named =
            |error: &dyn std::fmt::Display| Failure::failed(format!("{}: {error}", self.file.display()));
        let published = match &self.checkpoint {
            Some(file) => {
                let note = std::fs::read_to_string(file)
                    .map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
                let keys = open_issuer(&config)?.log_keys()?;
                Some(Published {
                    note,
                    keys,
                    accepted: self.accept_lost_entries,
                })
            }
            None => None,
        };
        let compared = published.is_some();
        let destroyed = DestroyedKeys::of(&config.data_dir).read()?;
        let (policy, beside) = (&config.policy, &config.data_dir);
        let prepared = restoring::prepare(&self.file, published, policy, beside, &destroyed)
            .await
            .map_err(|error| named(&error))?;
        let database = open_database(&config).await?;
        let restored = database.restore(&prepared.file()).await;
        database.close().await;
        restored.map_err(|error| named(&error))?;
        out::line("the backup is in place; everything is paused, and nothing is erased");
        if !compared {
            out::line("its log was not compared with a published checkpoint (--checkpoint FILE)");
        }
        out::line("Next, by legal counsel: lethe hold confirm-register --statement TEXT");
        out::line("Then, by an officer or operator: lethe request resume --all");
        Ok(())
    }
}
