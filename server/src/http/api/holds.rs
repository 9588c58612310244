//! The hold register: looking, placing, releasing by two people.

mod view;

use axum::Json;
use axum::extract::{Extension, OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::actor::Actor;
use domain::hold::Disclosure;
use domain::id::HoldId;
use domain::scope::{DateRange, TenantScope};
use domain::time::days_later;
use engine::holds::{NewHold, NewScope};
use engine::reading::holds::HoldFilter;
use engine::{Engine, Error};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::BASE;
use super::auth::Caller;
use super::given::{Asked, At, Given};
use super::page::{Listed, after, limit, words};
use super::problem::Problem;
use super::words::{
    BasisWord, GivenIdentifier, GroundWord, Reason, identifiers, optional_date, systems, tenant,
};
pub(super) use view::HoldView;

/// In how many days a hold is looked at again, where nothing is said.
const REVIEW_AFTER: i32 = 90;

/// Which holds.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HoldQuery {
    /// In any of these states, separated by commas: `draining`, `in_force`, `released`.
    state: Option<String>,
    /// A part of what you may see of it, or the beginning of its id.
    text: Option<String>,
    /// Standing ones to be looked at again on this date or before.
    #[param(format = Date)]
    review_by: Option<String>,
    /// From here on: the `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
}

/// Lists holds, as far as the caller may see them.
#[utoipa::path(
    get, path = "/holds", tag = "holds", operation_id = "list_holds",
    params(HoldQuery),
    responses((status = 200, description = "A page of holds, the newest first.", body = Listed<HoldView>)),
    security(("token" = ["read"]), ("token" = ["holds"]))
)]
pub(super) async fn list(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    OriginalUri(uri): OriginalUri,
    Asked(asked): Asked<HoldQuery>,
) -> Result<Response, Problem> {
    let filter = HoldFilter {
        states: words(asked.state.as_deref()),
        text: asked.text,
        review_by: optional_date("review_by", asked.review_by.as_deref())?,
    };
    let (limit, last) = (
        limit(asked.limit)? as usize,
        after::<HoldId>(asked.after.as_deref())?,
    );
    let holds = engine.hold_list(&caller.actor, &filter).await?;
    let begin = match last {
        Some(last) => holds
            .iter()
            .position(|hold| hold.id == last)
            .map_or(holds.len(), |place| place + 1),
        None => 0,
    };
    let more = holds.len() > begin + limit;
    let page: Vec<_> = holds.into_iter().skip(begin).take(limit).collect();
    let next = page.last().filter(|_| more).map(|hold| hold.id.to_string());
    let rows = page.into_iter().map(HoldView::from).collect();
    Ok(Listed { rows, next }.answer(&uri))
}

/// Shows a hold, as far as the caller may see it.
#[utoipa::path(
    get, path = "/holds/{id}", tag = "holds", operation_id = "show_hold",
    params(("id" = String, Path, description = "The hold.", format = Uuid)),
    responses((status = 200, description = "The hold.", body = HoldView)),
    security(("token" = ["read"]), ("token" = ["holds"]))
)]
pub(super) async fn show(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<HoldId>,
) -> Result<Json<HoldView>, Problem> {
    seen(&engine, &caller.actor, id).await
}

async fn seen(engine: &Engine, actor: &Actor, id: HoldId) -> Result<Json<HoldView>, Problem> {
    Ok(Json(engine.hold(actor, id).await?.hold.into()))
}

/// A hold to be placed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceHold {
    /// The matter's name.
    #[schema(example = "Smith v. Acme")]
    matter: String,
    /// The court, regulator or body.
    #[schema(example = "High Court")]
    authority: String,
    /// What gives it force.
    basis: BasisWord,
    /// Why the data may be kept.
    ground: GroundWord,
    /// Who answers for it.
    #[schema(example = "Lena Legal")]
    custodian: String,
    /// From when the matter runs; today where nothing is said.
    #[schema(format = Date)]
    starts_on: Option<String>,
    /// When it must be looked at again; in 90 days where nothing is said.
    #[schema(format = Date)]
    review_on: Option<String>,
    /// What others may learn: `matter`, `ground`, or `wording`; the ground where nothing is said.
    disclosure: Option<DisclosureWord>,
    /// The wording that counsel approved, for `wording`.
    wording: Option<String>,
    /// What it keeps.
    scope: GivenScope,
}

/// What others may learn of a hold.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DisclosureWord {
    /// The matter's name.
    Matter,
    /// The ground only.
    Ground,
    /// The wording, and nothing else.
    Wording,
}

/// What a hold keeps: what meets every part of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenScope {
    /// One tenant, by its key; it need not be registered.
    #[schema(example = "acme")]
    tenant: Option<String>,
    /// Every tenant, also those to come, in place of one.
    #[serde(default)]
    any_tenant: bool,
    /// One person's records only, by how systems know them.
    #[serde(default)]
    person: Vec<GivenIdentifier>,
    /// In these systems; all where there are none.
    #[serde(default)]
    systems: Vec<String>,
    /// Of these categories; all where there are none.
    #[serde(default)]
    categories: Vec<String>,
    /// Records made on this date or after.
    #[schema(format = Date)]
    created_from: Option<String>,
    /// Records made on this date or before.
    #[schema(format = Date)]
    created_until: Option<String>,
}

/// Places a hold. From this moment nothing that it covers is authorised.
#[utoipa::path(
    post, path = "/holds", tag = "holds", operation_id = "place_hold",
    request_body = PlaceHold,
    responses((status = 201, description = "It stands. `Location` leads to it.", body = HoldView)),
    security(("token" = ["holds"]))
)]
pub(super) async fn place(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    Given(given): Given<PlaceHold>,
) -> Result<Response, Problem> {
    let today = engine.now().date_in(&engine.policy().zone).map_err(Error::from)?;
    let review_on = match optional_date("review_on", given.review_on.as_deref())? {
        Some(date) => date,
        None => days_later(today, REVIEW_AFTER).map_err(Error::from)?,
    };
    let hold = NewHold {
        disclosure: disclosure(given.disclosure, given.wording)?,
        matter: given.matter,
        authority: given.authority,
        basis: given.basis.into(),
        ground: given.ground.into(),
        custodian: given.custodian,
        starts_on: optional_date("starts_on", given.starts_on.as_deref())?.unwrap_or(today),
        review_on,
        scope: given.scope.read()?,
    };
    let placed = engine.place_hold(&caller.actor, hold).await?;
    let location = format!("{BASE}/holds/{}", placed.id);
    let view = seen(&engine, &caller.actor, placed.id).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view).into_response())
}

fn disclosure(word: Option<DisclosureWord>, wording: Option<String>) -> Result<Disclosure, Problem> {
    let wording = wording
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    match (word, wording) {
        (Some(DisclosureWord::Wording), Some(text)) => Ok(Disclosure::Neutral(text)),
        (Some(DisclosureWord::Wording), None) => Err(Problem::field(
            "wording",
            "Give the wording that counsel approved.",
        )),
        (_, Some(_)) => Err(Problem::field(
            "wording",
            "A wording goes with the disclosure wording only.",
        )),
        (Some(DisclosureWord::Matter), None) => Ok(Disclosure::Matter),
        (Some(DisclosureWord::Ground) | None, None) => Ok(Disclosure::Ground),
    }
}

impl GivenScope {
    fn read(self) -> Result<NewScope, Problem> {
        let tenant = match (self.tenant, self.any_tenant) {
            (Some(key), false) => TenantScope::One(tenant("scope.tenant", &key)?),
            (None, true) => TenantScope::Any,
            _ => {
                return Err(Problem::field(
                    "scope.tenant",
                    "Name one tenant, or set any_tenant.",
                ));
            }
        };
        let from = optional_date("scope.created_from", self.created_from.as_deref())?;
        let until = optional_date("scope.created_until", self.created_until.as_deref())?;
        if from.zip(until).is_some_and(|(from, until)| from > until) {
            return Err(Problem::field(
                "scope.created_until",
                "This is before created_from.",
            ));
        }
        Ok(NewScope {
            tenant,
            subject: identifiers("scope.person", self.person)?,
            systems: systems("scope.systems", self.systems)?,
            categories: self.categories.into_iter().collect(),
            created: (from.is_some() || until.is_some()).then_some(DateRange { from, until }),
        })
    }
}

/// Asks for the release of a hold, as the first of two people. The hold still stands.
#[utoipa::path(
    post, path = "/holds/{id}/propose-release", tag = "holds", operation_id = "propose_release",
    params(("id" = String, Path, description = "The hold.", format = Uuid)),
    request_body = Reason,
    responses((status = 200, description = "It waits for a second person.", body = HoldView)),
    security(("token" = ["holds"]))
)]
pub(super) async fn propose_release(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<HoldId>,
    Given(given): Given<Reason>,
) -> Result<Json<HoldView>, Problem> {
    engine.propose_release(&caller.actor, id, &given.reason).await?;
    seen(&engine, &caller.actor, id).await
}

/// Confirms the release of a hold, as the second person. What it stopped goes on after the cooling-off.
#[utoipa::path(
    post, path = "/holds/{id}/confirm-release", tag = "holds", operation_id = "confirm_release",
    params(("id" = String, Path, description = "The hold.", format = Uuid)),
    request_body = Reason,
    responses((status = 200, description = "It is released.", body = HoldView)),
    security(("token" = ["holds"]))
)]
pub(super) async fn confirm_release(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<HoldId>,
    Given(given): Given<Reason>,
) -> Result<Json<HoldView>, Problem> {
    engine.confirm_release(&caller.actor, id, &given.reason).await?;
    seen(&engine, &caller.actor, id).await
}
