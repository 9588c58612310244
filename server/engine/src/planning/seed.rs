//! Where the seed of a manifest comes from: a root of the log that contains the plan, and a nonce.
//!
//! Of a nonce that was committed to, the root is fixed and logged before the nonce is opened, and both before anything is drawn:
//! a manifest that fails and is drawn again takes the same root and nonce, so that nothing is left to choose.

use domain::actor::Actor;
use domain::audit::Event;
use domain::digest::Digest;
use domain::manifest::{NonceSource, OpenedNonce, SeedSource};
use domain::nonce::{CommittedNonce, FixedRoot, Keeping, Nonce};
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::request::{ErasureRequest, NonceWait};
use serde_json::json;

use super::nonce::{COMMITTED, context};
use crate::access::PlanSecrets;
use crate::{Engine, Error};

/// What becomes of asking for a seed.
pub(super) enum Seed {
    /// Here it is, with the nonce.
    Made(Box<(SeedSource, Nonce)>),
    /// The plan is in no signed checkpoint yet.
    NoCheckpoint,
    /// Somebody outside has the nonce, and was asked for it.
    Awaited,
}

/// A checkpoint of the log.
struct Root {
    root: Digest,
    tree_size: u64,
    /// Index of the plan's entry in it.
    plan_entry: u64,
}

impl Engine {
    /// The seed of a plan with a nonce of its own, which nobody outside committed to.
    pub(super) async fn own_seed(&self, plan: &ErasurePlan, secrets: &PlanSecrets) -> Result<Seed, Error> {
        let nonce = secrets.nonce.as_deref().and_then(|text| text.parse().ok());
        let nonce = nonce.ok_or_else(|| Error::Broken("the plan has no readable nonce".into()))?;
        let Some(seen) = self.newest_root(plan).await? else {
            return Ok(Seed::NoCheckpoint);
        };
        let source = SeedSource {
            root: seen.root,
            tree_size: seen.tree_size,
            nonce: NonceSource::OperatorsLog,
            committed: None,
        };
        Ok(Seed::Made(Box::new((source, nonce))))
    }

    /// The seed of a plan whose nonce was committed to: fixes the root, then opens the nonce or asks for it, each once.
    pub(super) async fn committed_seed(
        &self,
        actor: &Actor,
        request: &ErasureRequest,
        plan: &ErasurePlan,
        mut nonce: CommittedNonce,
    ) -> Result<Seed, Error> {
        if nonce.fixed.is_none() {
            let Some(seen) = self.newest_root(plan).await? else {
                return Ok(Seed::NoCheckpoint);
            };
            nonce = self.fix_root(actor, nonce, seen).await?;
        }
        if nonce.opened.is_none() {
            let Keeping::Sealed { sealed } = &nonce.kept else {
                self.await_nonce(actor, request.clone(), NonceWait::Opening)
                    .await?;
                return Ok(Seed::Awaited);
            };
            let secret: Nonce = self.open_under(Self::key_of(request)?, &context(nonce.id), sealed)?;
            let mut tx = self.ports.store.begin().await?;
            nonce = self.tell_nonce(&mut *tx, actor, nonce, secret).await?;
            tx.commit().await?;
        }
        made(&nonce)
    }

    /// Opens a nonce, whose root is fixed, in the commit of a caller.
    pub(super) async fn tell_nonce(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        nonce: CommittedNonce,
        secret: Nonce,
    ) -> Result<CommittedNonce, Error> {
        let told = json!({ "nonce": secret, "commitment": nonce.commitment });
        let nonce = nonce.open(secret, self.now())?;
        tx.nonces().update(&nonce).await?;
        let event = Event::new("nonce.opened", format!("nonce:{}", nonce.id), told);
        self.log(tx, actor, event).await?;
        Ok(CommittedNonce {
            version: nonce.version + 1,
            ..nonce
        })
    }

    async fn fix_root(
        &self,
        actor: &Actor,
        nonce: CommittedNonce,
        seen: Root,
    ) -> Result<CommittedNonce, Error> {
        let mut tx = self.ports.store.begin().await?;
        let object = format!("nonce:{}", nonce.id);
        let entries = tx.log().about(&object).await?;
        let entry = entries.iter().find(|entry| entry.claims.kind == COMMITTED);
        let entry = entry.ok_or_else(|| Error::Broken(format!("{object} has no log entry")))?;
        let index = tx.log().index_of(entry.id).await?;
        let nonce = nonce.fix(FixedRoot {
            root: seen.root,
            tree_size: seen.tree_size,
            committed_entry: index.ok_or_else(|| Error::Broken(format!("{object} is in no checkpoint")))?,
            plan_entry: seen.plan_entry,
            at: self.now(),
        })?;
        tx.nonces().update(&nonce).await?;
        let told = json!({ "root": seen.root, "tree_size": seen.tree_size, "plan": nonce.plan });
        self.log(&mut *tx, actor, Event::new("nonce.root_fixed", object, told))
            .await?;
        tx.commit().await?;
        Ok(CommittedNonce {
            version: nonce.version + 1,
            ..nonce
        })
    }

    /// The newest checkpoint, if it contains the plan: the root could not be known before the plan was fixed.
    async fn newest_root(&self, plan: &ErasurePlan) -> Result<Option<Root>, Error> {
        if self.ports.signer.is_some() {
            self.sequence_log().await?;
        }
        let mut tx = self.ports.store.read().await?;
        let entries = tx.log().about(&format!("plan:{}", plan.id)).await?;
        let entry = entries
            .first()
            .ok_or_else(|| Error::Broken("the plan has no log entry".into()))?;
        let index = tx.log().index_of(entry.id).await?;
        let published = tx.log().checkpoint().await?;
        let (Some(plan_entry), Some((tree_size, note))) = (index, published) else {
            return Ok(None);
        };
        if plan_entry >= tree_size {
            return Ok(None);
        }
        Ok(Some(Root {
            root: crate::audit::root_of_note(&note)?,
            tree_size,
            plan_entry,
        }))
    }
}

/// The seed of a nonce that is opened.
fn made(nonce: &CommittedNonce) -> Result<Seed, Error> {
    let (Some(fixed), Some((secret, opened_at))) = (&nonce.fixed, &nonce.opened) else {
        return Err(Error::Broken(format!("nonce {} is not opened", nonce.id)));
    };
    let source = SeedSource {
        root: fixed.root,
        tree_size: fixed.tree_size,
        nonce: match nonce.kept {
            Keeping::Sealed { .. } => NonceSource::Approver,
            Keeping::Outside => NonceSource::Witness,
        },
        committed: Some(OpenedNonce {
            nonce: secret.clone(),
            commitment: nonce.commitment,
            number: nonce.number,
            committed_at: nonce.committed_at,
            committed_entry: fixed.committed_entry,
            plan_entry: fixed.plan_entry,
            fixed_at: fixed.at,
            opened_at: *opened_at,
        }),
    };
    Ok(Seed::Made(Box::new((source, secret.clone()))))
}
