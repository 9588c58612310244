//! Whether a tenant is frozen: what other tools ask before a migration or a change (H7).

use domain::actor::Actor;
use domain::retention::KeeperId;
use domain::subject::TenantKey;
use domain::time::Timestamp;
use serde::Serialize;

use super::Sight;
use crate::{Engine, Error};

/// Whether a tenant is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FreezeState {
    /// Something of it must stay as it is.
    pub frozen: bool,
    /// By what, the oldest first.
    pub because: Vec<Freeze>,
    /// Since when: the oldest of them.
    pub since: Option<Timestamp>,
    /// Changes to the hold register so far: what was compared.
    pub register_version: i64,
    /// When it was looked up.
    pub at: Timestamp,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freeze {
    /// Which kind of reason.
    pub kind: FreezeKind,
    /// What may be said of it.
    pub disclosed: String,
    /// Since when.
    pub since: Timestamp,
    /// It keeps everything of the tenant, not a part.
    pub whole: bool,
}

/// Kinds of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FreezeKind {
    /// A legal hold.
    Hold,
    /// A retention duty.
    Duty,
    /// Everything is paused.
    Pause,
    /// The hold register is not confirmed since a restore: it cannot be told, so it is frozen.
    RegisterUnconfirmed,
    /// An erasure runs: what is changed meanwhile would be missed, or come back.
    Erasure,
}

impl Engine {
    /// Whether a tenant is frozen, for staff and for the tenant itself. A tenant that is not registered may be held too.
    pub async fn freeze_state(&self, actor: &Actor, key: &TenantKey) -> Result<FreezeState, Error> {
        let sight = Sight::of(actor)?;
        let unknown = || Error::NotFound("that tenant");
        let mut tx = self.ports.store.read().await?;
        let tenant = tx.tenants().find_by_key(key).await?;
        match (sight, &tenant) {
            (Sight::Own(own), Some(tenant)) if own == tenant.id => {}
            (Sight::Own(_), _) => return Err(unknown()),
            _ => {}
        }
        let now = self.now();
        let today = now.date_in(&self.policy.zone)?;
        let mut because = Vec::new();
        for keeper in tx.holds().keepers(key, today).await? {
            let scope = &keeper.scope;
            let whole = scope.subject.is_none()
                && scope.systems.is_empty()
                && scope.categories.is_empty()
                && scope.created.is_none();
            let (kind, since) = match keeper.id {
                KeeperId::Hold(id) => {
                    let hold = tx.holds().find(id).await?;
                    (FreezeKind::Hold, hold.map(|hold| hold.placed_at))
                }
                KeeperId::Duty(id) => {
                    let duty = tx.holds().find_duty(id).await?;
                    (FreezeKind::Duty, duty.map(|duty| duty.recorded_at))
                }
            };
            because.push(Freeze {
                kind,
                // That a hold binds every tenant, this one too, is told in the same words.
                disclosed: keeper.disclosed,
                since: since.unwrap_or(now),
                whole,
            });
        }
        let switches = tx.settings().switches().await?;
        if let Some(pause) = switches.all {
            because.push(Freeze {
                kind: FreezeKind::Pause,
                disclosed: match sight.is_staff() {
                    true => format!("everything is paused: {}", pause.reason),
                    false => "everything is paused".into(),
                },
                since: pause.since,
                whole: true,
            });
        }
        if let Some(since) = switches.register_unconfirmed_since {
            because.push(Freeze {
                kind: FreezeKind::RegisterUnconfirmed,
                disclosed: "the hold register is not confirmed since a restore".into(),
                since,
                whole: true,
            });
        }
        if let Some(tenant) = &tenant {
            let running = tx
                .requests()
                .list(Some(tenant.id))
                .await?
                .into_iter()
                .filter(|request| {
                    use domain::request::Stage as S;
                    matches!(
                        request.stage,
                        S::Erasing | S::Settling | S::Verifying | S::Residue | S::Verified
                    )
                });
            because.extend(running.map(|request| Freeze {
                kind: FreezeKind::Erasure,
                disclosed: "an erasure is under way".into(),
                since: request.starts_at.unwrap_or(request.received_at),
                whole: matches!(request.scope, domain::scope::RequestScope::Tenant { .. }),
            }));
        }
        because.sort_by_key(|freeze| freeze.since);
        Ok(FreezeState {
            frozen: !because.is_empty(),
            since: because.first().map(|freeze| freeze.since),
            because,
            register_version: tx.holds().register_version().await?,
            at: now,
        })
    }
}
