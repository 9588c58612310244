//! What the inventory says about a Redis server.

use std::time::Duration;

use domain::inventory::{Locator, System};
use domain::port::connector::ConnectorError;
use domain::secret::Secret;
use domain::selection::Selection;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError};

use crate::settings;
use crate::template::{self, Pattern};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(15);

/// How long one answer is waited for.
const ANSWER: Duration = Duration::from_secs(60);

/// Keys asked for at once.
pub(crate) const PAGE: usize = 1_000;

/// Refuses a wrong configuration.
pub(crate) fn check(system: &System) -> Result<(), ConnectorError> {
    settings::only(system, &[])?;
    for (at, dataset) in system.datasets.iter().enumerate() {
        let locator = &dataset.locator;
        let refused = |field: &str, why: &str| settings::wrong(&settings::at(system, at, field), why);
        let pattern = pattern(locator).map_err(|why| refused("container", &why))?;
        if locator.id.is_some() {
            return Err(refused("id", "keys have none; their name is their id"));
        }
        if locator.created.is_some() {
            return Err(refused("created", "keys cannot be told apart by date"));
        }
        let known = |field: &str| pattern.fields().any(|name| name == field);
        let absent = |field: &str| format!("the container has no placeholder {{{field}}}");
        if !known(&locator.tenant.field) {
            return Err(refused("tenant.field", &absent(&locator.tenant.field)));
        }
        if let Some(by) = locator.subject.iter().find(|by| !known(&by.field)) {
            return Err(refused("subject.field", &absent(&by.field)));
        }
    }
    Ok(())
}

/// The pattern of a locator's keys.
fn pattern(locator: &Locator) -> Result<Pattern, String> {
    let pattern = Pattern::parse(&locator.container)?;
    let fields: Vec<&str> = pattern.fields().collect();
    match fields
        .iter()
        .enumerate()
        .find(|(at, field)| fields[..*at].contains(field))
    {
        Some((_, field)) => Err(format!("placeholder {{{field}}} is there twice")),
        None => Ok(pattern),
    }
}

/// The pattern of a locator's keys, the selection checked: every value must be able to stand in a key.
pub(crate) fn pattern_of(locator: &Locator, selection: &Selection) -> Result<Pattern, String> {
    let pattern = pattern(locator)?;
    for criterion in template::criteria(selection)? {
        let field = &criterion.field;
        if !pattern.fields().any(|name| name == field) {
            return Err(format!("the container has no placeholder {{{field}}}"));
        }
        if !criterion.any_of.iter().all(|value| pattern.admits(field, value)) {
            return Err(format!("a value cannot stand in {{{field}}} of the container"));
        }
    }
    Ok(pattern)
}

/// A client of the server; connects to nothing yet. The credential is a URL.
pub(crate) fn client(credential: &Secret) -> Result<Client, ConnectorError> {
    let expected = "expected redis://user:password@host:port/database, or rediss:// for TLS";
    Client::open(credential.reveal().trim()).map_err(|_| ConnectorError::Credential(expected.into()))
}

/// A connection of one's own.
pub(crate) async fn connect(client: &Client) -> Result<MultiplexedConnection, RedisError> {
    let waits = AsyncConnectionConfig::new();
    let waits = waits
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER));
    client.get_multiplexed_async_connection_with_config(&waits).await
}

/// Words about a server that shows only a part of what there is, or what was; `info` is its `INFO`.
pub(crate) fn partial(info: &str) -> Option<&'static str> {
    let says = |line: &str| info.lines().any(|said| said.trim() == line);
    match () {
        () if says("cluster_enabled:1") => Some(
            "the server is one node of a cluster, and shows only its own keys; this kind handles single servers",
        ),
        () if says("role:slave") => Some("the server is a replica; the credential must lead to the primary"),
        () if !says("role:master") => {
            Some("the server does not say what it is; the user needs the right to INFO")
        }
        () => None,
    }
}
