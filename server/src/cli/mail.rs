//! `lethe mail`: what became of mails.

use std::io::Read as _;

use clap::Subcommand;
use domain::actor::Actor;

use super::{Failure, Options, desk, out};
use crate::mail::{LONGEST_BOUNCE, report};
use crate::wiring::{Role, wire};

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
            Some(fate) => {
                wired
                    .engine
                    .mail_told(&Actor::System("postmaster"), report.mail, fate)
                    .await?
            }
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
