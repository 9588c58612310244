//! Whether a tenant is frozen: what other tools ask before a migration or a change.

use axum::Json;
use axum::extract::{Extension, State};
use domain::actor::Actor;
use domain::id::TenantId;
use domain::subject::TenantKey;
use engine::Engine;
use engine::reading::freeze::{FreezeKind, FreezeState};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::given::At;
use super::problem::Problem;

/// Whether a tenant is frozen.
#[derive(Serialize, ToSchema)]
pub(super) struct Freeze {
    /// Something of it must stay as it is: do not move, change or delete its data.
    frozen: bool,
    /// Since when: the oldest reason.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// By what, the oldest first.
    because: Vec<Because>,
    /// Changes to the hold register so far: what was compared.
    register_version: i64,
    /// When it was looked up. A hold may be placed a moment later.
    #[schema(format = DateTime)]
    at: String,
}

/// One reason.
#[derive(Serialize, ToSchema)]
struct Because {
    /// Which kind of reason.
    kind: FreezeWord,
    /// What may be said of it.
    disclosed: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// It keeps everything of the tenant, not a part.
    whole: bool,
}

/// Kinds of reasons.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FreezeWord {
    /// A legal hold.
    Hold,
    /// A retention duty.
    Duty,
    /// Everything is paused.
    Pause,
    /// The hold register is not confirmed since a restore.
    RegisterUnconfirmed,
    /// An erasure runs.
    Erasure,
}

/// Asks whether a tenant is frozen. A tenant that is not registered may be held too.
#[utoipa::path(
    get, path = "/tenants/{key}/freeze", tag = "tenants",
    params(("key" = String, Path, description = "The tenant's key.", example = "acme")),
    responses((status = 200, description = "Whether it is frozen.", body = Freeze)),
    security(("token" = ["read"]), ("token" = ["freeze"]))
)]
pub(super) async fn freeze(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(key): At<Key>,
) -> Result<Json<Freeze>, Problem> {
    let state = engine.freeze_state(&caller.actor, &key.0).await?;
    Ok(Json(state.into()))
}

/// A tenant's key in a path.
pub(super) struct Key(TenantKey);

impl std::str::FromStr for Key {
    type Err = domain::subject::IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        TenantKey::parse(text).map(Self)
    }
}

impl From<FreezeState> for Freeze {
    fn from(state: FreezeState) -> Self {
        let because = state.because.into_iter().map(|freeze| Because {
            kind: match freeze.kind {
                FreezeKind::Hold => FreezeWord::Hold,
                FreezeKind::Duty => FreezeWord::Duty,
                FreezeKind::Pause => FreezeWord::Pause,
                FreezeKind::RegisterUnconfirmed => FreezeWord::RegisterUnconfirmed,
                FreezeKind::Erasure => FreezeWord::Erasure,
            },
            disclosed: freeze.disclosed,
            since: freeze.since.to_string(),
            whole: freeze.whole,
        });
        Self {
            frozen: state.frozen,
            since: state.since.map(|since| since.to_string()),
            because: because.collect(),
            register_version: state.register_version,
            at: state.at.to_string(),
        }
    }
}

/// The tenant of a key, to filter by. Those of a tenant see their own only, whatever they filter by.
pub(super) async fn find(
    engine: &Engine,
    actor: &Actor,
    key: Option<&str>,
) -> Result<Option<TenantId>, Problem> {
    let staff = !app::api::ssr::is_tenant(actor);
    let Some(key) = key.filter(|_| staff) else {
        return Ok(None);
    };
    let tenants = engine.tenants(actor).await?;
    let found = tenants.into_iter().find(|tenant| tenant.key.as_str() == key);
    let unknown = || Problem::field("tenant", "There is no tenant of this key.");
    found.map(|tenant| Some(tenant.id)).ok_or_else(unknown)
}
