//! A person's desk: settings, an engine without workers, and whoever acts.

use domain::actor::Actor;
use domain::subject::{Tenant, TenantKey};
use engine::Engine;

use super::{Failure, Options};
use crate::config::Config;
use crate::telemetry;
use crate::wiring::{Role, wire};

/// Everything that a command of a person needs.
pub(super) struct Desk {
    /// The settings.
    pub(super) config: Config,
    /// The use cases.
    pub(super) engine: Engine,
    /// Whoever acts.
    pub(super) actor: Actor,
    /// Answer as JSON.
    pub(super) json: bool,
}

impl Desk {
    /// Opens the database and lets the person prove who they are.
    pub(super) async fn open(options: &Options) -> Result<Self, Failure> {
        let config = settings(options)?;
        let wired = wire(&config, Role::Desk).await?;
        let actor = options.acting.actor(&wired.engine).await?;
        Ok(Self {
            config,
            engine: wired.engine,
            actor,
            json: options.json,
        })
    }

    /// The tenant of a key.
    pub(super) async fn tenant(&self, key: &TenantKey) -> Result<Tenant, Failure> {
        let tenants = self.engine.tenants(&self.actor).await?;
        let found = tenants.into_iter().find(|tenant| tenant.key == *key);
        found.ok_or_else(|| Failure::failed(format!("tenant {key} was not found (lethe tenant list)")))
    }
}

/// The settings, with the application log started by them.
pub(super) fn settings(options: &Options) -> Result<Config, Failure> {
    let mut config = Config::load(options.config.as_deref())?;
    // At the desk, what went wrong is the answer; the log of workers is not wanted there.
    if config.log.filter == "info" {
        config.log.filter = "warn".into();
    }
    telemetry::start(&config.log).map_err(Failure::failed)?;
    Ok(config)
}
