//! Holds as programs see them: what the reader may not see is absent.

use domain::hold::Disclosure;
use engine::reading::holds::{HoldSeen, MatterSeen, ReleaseSeen, ScopeSeen};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::words::{BasisWord, GroundWord};

/// A hold.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct HoldView {
    /// Its id: the opaque reference, also on certificates.
    #[schema(format = Uuid)]
    id: String,
    /// `draining` until nothing that it covers is in flight, `in_force`, or `released`.
    #[schema(example = "in_force")]
    state: &'static str,
    /// When it was placed.
    #[schema(format = DateTime)]
    placed_at: String,
    /// What may be said of it.
    disclosed: String,
    /// Why the data is kept; absent where nothing but the wording may be told.
    ground: Option<GroundWord>,
    /// What it keeps; absent where that may not be told.
    scope: Option<Scope>,
    /// How far its release is: `none`, `proposed` or `released`.
    #[schema(example = "none")]
    release: &'static str,
    /// The caller can be the second person of the release.
    release_is_yours: bool,
    /// Everything else; for those who keep the register.
    matter: Option<Matter>,
}

/// What a hold keeps. Persons are not named.
#[derive(Debug, Serialize, ToSchema)]
struct Scope {
    /// The tenant's key; absent: any tenant.
    tenant: Option<String>,
    /// One person's records only.
    one_person: bool,
    /// In which systems; empty: all.
    systems: Vec<String>,
    /// Of which categories; empty: all.
    categories: Vec<String>,
    /// Records made on this date or after.
    #[schema(format = Date)]
    created_from: Option<String>,
    /// Records made on this date or before.
    #[schema(format = Date)]
    created_until: Option<String>,
}

/// What only those who keep the register see.
#[derive(Debug, Serialize, ToSchema)]
struct Matter {
    /// The matter's name.
    name: String,
    /// The court, regulator or body.
    authority: String,
    /// What gives the hold force.
    basis: BasisWord,
    /// Who answers for it.
    custodian: String,
    /// From when the matter runs.
    #[schema(format = Date)]
    starts_on: String,
    /// When it must be looked at again.
    #[schema(format = Date)]
    review_on: String,
    /// That day has come, and the hold stands.
    review_due: bool,
    /// What others may learn: `matter`, `ground` or `wording`.
    disclosure: &'static str,
}

impl From<HoldSeen> for HoldView {
    fn from(hold: HoldSeen) -> Self {
        let (release, yours) = match hold.release {
            ReleaseSeen::None => ("none", false),
            ReleaseSeen::Proposed { yours, .. } => ("proposed", yours),
            ReleaseSeen::Released { .. } => ("released", false),
        };
        Self {
            id: hold.id.to_string(),
            state: hold.state,
            placed_at: hold.placed_at.to_string(),
            disclosed: hold.disclosed,
            ground: hold.ground.map(GroundWord::from),
            scope: hold.scope.map(Scope::from),
            release,
            release_is_yours: yours,
            matter: hold.matter.map(Matter::from),
        }
    }
}

impl From<ScopeSeen> for Scope {
    fn from(scope: ScopeSeen) -> Self {
        let range = scope.created;
        Self {
            tenant: scope.tenant.map(|key| key.to_string()),
            one_person: scope.one_person,
            systems: scope.systems.iter().map(ToString::to_string).collect(),
            categories: scope.categories.into_iter().collect(),
            created_from: range.and_then(|range| range.from).map(|date| date.to_string()),
            created_until: range.and_then(|range| range.until).map(|date| date.to_string()),
        }
    }
}

impl From<MatterSeen> for Matter {
    fn from(matter: MatterSeen) -> Self {
        Self {
            name: matter.matter,
            authority: matter.authority,
            basis: matter.basis.into(),
            custodian: matter.custodian,
            starts_on: matter.starts_on.to_string(),
            review_on: matter.review_on.to_string(),
            review_due: matter.review_due,
            disclosure: match matter.disclosure {
                Disclosure::Matter => "matter",
                Disclosure::Ground => "ground",
                Disclosure::Neutral(_) => "wording",
            },
        }
    }
}
