//! The inventory, and stopping erasure on a system.

use axum::Json;
use axum::extract::{Extension, OriginalUri, State};
use axum::response::Response;
use domain::actor::Actor;
use domain::inventory::{Slug, System, SystemName};
use domain::switches::Switches;
use engine::Engine;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::given::{Asked, At, Given};
use super::page::{Listed, after, limit};
use super::problem::Problem;
use super::words::Reason;

/// A system of the present inventory. Settings and credentials of its connector are not given out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SystemView {
    /// Its stable name.
    #[schema(example = "crm")]
    name: String,
    /// What people call it.
    title: String,
    /// The kind of its connector.
    #[schema(example = "postgres")]
    kind: String,
    /// Who answers for it.
    owner: String,
    /// Where the data is.
    location: String,
    /// Who runs it, where it is not the issuer.
    processor: Option<String>,
    /// What is done about its data: `erase`, `expire` or `attest`.
    #[schema(example = "erase")]
    handling: &'static str,
    /// How long after erasure a look is worth something, in seconds.
    settle_seconds: u32,
    /// Its datasets.
    datasets: Vec<DatasetView>,
    /// Erasure on it is stopped.
    paused: Option<PauseView>,
}

/// A dataset.
#[derive(Debug, Serialize, ToSchema)]
struct DatasetView {
    /// Its name within the system.
    name: String,
    /// Which categories of data it holds.
    categories: Vec<String>,
}

/// Somebody stopped it.
#[derive(Debug, Serialize, ToSchema)]
struct PauseView {
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// Why.
    reason: String,
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SystemQuery {
    /// From here on: the `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
}

/// Lists the systems of the present inventory, by name.
#[utoipa::path(
    get, path = "/systems", tag = "systems", operation_id = "list_systems",
    params(SystemQuery),
    responses((status = 200, description = "A page of systems.", body = Listed<SystemView>)),
    security(("token" = ["read"]), ("token" = ["inventory"]))
)]
pub(super) async fn list(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    OriginalUri(uri): OriginalUri,
    Asked(asked): Asked<SystemQuery>,
) -> Result<Response, Problem> {
    let (limit, last) = (
        limit(asked.limit)? as usize,
        after::<Name>(asked.after.as_deref())?,
    );
    let (mut systems, switches) = inventory(&engine, &caller.actor).await?;
    systems.sort_by(|one, other| one.name.cmp(&other.name));
    let later = |system: &System| last.as_ref().is_none_or(|Name(last)| system.name > *last);
    let mut rows: Vec<_> = systems
        .into_iter()
        .filter(later)
        .map(|system| view(system, &switches))
        .collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|system| system.name.clone());
    Ok(Listed { rows, next }.answer(&uri))
}

/// Shows a system of the present inventory.
#[utoipa::path(
    get, path = "/systems/{name}", tag = "systems", operation_id = "show_system",
    params(("name" = String, Path, description = "The system's name.", example = "crm")),
    responses((status = 200, description = "The system.", body = SystemView)),
    security(("token" = ["read"]), ("token" = ["inventory"]))
)]
pub(super) async fn show(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(Name(name)): At<Name>,
) -> Result<Json<SystemView>, Problem> {
    seen(&engine, &caller.actor, &name).await
}

/// Stops erasure on a system. Chunks under way end; none follows.
#[utoipa::path(
    post, path = "/systems/{name}/pause", tag = "systems", operation_id = "pause_system",
    params(("name" = String, Path, description = "The system's name.", example = "crm")),
    request_body = Reason,
    responses((status = 200, description = "It is paused.", body = SystemView)),
    security(("token" = ["inventory"]))
)]
pub(super) async fn pause(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(Name(name)): At<Name>,
    Given(given): Given<Reason>,
) -> Result<Json<SystemView>, Problem> {
    let _exists = seen(&engine, &caller.actor, &name).await?;
    engine
        .pause(&caller.actor, Some(name.clone()), &given.reason)
        .await?;
    seen(&engine, &caller.actor, &name).await
}

/// Lets erasure on a system go on.
#[utoipa::path(
    post, path = "/systems/{name}/unpause", tag = "systems", operation_id = "unpause_system",
    params(("name" = String, Path, description = "The system's name.", example = "crm")),
    responses((status = 200, description = "It goes on.", body = SystemView)),
    security(("token" = ["inventory"]))
)]
pub(super) async fn unpause(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(Name(name)): At<Name>,
) -> Result<Json<SystemView>, Problem> {
    let _exists = seen(&engine, &caller.actor, &name).await?;
    engine.unpause(&caller.actor, Some(name.clone())).await?;
    seen(&engine, &caller.actor, &name).await
}

/// A system's name in a path.
pub(super) struct Name(SystemName);

impl Name {
    /// The name.
    pub(super) const fn get(&self) -> &SystemName {
        &self.0
    }
}

impl std::str::FromStr for Name {
    type Err = domain::inventory::SlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Slug::parse(text).map(Self)
    }
}

async fn seen(engine: &Engine, actor: &Actor, name: &SystemName) -> Result<Json<SystemView>, Problem> {
    let (systems, switches) = inventory(engine, actor).await?;
    let system = systems.into_iter().find(|system| system.name == *name);
    let system = system.ok_or_else(Problem::not_found)?;
    Ok(Json(view(system, &switches)))
}

async fn inventory(engine: &Engine, actor: &Actor) -> Result<(Vec<System>, Switches), Problem> {
    let switches = engine.switches(actor).await?;
    match engine.inventory(actor).await {
        Ok(version) => Ok((version.systems, switches)),
        // Before the first one is applied there is none.
        Err(engine::Error::NotFound(_)) => Ok((Vec::new(), switches)),
        Err(error) => Err(error.into()),
    }
}

fn view(system: System, switches: &Switches) -> SystemView {
    let pause = switches.systems.get(&system.name).map(|pause| PauseView {
        since: pause.since.to_string(),
        reason: pause.reason.clone(),
    });
    let datasets = system.datasets.into_iter().map(|dataset| DatasetView {
        name: dataset.name.to_string(),
        categories: dataset.categories.into_iter().collect(),
    });
    SystemView {
        name: system.name.to_string(),
        title: system.title,
        kind: system.kind,
        owner: system.owner,
        location: system.location,
        processor: system.processor,
        handling: system.handling.word(),
        settle_seconds: system.settle_seconds,
        datasets: datasets.collect(),
        paused: pause,
    }
}
