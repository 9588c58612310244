//! Restored systems: having one searched for what was erased, and following what becomes of it.

use axum::Json;
use axum::extract::{Extension, OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::id::ReplayId;
use domain::replay::Replay;
use engine::Engine;
use engine::replay::Replayed;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::BASE;
use super::auth::Caller;
use super::given::{Asked, At, Given};
use super::page::{Listed, after, limit};
use super::problem::Problem;
use super::systems::Name;

/// A replay.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReplayView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The restored system.
    #[schema(example = "crm")]
    system: String,
    /// What was restored.
    why: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    asked_at: String,
    /// `looking`, `erasing`, `unclear` or `clean`. The system is not to be used before it is `clean`.
    #[schema(example = "erasing")]
    state: &'static str,
    /// How many requests of the ledger were looked for; absent while the probe looks.
    compared: Option<u64>,
    /// Where it could not be told, and why.
    unclear: Vec<String>,
    /// When nothing of it was left to be done.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

/// A replay with what it found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReplayFileView {
    #[serde(flatten)]
    replay: ReplayView,
    /// What is there again.
    found: Vec<FoundView>,
    /// How many of the runs wait for approval by an officer.
    waiting: usize,
}

/// Something that was erased and is there again.
#[derive(Debug, Serialize, ToSchema)]
struct FoundView {
    /// The request that erased it first.
    #[schema(format = Uuid)]
    of: String,
    /// The request that erases it again.
    #[schema(format = Uuid)]
    request: String,
    /// How far that is.
    #[schema(example = "planned")]
    state: String,
    /// Where it was found.
    datasets: Vec<String>,
}

/// What was restored.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskReplay {
    /// What was restored, from when, and why. It names nobody.
    #[schema(example = "restored from the backup of 2026-11-22 after a failed upgrade")]
    why: String,
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReplayQuery {
    /// From here on: the `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
}

/// Has a restored system searched for what was erased. What is found is erased again once an officer has approved it.
#[utoipa::path(
    post, path = "/systems/{name}/replays", tag = "systems", operation_id = "ask_replay",
    params(("name" = String, Path, description = "The system's name.", example = "crm")),
    request_body = AskReplay,
    responses((status = 201, description = "It is being searched. `Location` leads to the replay.", body = ReplayView)),
    security(("token" = ["inventory"]))
)]
pub(super) async fn ask(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(name): At<Name>,
    Given(given): Given<AskReplay>,
) -> Result<Response, Problem> {
    let replay = engine.ask_replay(&caller.actor, name.get(), &given.why).await?;
    let location = format!("{BASE}/replays/{}", replay.id);
    let view = Json(view(&replay));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view).into_response())
}

/// Lists replays, the newest first.
#[utoipa::path(
    get, path = "/replays", tag = "systems", operation_id = "list_replays",
    params(ReplayQuery),
    responses((status = 200, description = "A page of replays.", body = Listed<ReplayView>)),
    security(("token" = ["read"]), ("token" = ["inventory"]))
)]
pub(super) async fn list(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    OriginalUri(uri): OriginalUri,
    Asked(asked): Asked<ReplayQuery>,
) -> Result<Response, Problem> {
    let (limit, last) = (
        limit(asked.limit)? as usize,
        after::<ReplayId>(asked.after.as_deref())?,
    );
    let replays = engine.replays(&caller.actor).await?;
    let mut rows: Vec<_> = replays
        .iter()
        .filter(|replay| last.is_none_or(|last| replay.id < last))
        .map(view)
        .collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|replay| replay.id.clone());
    Ok(Listed { rows, next }.answer(&uri))
}

/// Shows a replay: what was found, and what became of it.
#[utoipa::path(
    get, path = "/replays/{id}", tag = "systems", operation_id = "show_replay",
    params(("id" = String, Path, description = "The replay.", format = Uuid)),
    responses((status = 200, description = "The replay.", body = ReplayFileView)),
    security(("token" = ["read"]), ("token" = ["inventory"]))
)]
pub(super) async fn show(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<ReplayId>,
) -> Result<Json<ReplayFileView>, Problem> {
    Ok(Json(file(engine.replay(&caller.actor, id).await?)))
}

fn view(replay: &Replay) -> ReplayView {
    let seen = replay.seen.as_ref();
    ReplayView {
        id: replay.id.to_string(),
        system: replay.system.to_string(),
        why: replay.why.clone(),
        asked_at: replay.asked_at.to_string(),
        state: replay.state().word(),
        compared: seen.map(|seen| seen.compared),
        unclear: seen.map(|seen| seen.unclear.clone()).unwrap_or_default(),
        ended_at: replay.ended_at.map(|at| at.to_string()),
    }
}

fn file(seen: Replayed) -> ReplayFileView {
    let found = seen.found.iter().map(|(found, request)| FoundView {
        of: found.of.to_string(),
        request: found.request.to_string(),
        state: request.state_word().to_owned(),
        datasets: found.datasets.iter().map(ToString::to_string).collect(),
    });
    ReplayFileView {
        replay: view(&seen.replay),
        found: found.collect(),
        waiting: seen.waiting.len(),
    }
}
