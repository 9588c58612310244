//! Stopping and going on: one request, one system, or all.

use domain::id::RequestId;
use domain::inventory::Slug;

use crate::cli::desk::Desk;
use crate::cli::{Failure, out};

/// What is stopped: exactly one of these.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct What {
    /// One request
    request: Option<RequestId>,
    /// Erasure on one system
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// All erasure
    #[arg(long)]
    all: bool,
}

impl What {
    fn system(&self) -> Result<Option<Slug>, Failure> {
        self.system
            .as_deref()
            .map(|name| Slug::parse(name).map_err(Failure::usage))
            .transpose()
    }
}

/// Options of `pause`.
#[derive(Debug, clap::Args)]
pub(crate) struct Pause {
    #[command(flatten)]
    what: What,
    /// Why
    #[arg(long)]
    reason: String,
}

impl Pause {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self.what.request {
            Some(request) => {
                desk.engine
                    .pause_request(&desk.actor, request, &self.reason)
                    .await?
            }
            None => {
                desk.engine
                    .pause(&desk.actor, self.what.system()?, &self.reason)
                    .await?
            }
        }
        out::line("paused: nothing more is authorised; chunks in flight end");
        Ok(())
    }
}

/// Options of `resume`.
#[derive(Debug, clap::Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    what: What,
}

impl Resume {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self.what.request {
            Some(request) => desk.engine.unpause_request(&desk.actor, request).await?,
            None => desk.engine.unpause(&desk.actor, self.what.system()?).await?,
        }
        match desk.engine.switches(&desk.actor).await {
            Ok(switches) if switches.register_unconfirmed_since.is_some() => {
                out::line(
                    "the pause is lifted, but nothing is erased before legal counsel confirms the hold register:",
                );
                out::line("lethe hold confirm-register --statement TEXT");
            }
            _ => out::line("it goes on"),
        }
        Ok(())
    }
}
