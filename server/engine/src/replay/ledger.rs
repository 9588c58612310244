//! The ledger: what a request erased is entered as keyed digests, once probes have found it gone.

use std::collections::BTreeSet;

use domain::port::store::Tx;
use domain::replay::ErasedIdentity;
use domain::request::ErasureRequest;
use domain::scope::RequestScope;
use domain::selection::Target;
use domain::subject::{Identifier, IdentifierDigest};

use crate::{Engine, Error};

impl Engine {
    /// Enters what a request erased: the tenant, or the person by every identifier by which a system knew them, also in
    /// the form in which that system writes it. The synthetic tenant comes back on purpose and is not entered.
    pub(crate) async fn enter_erased(&self, tx: &mut dyn Tx, request: &ErasureRequest) -> Result<(), Error> {
        if request.drill {
            return Ok(());
        }
        let entry = |identity| ErasedIdentity {
            request: request.id,
            tenant: request.tenant_key.clone(),
            identity,
        };
        let erased: Vec<ErasedIdentity> = match request.scope {
            RequestScope::Tenant { .. } => vec![entry(None)],
            RequestScope::Subject => {
                let known = self.known_as(tx, request).await?;
                known.into_iter().map(|digest| entry(Some(digest))).collect()
            }
        };
        Ok(tx.replays().enter(&erased, self.now()).await?)
    }

    async fn known_as(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
    ) -> Result<BTreeSet<IdentifierDigest>, Error> {
        let plan = match request.plan {
            Some(plan) => tx.plans().find(plan).await?,
            None => None,
        };
        let plan =
            plan.ok_or_else(|| Error::Broken(format!("request {} was verified without a plan", request.id)))?;
        let targets = self.secrets_of(request, &plan)?.targets;
        let written: Vec<Identifier> = targets.values().flat_map(as_written).collect();
        let mut known = self.digests(&written)?;
        known.extend(request.digests.iter().cloned());
        known.extend(plan.digests);
        Ok(known)
    }
}

/// The person's identifiers as the records of a dataset hold them.
fn as_written(target: &Target) -> impl Iterator<Item = Identifier> {
    target.selection.subject.iter().flat_map(|criterion| {
        let matches = target.locator.subject.iter();
        let kinds = matches.filter(|one| one.field == criterion.field);
        kinds.flat_map(|one| {
            let values = criterion.any_of.iter();
            values.filter_map(|value| Identifier::new(&one.identifier, value).ok())
        })
    })
}
