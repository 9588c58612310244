//! Requests: opening, following, confirming who is behind them, taking them back.

mod view;

use axum::Json;
use axum::extract::{Extension, OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::digest::Digest;
use domain::id::RequestId;
use domain::port::reading::{RequestFilter, RequestSort};
use domain::request::IdentityMethod;
use domain::scope::RequestScope;
use engine::Engine;
use engine::intake::NewRequest;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::given::{Asked, At, Given};
use super::page::{Listed, after, limit, words};
use super::problem::Problem;
use super::words::{GivenIdentifier, date, identifiers, optional_date, tenant};
use super::{BASE, tenants};
pub(super) use view::{About, RequestFileView, RequestView};

/// Which requests.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RequestQuery {
    /// In any of these states, separated by commas.
    #[param(example = "planned,on_hold")]
    state: Option<String>,
    /// Of one tenant, by its key.
    tenant: Option<String>,
    /// Due before this date.
    #[param(format = Date)]
    due_before: Option<String>,
    /// The beginning of an id, or a part of the tenant's name or key.
    text: Option<String>,
    /// The newest first (`received`), or what is due first (`due`).
    sort: Option<Sort>,
    /// From here on: the `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
}

/// The order of requests.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Received,
    Due,
}

/// Lists the requests that the caller may see.
#[utoipa::path(
    get, path = "/requests", tag = "requests", operation_id = "list_requests",
    params(RequestQuery),
    responses((status = 200, description = "A page of requests.", body = Listed<RequestView>)),
    security(("token" = ["read"]), ("token" = ["requests"]))
)]
pub(super) async fn list(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    OriginalUri(uri): OriginalUri,
    Asked(asked): Asked<RequestQuery>,
) -> Result<Response, Problem> {
    let filter = RequestFilter {
        states: words(asked.state.as_deref()),
        tenant: tenants::find(&engine, &caller.actor, asked.tenant.as_deref()).await?,
        due_before: optional_date("due_before", asked.due_before.as_deref())?,
        text: asked.text,
        sort: match asked.sort {
            Some(Sort::Due) => RequestSort::Due,
            Some(Sort::Received) | None => RequestSort::Received,
        },
        after: after(asked.after.as_deref())?,
        limit: limit(asked.limit)?,
    };
    let page = engine
        .request_page(&caller.actor, filter)
        .await?
        .map(RequestView::from);
    let next = page.next.map(|next| next.to_string());
    Ok(Listed {
        rows: page.rows,
        next,
    }
    .answer(&uri))
}

/// A request to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenRequest {
    /// The tenant's key.
    #[schema(example = "acme")]
    tenant: String,
    /// The whole tenant, or one person of it.
    about: About,
    /// For a tenant: the contract that ended, by number or title.
    #[schema(example = "MSA 2021-7")]
    contract: Option<String>,
    /// For a tenant: the day on which the contract ended.
    #[schema(format = Date, example = "2026-06-30")]
    ended_on: Option<String>,
    /// For a person: how systems know them; at least one.
    #[serde(default)]
    identifiers: Vec<GivenIdentifier>,
}

/// Opens a request. The clock of Art. 12(3) runs from this moment; somebody else must confirm the identity behind it.
#[utoipa::path(
    post, path = "/requests", tag = "requests", operation_id = "open_request",
    request_body = OpenRequest,
    responses((status = 201, description = "It is open. `Location` leads to it.", body = RequestView)),
    security(("token" = ["requests"]))
)]
pub(super) async fn open(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    Given(given): Given<OpenRequest>,
) -> Result<Response, Problem> {
    let new = NewRequest {
        tenant: tenant("tenant", &given.tenant)?,
        scope: scope(&given)?,
        identifiers: identifiers("identifiers", given.identifiers)?,
        channel: "api".into(),
    };
    let opened = engine.open_request(&caller.actor, new).await?;
    let location = format!("{BASE}/requests/{}", opened.id);
    let view = Json(RequestView::from(opened));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view).into_response())
}

fn scope(given: &OpenRequest) -> Result<RequestScope, Problem> {
    match (given.about, &given.contract, &given.ended_on) {
        (About::Person, None, None) => Ok(RequestScope::Subject),
        (About::Person, Some(_), _) => Err(Problem::field(
            "contract",
            "A request about a person names no contract.",
        )),
        (About::Person, None, Some(_)) => Err(Problem::field(
            "ended_on",
            "A request about a person names no end of a contract.",
        )),
        (About::Tenant, contract, ended_on) => {
            let contract = contract.as_deref().map(str::trim).filter(|text| !text.is_empty());
            let contract =
                contract.ok_or_else(|| Problem::field("contract", "Name the contract that ended."))?;
            let ended_on = ended_on.as_deref();
            let ended_on =
                ended_on.ok_or_else(|| Problem::field("ended_on", "Give the day on which it ended."))?;
            Ok(RequestScope::Tenant {
                contract: contract.to_owned(),
                ended_on: date("ended_on", ended_on)?,
            })
        }
    }
}

/// Shows a request: its state, whose turn it is, and what is known of each system.
#[utoipa::path(
    get, path = "/requests/{id}", tag = "requests", operation_id = "show_request",
    params(("id" = String, Path, description = "The request.", format = Uuid)),
    responses((status = 200, description = "The request.", body = RequestFileView)),
    security(("token" = ["read"]), ("token" = ["requests"]))
)]
pub(super) async fn show(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<RequestId>,
) -> Result<Json<RequestFileView>, Problem> {
    Ok(Json(engine.request_file(&caller.actor, id).await?.into()))
}

/// How an identity was confirmed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmIdentity {
    /// In what way.
    method: Method,
    /// SHA-256 of the evidence, which you keep: 64 hexadecimal characters.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    evidence: String,
}

/// Ways to confirm an identity.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Method {
    /// A second authorised person of the tenant confirms. Enough for a whole tenant.
    SecondTenantPerson,
    /// Staff called a contact on file back. Enough for a whole tenant.
    CallBack,
    /// The person signed in to their account.
    AccountSignIn,
    /// A document was shown.
    Document,
}

/// Confirms who is behind a request. Whoever opened it cannot.
#[utoipa::path(
    post, path = "/requests/{id}/confirm-identity", tag = "requests", operation_id = "confirm_identity",
    params(("id" = String, Path, description = "The request.", format = Uuid)),
    request_body = ConfirmIdentity,
    responses((status = 200, description = "It is confirmed, and a plan is being drawn.", body = RequestView)),
    security(("token" = ["requests"]))
)]
pub(super) async fn confirm_identity(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<RequestId>,
    Given(given): Given<ConfirmIdentity>,
) -> Result<Json<RequestView>, Problem> {
    let evidence: Result<Digest, _> = given.evidence.trim().parse();
    let expected = "Expected a SHA-256 digest: 64 hexadecimal characters.";
    let evidence = evidence.map_err(|_| Problem::field("evidence", expected))?;
    let method = match given.method {
        Method::SecondTenantPerson => IdentityMethod::SecondTenantPerson,
        Method::CallBack => IdentityMethod::CallBack,
        Method::AccountSignIn => IdentityMethod::AccountSignIn,
        Method::Document => IdentityMethod::Document,
    };
    let request = engine
        .confirm_identity(&caller.actor, id, method, evidence)
        .await?;
    Ok(Json(request.into()))
}

/// Takes a request back, before anything was erased.
#[utoipa::path(
    post, path = "/requests/{id}/withdraw", tag = "requests", operation_id = "withdraw_request",
    params(("id" = String, Path, description = "The request.", format = Uuid)),
    responses((status = 200, description = "It is withdrawn. Nothing was erased.", body = RequestView)),
    security(("token" = ["requests"]))
)]
pub(super) async fn withdraw(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    engine.withdraw_request(&caller.actor, id).await?;
    let request = engine.request(&caller.actor, id).await?;
    Ok(Json(request.into()))
}
