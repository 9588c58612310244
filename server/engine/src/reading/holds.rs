//! The hold register as its readers may see it.

use std::collections::BTreeSet;

use domain::actor::{Actor, Permission};
use domain::attempt::Attempt;
use domain::hold::{Basis, Disclosure, Ground, HoldState, LegalHold, Release};
use domain::id::{HoldId, RequestId};
use domain::inventory::{Category, DatasetRef, SystemName};
use domain::request::Aside;
use domain::retention::KeeperId;
use domain::scope::{DateRange, KeepScope, TenantScope};
use domain::subject::TenantKey;
use domain::time::{Date, Timestamp};
use serde::Serialize;

use super::kept;
use super::names::{Named, Names};
use super::timeline::{Happening, happening};
use super::{Sight, sees_matters};
use crate::{Engine, Error};

/// Which holds, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HoldFilter {
    /// In any of these states (`draining`, `in_force`, `released`); empty: in every state.
    pub states: BTreeSet<String>,
    /// A part of what the reader may see of it, or the beginning of its id, in any case.
    pub text: Option<String>,
    /// Standing ones to be looked at again on this day or before; for those who keep the register.
    pub review_by: Option<Date>,
}

/// A hold, as the reader may see it.
#[derive(Debug, Clone, Serialize)]
pub struct HoldSeen {
    /// Which: the opaque reference.
    pub id: HoldId,
    /// The word of its state.
    pub state: &'static str,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What may be said of it.
    pub disclosed: String,
    /// Why the data is kept; absent where nothing but the wording may be told.
    pub ground: Option<Ground>,
    /// What it keeps; absent where nothing but the wording may be told, and for those who only operate systems.
    pub scope: Option<ScopeSeen>,
    /// How far its release is.
    pub release: ReleaseSeen,
    /// Everything else, for those who keep the register.
    pub matter: Option<MatterSeen>,
}

/// What a hold or duty keeps. Persons are not named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScopeSeen {
    /// The tenant; absent: any.
    pub tenant: Option<TenantKey>,
    /// One person's records only.
    pub one_person: bool,
    /// Which systems; empty: all.
    pub systems: BTreeSet<SystemName>,
    /// Which categories; empty: all.
    pub categories: BTreeSet<Category>,
    /// Records made when; absent: whenever.
    pub created: Option<DateRange>,
}

impl From<&KeepScope> for ScopeSeen {
    fn from(scope: &KeepScope) -> Self {
        Self {
            tenant: match &scope.tenant {
                TenantScope::Any => None,
                TenantScope::One(key) => Some(key.clone()),
            },
            one_person: scope.subject.is_some(),
            systems: scope.systems.clone(),
            categories: scope.categories.clone(),
            created: scope.created,
        }
    }
}

/// What only those who keep the register see.
#[derive(Debug, Clone, Serialize)]
pub struct MatterSeen {
    /// The matter's name.
    pub matter: String,
    /// The court, regulator or body.
    pub authority: String,
    /// What gives it force.
    pub basis: Basis,
    /// Who answers for it.
    pub custodian: String,
    /// From when the matter runs.
    pub starts_on: Date,
    /// When it must be looked at again.
    pub review_on: Date,
    /// That day has come, and the hold stands.
    pub review_due: bool,
    /// What others may learn.
    pub disclosure: Disclosure,
    /// Who placed it.
    pub placed_by: Named,
}

/// How far a release is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "release")]
pub enum ReleaseSeen {
    /// Nobody asked for it.
    None,
    /// One person asked; another must confirm.
    Proposed {
        /// The first person's part.
        first: PartOfRelease,
        /// The reader can be the second person.
        yours: bool,
        /// Why not, where the reader may release holds otherwise.
        not_yours_because: Option<&'static str>,
    },
    /// Two people released it.
    Released {
        /// The first.
        first: PartOfRelease,
        /// The second.
        second: PartOfRelease,
        /// Until when it can be taken back.
        revocable_until: Timestamp,
        /// It can be taken back at this moment.
        revocable: bool,
    },
}

/// One person's part in a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartOfRelease {
    /// Who.
    pub by: Named,
    /// When.
    pub at: Timestamp,
    /// Why, for those who keep the register.
    pub reason: Option<String>,
}

/// A hold with its history and what it stops.
#[derive(Debug, Clone, Serialize)]
pub struct HoldFile {
    /// The hold.
    pub hold: HoldSeen,
    /// What happened to it, oldest first; empty for those who only operate systems.
    pub history: Vec<Happening>,
    /// Requests that wait for it now.
    pub stops: Vec<RequestId>,
    /// While it drains: the chunks that were authorised before it and may still be at work.
    pub in_flight: Vec<ChunkSeen>,
}

/// A chunk that was authorised before a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChunkSeen {
    /// Of which request.
    pub request: RequestId,
    /// Of which tenant.
    pub tenant: TenantKey,
    /// In which dataset.
    pub dataset: DatasetRef,
    /// When it was authorised.
    pub authorised_at: Timestamp,
    /// When it can no longer be doing anything, even if nobody reports.
    pub expires_at: Timestamp,
}

impl From<Attempt> for ChunkSeen {
    fn from(chunk: Attempt) -> Self {
        Self {
            request: chunk.request,
            tenant: chunk.tenant_key,
            dataset: chunk.dataset,
            authorised_at: chunk.authorised_at,
            expires_at: chunk.expires_at,
        }
    }
}

impl Engine {
    /// Holds, as the actor may see them. What may not be seen is not searched either.
    pub async fn hold_list(&self, actor: &Actor, filter: &HoldFilter) -> Result<Vec<HoldSeen>, Error> {
        let sight = staff(actor)?;
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let holds = tx.holds().list().await?;
        let mut seen = Vec::new();
        for hold in holds {
            let due = filter
                .review_by
                .is_none_or(|by| sees_matters(actor) && hold.stands() && hold.review_on <= by);
            let state = filter.states.is_empty() || filter.states.contains(hold.state.word());
            if state && due {
                seen.push(self.hold_seen(actor, sight, &names, hold)?);
            }
        }
        if let Some(text) = &filter.text {
            let text = text.trim().to_lowercase();
            seen.retain(|hold| hold.mentions(&text));
        }
        Ok(seen)
    }

    /// One hold, as the actor may see it, with its history.
    pub async fn hold(&self, actor: &Actor, id: HoldId) -> Result<HoldFile, Error> {
        let sight = staff(actor).map_err(|_| Error::NotFound("that hold"))?;
        let mut tx = self.ports.store.read().await?;
        let hold = tx.holds().find(id).await?.ok_or(Error::NotFound("that hold"))?;
        let names = Names::load(&mut *tx, actor).await?;
        let history = match sight {
            Sight::All => tx.reading().log_of(&[format!("hold:{id}")], 0).await?,
            _ => Vec::new(),
        };
        let held = tx.requests().on_hold().await?.into_iter().filter(|request| {
            let keeper = KeeperId::Hold(id);
            matches!(&request.aside, Some(Aside::OnHold { keepers, .. }) if keepers.contains(&keeper))
        });
        // They say whose data is meant, so they are for those who keep the register.
        let draining = matches!(hold.state, HoldState::Draining { .. });
        let in_flight = match draining && sees_matters(actor) {
            true => self.chunks_under(&mut *tx, &hold, self.now()).await?,
            false => Vec::new(),
        };
        Ok(HoldFile {
            in_flight: in_flight.into_iter().map(ChunkSeen::from).collect(),
            stops: held.map(|request| request.id).collect(),
            history: history.into_iter().map(|line| happening(line, &names)).collect(),
            hold: self.hold_seen(actor, sight, &names, hold)?,
        })
    }

    /// Standing holds whose review is due (H5).
    pub async fn reviews_due(&self, actor: &Actor) -> Result<Vec<HoldSeen>, Error> {
        actor.require(Permission::ManageHolds)?;
        let filter = HoldFilter {
            review_by: Some(self.now().date_in(&self.policy.zone)?),
            ..HoldFilter::default()
        };
        let mut due = self.hold_list(actor, &filter).await?;
        due.sort_by_key(|hold| hold.matter.as_ref().map(|matter| matter.review_on));
        Ok(due)
    }

    pub(super) fn hold_seen(
        &self,
        reader: &Actor,
        sight: Sight,
        names: &Names,
        hold: LegalHold,
    ) -> Result<HoldSeen, Error> {
        let whole = sees_matters(reader);
        let ground = kept::ground(reader, &hold);
        let scope = whole || (sight == Sight::All && ground.is_some());
        let today = self.now().date_in(&self.policy.zone)?;
        Ok(HoldSeen {
            id: hold.id,
            state: hold.state.word(),
            placed_at: hold.placed_at,
            disclosed: hold.disclosed(),
            ground,
            scope: scope.then(|| ScopeSeen::from(&hold.scope)),
            release: self.release_seen(reader, names, &hold),
            matter: whole.then(|| MatterSeen {
                review_due: hold.stands() && hold.review_on <= today,
                matter: hold.matter,
                authority: hold.authority,
                basis: hold.basis,
                custodian: hold.custodian,
                starts_on: hold.starts_on,
                review_on: hold.review_on,
                disclosure: hold.disclosure,
                placed_by: names.person(hold.placed_by),
            }),
        })
    }

    fn release_seen(&self, reader: &Actor, names: &Names, hold: &LegalHold) -> ReleaseSeen {
        let part = |release: &Release| PartOfRelease {
            by: names.person(release.by),
            at: release.at,
            reason: sees_matters(reader).then(|| release.reason.clone()),
        };
        match (&hold.state, &hold.proposed_release) {
            (HoldState::Released { first, second }, _) => {
                let until = second.at.after(self.policy.cooling_off);
                ReleaseSeen::Released {
                    first: part(first),
                    second: part(second),
                    revocable_until: until,
                    revocable: self.now() < until,
                }
            }
            (_, Some(first)) => {
                let may = reader.require(Permission::ReleaseHold).is_ok();
                let because = if reader.person() == Ok(first.by) {
                    Some("proposed the release")
                } else if reader.seasoned(self.now()).is_err() {
                    Some("was made or promoted less than 24 hours ago")
                } else {
                    None
                };
                ReleaseSeen::Proposed {
                    first: part(first),
                    yours: may && because.is_none(),
                    not_yours_because: because.filter(|_| may),
                }
            }
            (_, None) => ReleaseSeen::None,
        }
    }
}

impl HoldSeen {
    /// What is shown of it contains a text, which is lower case.
    pub(super) fn mentions(&self, text: &str) -> bool {
        let mut shown = vec![self.disclosed.to_lowercase()];
        shown.extend(self.matter.iter().flat_map(|matter| {
            [&matter.matter, &matter.authority, &matter.custodian].map(|one| one.to_lowercase())
        }));
        let tenant = self.scope.iter().filter_map(|scope| scope.tenant.as_ref());
        shown.extend(tenant.map(|key| key.as_str().to_lowercase()));
        shown.iter().any(|one| one.contains(text)) || self.id.to_string().starts_with(text)
    }

    /// What to call it: the matter's name for those who keep the register, for others what it discloses.
    pub fn title(&self) -> String {
        self.matter
            .as_ref()
            .map_or_else(|| self.disclosed.clone(), |matter| matter.matter.clone())
    }
}

/// The register is no business of tenants.
pub(super) fn staff(actor: &Actor) -> Result<Sight, Error> {
    actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
    Sight::of(actor)
}
