//! `lethe serve` and `lethe worker`: processes that stay.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::{Failure, Options};
use crate::config::{self, Config};
use crate::wiring::{Role, Wired, wire};
use crate::worker::{Stop, Stopper, stop_pair, until_signal, work};
use crate::{http, telemetry};

/// How long answers that are under way may take after a stop.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Where to listen, in place of the setting
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Which work to do beside serving pages
    #[arg(long, value_enum, default_value = "all")]
    role: Role,
}

/// Options of `worker`.
#[derive(Debug, clap::Args)]
pub(super) struct Worker {
    /// Which work, and so which keys: an eraser holds no probe key, a verifier neither erase key nor signing keys
    #[arg(long, value_enum)]
    role: Role,
}

impl Serve {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let config = start(options)?;
        let wired = wire(&config, self.role).await?;
        let address = self.listen.unwrap_or(config.listen);
        let listener = TcpListener::bind(address).await;
        let listener = listener
            .map_err(|error| Failure::failed(format!("listen: {address} cannot be used: {error}")))?;
        let signer = wired.issuer.clone().map(|issuer| issuer as Arc<_>);
        let (stopper, stop) = stop_pair();
        let web = http::Web::new(wired.engine.clone(), signer, config.site_dir.clone())
            .figures_for(config.metrics)
            .listening_to(http::Hooks::of(&config.deliveries)?)
            .until(stop.clone());
        tracing::info!(address = %listener.local_addr()?, role = ?self.role, "serving");
        let serving = http::serve(listener, http::build(web), stop.clone());
        let late = overdue(stop.clone());
        let serving = async {
            tokio::select! {
                () = serving => {}
                () = late => tracing::warn!("some readers did not hang up in time"),
            }
        };
        let working = worked(&wired, self.role, config.concurrency, stop);
        let ((), (), asked) = tokio::join!(serving, working, until_asked(stopper));
        wired.database.close().await;
        asked
    }
}

impl Worker {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let config = start(options)?;
        let wired = wire(&config, self.role).await?;
        let (stopper, stop) = stop_pair();
        tracing::info!(role = ?self.role, "working");
        let working = worked(&wired, self.role, config.concurrency, stop);
        let ((), asked) = tokio::join!(working, until_asked(stopper));
        wired.database.close().await;
        asked
    }
}

fn start(options: &Options) -> Result<Config, Failure> {
    let config = Config::load(options.config.as_deref())?;
    telemetry::start(&config.log).map_err(Failure::failed)?;
    for name in config::strange_variables() {
        tracing::warn!(
            name,
            "this variable of the environment is no setting; is it misspelt?"
        );
    }
    Ok(config)
}

async fn worked(wired: &Wired, role: Role, concurrency: usize, stop: Stop) {
    work(wired, role, concurrency, stop).await;
    tracing::info!("the work is laid down");
}

/// Readers who are slow to hang up do not hold up the end.
async fn overdue(mut stop: Stop) {
    stop.said().await;
    tokio::time::sleep(LAST_WORDS).await;
}

async fn until_asked(stopper: Stopper) -> Result<(), Failure> {
    let asked = until_signal().await;
    tracing::info!("stopping");
    stopper.stop();
    Ok(asked?)
}
