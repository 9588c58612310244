//! `lethe mail`: what became of mails.

use std::io::Read as _;
use std::time::Duration;

use clap::Subcommand;
use domain::actor::Actor;
use domain::id::MailId;
use domain::mail::Fate;
use engine::{Engine, Error};

use super::{Failure, Options, desk, out};
use crate::mail::{LONGEST_BOUNCE, report};
use crate::wiring::{Role, wire};

/// So many times a mail that came back early is tried, once a second.
const PATIENCE: u32 = 10;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Read a mail that came back (RFC 3464) from standard input, and mark what it is about: for a mail server's pipe
    Bounce,
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let Self::Bounce = self;
        let mut mail = Vec::new();
        std::io::stdin()
            .lock()
            .take(LONGEST_BOUNCE)
            .read_to_end(&mut mail)?;
        let report = report(&mail).map_err(|error| Failure::failed(error.to_string()))?;
        let config = desk::settings(options)?;
        let wired = wire(&config, Role::Desk).await?;
        let told = match &report.fate {
            Some(fate) => tell(&wired.engine, report.mail, fate).await?,
            None => false,
        };
        out::line(match (told, &report.fate) {
            (true, _) => "what became of the mail is written down",
            (false, None) => "the mail is still under way: nothing changes",
            // Whether there is such a mail, whoever sent the notification need not learn.
            (false, Some(_)) => "nothing changes",
        });
        wired.database.close().await;
        Ok(())
    }
}

/// Writes it down. A mail that came back sooner than it was noted as sent is waited for: whoever pipes the notification in
/// would take a failure for the last word.
async fn tell(engine: &Engine, mail: MailId, fate: &Fate) -> Result<bool, Error> {
    let mut tries = 1..PATIENCE;
    loop {
        match engine.mail_told(&Actor::System("postmaster"), mail, fate).await {
            Err(Error::NotNow(_)) if tries.next().is_some() => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            told => return told,
        }
    }
}
