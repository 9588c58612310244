//! Intake: opening a request, confirming the identity behind it, and the ways in which it ends early.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{PersonId, RequestId};
use domain::job::Job;
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::request::{
    Aside, Ending, ErasureRequest, Extension, IdentityConfirmation, IdentityMethod, RefusalReason, Stage,
};
use domain::retention::{due_on, extended_due_on};
use domain::scope::RequestScope;
use domain::subject::{Identifier, Tenant, TenantKey};
use serde_json::json;

use crate::{Engine, Error};

/// A request to be opened.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// The tenant.
    pub tenant: TenantKey,
    /// Whole tenant or one person.
    pub scope: RequestScope,
    /// The person's identifiers; empty for a whole tenant.
    pub identifiers: Vec<Identifier>,
    /// How it came.
    pub channel: String,
}

impl Engine {
    /// Opens a request. The clock of Art. 12(3) runs from this moment.
    pub async fn open_request(&self, actor: &Actor, new: NewRequest) -> Result<ErasureRequest, Error> {
        actor.require_any(&[Permission::OpenRequest, Permission::OpenOwnRequest])?;
        let opened_by = actor.person()?;
        match (&new.scope, new.identifiers.is_empty()) {
            (RequestScope::Subject, true) => {
                return Err(Error::invalid(
                    "identifiers",
                    "name at least one, for example email=ada@example.com",
                ));
            }
            (RequestScope::Tenant { .. }, false) => {
                return Err(Error::invalid(
                    "identifiers",
                    "a request for the whole tenant names no person",
                ));
            }
            _ => {}
        }
        let mut tx = self.ports.store.begin().await?;
        let tenant = tx
            .tenants()
            .find_by_key(&new.tenant)
            .await?
            .ok_or(Error::NotFound("that tenant"))?;
        if let (
            Actor::Person {
                tenant: Some(own), ..
            },
            true,
        ) = (actor, actor.require(Permission::OpenRequest).is_err())
            && *own != tenant.id
        {
            return Err(Error::NotFound("that tenant"));
        }
        let request = self.admit(&mut *tx, actor, tenant, new, Some(opened_by)).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Writes a request down, logs it and tells the tenant.
    pub(crate) async fn admit(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        tenant: Tenant,
        new: NewRequest,
        opened_by: Option<PersonId>,
    ) -> Result<ErasureRequest, Error> {
        let now = self.now();
        let id = RequestId::new(now, self.random());
        let key = self.ports.vault.new_key(&format!("request:{id}"))?;
        let request = ErasureRequest {
            id,
            tenant: tenant.id,
            tenant_key: tenant.key.clone(),
            scope: new.scope,
            drill: tenant.synthetic,
            channel: new.channel,
            identifiers: Some(self.seal_under(&key, "identifiers", &new.identifiers)?),
            key: Some(key),
            digests: self.digests(&new.identifiers)?,
            opened_by,
            received_at: now,
            due_on: due_on(now, &self.policy.zone)?,
            extension: None,
            identity: None,
            stage: Stage::Received,
            aside: None,
            plan: None,
            awaits_nonce: None,
            approval: None,
            starts_at: None,
            round: 0,
            touched: false,
            ending: None,
            certificate: None,
            again: None,
            closed_at: None,
            destroyed_at: None,
            version: 1,
        };
        tx.requests().insert(&request).await?;
        let whole = matches!(request.scope, RequestScope::Tenant { .. });
        let details = json!({ "tenant": tenant.id, "due_on": request.due_on, "whole_tenant": whole });
        self.log(
            tx,
            actor,
            Event::new("request.opened", format!("request:{id}"), details),
        )
        .await?;
        if whole {
            self.tell_tenant(tx, &request, MailKind::RequestReceived).await?;
        }
        Ok(request)
    }

    /// Confirms who is behind a request. The confirmer is not the requester.
    pub async fn confirm_identity(
        &self,
        actor: &Actor,
        id: RequestId,
        method: IdentityMethod,
        evidence: Digest,
    ) -> Result<ErasureRequest, Error> {
        let second = method == IdentityMethod::SecondTenantPerson;
        let permission = if second {
            Permission::OpenOwnRequest
        } else {
            Permission::ConfirmIdentity
        };
        actor.require(permission)?;
        let mut tx = self.ports.store.begin().await?;
        let request = self.visible_request(&mut *tx, actor, id).await?;
        actor.differs_from(
            request.opened_by,
            "confirming the identity",
            "who opened the request",
        )?;
        let now = self.now();
        let confirmed_by = actor.person()?;
        let request = request.confirm_identity(IdentityConfirmation {
            method,
            evidence,
            confirmed_by,
            confirmed_at: now,
        })?;
        tx.requests().update(&request).await?;
        let details = json!({ "method": method, "evidence": evidence });
        self.log(
            &mut *tx,
            actor,
            Event::new("request.identity_confirmed", format!("request:{id}"), details),
        )
        .await?;
        tx.jobs().enqueue(&Job::Plan { request: id }, now).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Refuses a request, with a reason of the closed list.
    pub async fn refuse_request(
        &self,
        actor: &Actor,
        id: RequestId,
        reason: RefusalReason,
    ) -> Result<(), Error> {
        actor.require(Permission::RefuseRequest)?;
        let by = actor.person()?;
        if matches!(&reason, RefusalReason::Other(text) if text.trim().is_empty()) {
            return Err(Error::invalid("reason", "say why in words"));
        }
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        tx.requests()
            .update(&request.refuse(reason.clone(), by, self.now())?)
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.refused",
                format!("request:{id}"),
                json!({ "reason": reason }),
            ),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a request back, before anything was authorised.
    pub async fn withdraw_request(&self, actor: &Actor, id: RequestId) -> Result<(), Error> {
        actor.require_any(&[Permission::OpenRequest, Permission::OpenOwnRequest])?;
        let mut tx = self.ports.store.begin().await?;
        let request = self.visible_request(&mut *tx, actor, id).await?;
        tx.requests()
            .update(&request.withdraw(actor.person()?, self.now())?)
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("request.withdrawn", format!("request:{id}"), json!({})),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Marks a request as the same as another. The identity must have been confirmed: a duplicate never skips that.
    pub async fn mark_duplicate(&self, actor: &Actor, id: RequestId, of: RequestId) -> Result<(), Error> {
        actor.require(Permission::RefuseRequest)?;
        actor.person()?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let other = tx
            .requests()
            .find(of)
            .await?
            .ok_or(Error::NotFound("the other request"))?;
        let same = request.id != other.id && request.tenant == other.tenant && request.scope == other.scope;
        if !same || request.digests != other.digests {
            return Err(Error::invalid(
                "of",
                "the two requests are not about the same tenant and person",
            ));
        }
        if request.identity.is_none() {
            return Err(Error::NotNow(
                "confirm the identity first: a duplicate never skips that".into(),
            ));
        }
        if request.touched {
            return Err(Error::NotNow(
                "erasure was already authorised for this request".into(),
            ));
        }
        let ending = Some(Ending::DuplicateOf(of));
        tx.requests()
            .update(&ErasureRequest {
                ending,
                aside: None,
                ..request.become_stage(Stage::Duplicate)?
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("request.duplicate", format!("request:{id}"), json!({ "of": of })),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Extends the deadline by two months, with reasons told inside the first month (Art. 12(3)).
    pub async fn extend_deadline(&self, actor: &Actor, id: RequestId, reason: &str) -> Result<(), Error> {
        actor.require(Permission::ExtendDeadline)?;
        let by = actor.person()?;
        if reason.trim().is_empty() {
            return Err(Error::invalid("reason", "an extension needs its reasons"));
        }
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let now = self.now();
        if request.extension.is_some() {
            return Err(Error::NotNow(
                "the deadline was extended already: there is one extension".into(),
            ));
        }
        if now.date_in(&self.policy.zone)? > due_on(request.received_at, &self.policy.zone)? {
            return Err(Error::NotNow(
                "an extension must be told inside the first month, which is over".into(),
            ));
        }
        let extension = Some(Extension {
            reason: reason.trim().to_owned(),
            told_at: now,
            by,
        });
        let due_on = extended_due_on(request.received_at, &self.policy.zone)?;
        tx.requests()
            .update(&ErasureRequest {
                extension,
                due_on,
                ..request
            })
            .await?;
        let details = json!({ "reason": reason, "due_on": due_on });
        self.log(
            &mut *tx,
            actor,
            Event::new("request.extended", format!("request:{id}"), details),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The tenant objects during the grace period: nothing starts until a person looked.
    pub async fn object(&self, actor: &Actor, id: RequestId, reason: &str) -> Result<(), Error> {
        actor.require(Permission::ObjectToRun)?;
        let mut tx = self.ports.store.begin().await?;
        let request = self.visible_request(&mut *tx, actor, id).await?;
        if request.touched {
            return Err(Error::NotNow("erasure has already begun".into()));
        }
        let aside = Some(Aside::NeedsAttention {
            what: "the tenant objected: settle it, then refuse the request or plan it again".into(),
            who: "compliance officer".into(),
            stops: true,
            since: self.now(),
        });
        tx.requests().update(&ErasureRequest { aside, ..request }).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.objected",
                format!("request:{id}"),
                json!({ "reason": reason }),
            ),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// One request, where the actor may see it. Another tenant's is not found.
    pub async fn request(&self, actor: &Actor, id: RequestId) -> Result<ErasureRequest, Error> {
        let mut tx = self.ports.store.read().await?;
        self.visible_request(&mut *tx, actor, id).await
    }

    /// All requests that the actor may see, newest first.
    pub async fn requests(&self, actor: &Actor) -> Result<Vec<ErasureRequest>, Error> {
        actor.require_any(&[
            Permission::ReadAll,
            Permission::ReadOperations,
            Permission::ReadOwn,
        ])?;
        let own = match actor {
            Actor::Person { tenant, .. } if actor.require(Permission::ReadOwn).is_ok() => *tenant,
            _ => None,
        };
        Ok(self.ports.store.read().await?.requests().list(own).await?)
    }

    pub(crate) async fn visible_request(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        id: RequestId,
    ) -> Result<ErasureRequest, Error> {
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if actor
            .require_any(&[Permission::ReadAll, Permission::ReadOperations])
            .is_ok()
        {
            return Ok(request);
        }
        actor.require(Permission::ReadOwn)?;
        match actor {
            Actor::Person {
                tenant: Some(own), ..
            } if *own == request.tenant && request.again.is_none() => Ok(request),
            _ => Err(Error::NotFound("that request")),
        }
    }

    /// Puts a request in front of a person, unless the same is said already. Says nothing of its own accord to the outside.
    pub(crate) async fn needs_attention(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        request: ErasureRequest,
        what: String,
        who: &str,
        stops: bool,
    ) -> Result<ErasureRequest, Error> {
        if let Some(Aside::NeedsAttention {
            what: already,
            stops: stopped,
            ..
        }) = &request.aside
            && (*already == what || (*stopped && !stops))
        {
            return Ok(request);
        }
        let details = json!({ "what": what, "who": who });
        let aside = Some(Aside::NeedsAttention {
            what,
            who: who.to_owned(),
            stops,
            since: self.now(),
        });
        let request = ErasureRequest { aside, ..request };
        tx.requests().update(&request).await?;
        let request = ErasureRequest {
            version: request.version + 1,
            ..request
        };
        self.log(
            tx,
            actor,
            Event::new(
                "request.needs_attention",
                format!("request:{}", request.id),
                details,
            ),
        )
        .await?;
        self.tell_staff(tx, &request, MailKind::NeedsAttention).await?;
        Ok(request)
    }

    /// A person has looked: what stopped the request is settled, and it goes on where it stood.
    pub async fn settle_attention(&self, actor: &Actor, id: RequestId, note: &str) -> Result<(), Error> {
        actor.require_any(&[Permission::RetryStep, Permission::AcceptException])?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        match &request.aside {
            Some(Aside::NeedsAttention { stops: true, .. }) => actor.require(Permission::AcceptException)?,
            Some(Aside::NeedsAttention { .. }) => {}
            _ => return Err(Error::NotNow("the request waits for nobody's attention".into())),
        }
        let jobs = continuing(&request);
        tx.requests()
            .update(&ErasureRequest {
                aside: None,
                ..request
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.attended",
                format!("request:{id}"),
                json!({ "note": note }),
            ),
        )
        .await?;
        for job in jobs {
            tx.jobs().enqueue(&job, self.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// What takes a request up again where it stands.
fn continuing(request: &ErasureRequest) -> Vec<Job> {
    let (request_id, round) = (request.id, request.round);
    match request.stage {
        Stage::IdentityConfirmed => vec![Job::Plan { request: request_id }],
        Stage::Scheduled => request
            .plan
            .map(|plan| Job::Start {
                request: request_id,
                plan,
            })
            .into_iter()
            .collect(),
        Stage::Erasing => vec![Job::Settle {
            request: request_id,
            round,
        }],
        Stage::Verifying | Stage::Settling => vec![Job::Conclude {
            request: request_id,
            round,
        }],
        Stage::Residue => vec![Job::Remediate {
            request: request_id,
            round,
        }],
        _ => Vec::new(),
    }
}
