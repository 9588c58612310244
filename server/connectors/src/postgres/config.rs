//! What the inventory says about a PostgreSQL system.

use std::time::Duration;

use domain::inventory::{Locator, System};
use domain::port::connector::ConnectorError;
use domain::secret::Secret;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::{settings, sql};

/// Tables that may lose rows by a foreign key when rows of a dataset go.
const CASCADES: &str = "cascades";

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(15);

/// Refuses a wrong configuration.
pub(crate) fn check(system: &System) -> Result<(), ConnectorError> {
    settings::only(system, &[CASCADES])?;
    cascades(system)?;
    sql::check_locators(system)
}

/// Tables (`schema.table`) that may lose rows by a foreign key.
pub(crate) fn cascades(system: &System) -> Result<Vec<String>, ConnectorError> {
    settings::texts(system, CASCADES, "tables that may lose rows by a foreign key")
}

/// Schema and table of a container; without a schema it is `public`, whatever the role's search path.
pub(crate) fn table(locator: &Locator) -> (&str, &str) {
    locator
        .container
        .split_once('.')
        .unwrap_or(("public", &locator.container))
}

/// The table's name, quoted.
pub(crate) fn quoted(locator: &Locator) -> String {
    let (schema, table) = table(locator);
    format!("{}.{}", sql::quote(schema), sql::quote(table))
}

/// Connections to the system, no more than chunks at the same time, none made yet. The credential is a URL.
pub(crate) fn connections(
    system: &System,
    credential: &Secret,
    name: &str,
) -> Result<PgPool, ConnectorError> {
    at_most(system.limits.concurrency.max(1), credential, name)
}

/// So many connections at most, none made yet.
pub(crate) fn at_most(most: u16, credential: &Secret, name: &str) -> Result<PgPool, ConnectorError> {
    let expected =
        || ConnectorError::Credential("expected postgres://role:password@host:port/database".into());
    let url = credential.reveal().trim();
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(expected());
    }
    let options: PgConnectOptions = url.parse().map_err(|_| expected())?;
    let options = options.application_name(name).disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(most.into())
        .acquire_timeout(CONNECT)
        .idle_timeout(Duration::from_secs(60));
    Ok(pool.connect_lazy_with(options))
}
