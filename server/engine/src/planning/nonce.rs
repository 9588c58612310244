//! The approver's side commits to a nonce before planning, and opens it after the root of the log is fixed: nobody alone can
//! choose the seed of the sample (V4).

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{NonceId, RequestId};
use domain::job::{Disposition, Job};
use domain::mail::MailKind;
use domain::nonce::{CommittedNonce, Keeping, Nonce, NonceGiven};
use domain::port::store::{StoreError, Tx};
use domain::request::{ErasureRequest, NonceWait, Stage};
use serde_json::json;

use crate::{Engine, Error};

/// The entry that tells of a commitment.
pub(super) const COMMITTED: &str = "nonce.committed";

/// Under which words a nonce is sealed.
pub(super) fn context(id: NonceId) -> String {
    format!("nonce:{id}")
}

impl Engine {
    /// Commits to a nonce for the plan that a request waits for. Where a nonce kept outside is awaited and cannot be had any more,
    /// the plan falls, and another is drawn with this one.
    pub async fn commit_nonce(
        &self,
        actor: &Actor,
        id: RequestId,
        given: NonceGiven,
    ) -> Result<CommittedNonce, Error> {
        actor.require(Permission::ApproveRun)?;
        actor.seasoned(self.now())?;
        let mut tx = self.ports.store.begin().await?;
        let request = self.awaiting(&mut *tx, actor, id, None).await?;
        let nonce_id = NonceId::new(self.now(), self.random());
        let (commitment, kept) = match given {
            NonceGiven::KeptOutside(commitment) => (commitment, Keeping::Outside),
            NonceGiven::Brought(nonce) => self.keep_nonce(&request, nonce_id, &nonce)?,
            NonceGiven::Drawn => self.keep_nonce(&request, nonce_id, &Nonce::from(self.random::<32>()))?,
        };
        let earlier = tx.nonces().of_request(id).await?.len();
        let nonce = CommittedNonce {
            id: nonce_id,
            request: id,
            number: u32::try_from(earlier + 1).unwrap_or(u32::MAX),
            commitment,
            kept,
            by: actor.person()?,
            committed_at: self.now(),
            plan: None,
            fixed: None,
            opened: None,
            version: 1,
        };
        match tx.nonces().insert(&nonce).await {
            Err(StoreError::Exists(_)) => {
                let why = "this nonce was committed to before: each plan takes another one";
                return Err(Error::invalid("nonce", why));
            }
            done => done?,
        }
        tx.requests().update(&request.replan()?).await?;
        let outside = matches!(nonce.kept, Keeping::Outside);
        let told = json!({ "request": id, "number": nonce.number, "commitment": commitment, "kept_outside": outside });
        self.log(
            &mut *tx,
            actor,
            Event::new(COMMITTED, format!("nonce:{nonce_id}"), told),
        )
        .await?;
        tx.jobs().enqueue(&Job::Plan { request: id }, self.now()).await?;
        tx.commit().await?;
        Ok(nonce)
    }

    /// Brings the nonce that was kept outside; the manifest is drawn with it.
    pub async fn open_nonce(&self, actor: &Actor, id: RequestId, secret: Nonce) -> Result<(), Error> {
        actor.require(Permission::ApproveRun)?;
        actor.seasoned(self.now())?;
        let mut tx = self.ports.store.begin().await?;
        let request = self
            .awaiting(&mut *tx, actor, id, Some(NonceWait::Opening))
            .await?;
        let plan = request
            .plan
            .ok_or_else(|| Error::Broken("a nonce is awaited without a plan".into()))?;
        let nonce = tx.nonces().of_plan(plan).await?;
        let nonce =
            nonce.ok_or_else(|| Error::Broken("a nonce is awaited that nobody committed to".into()))?;
        if secret.commitment() != nonce.commitment {
            let why = "it does not fit: its SHA-256 is not the commitment that was logged";
            return Err(Error::invalid("nonce", why));
        }
        self.tell_nonce(&mut *tx, actor, nonce, secret).await?;
        let request = ErasureRequest {
            awaits_nonce: None,
            ..request
        };
        tx.requests().update(&request).await?;
        tx.jobs().enqueue(&Job::DrawManifest { plan }, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The request, if it waits for a nonce, and for this actor.
    async fn awaiting(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        id: RequestId,
        wait: Option<NonceWait>,
    ) -> Result<ErasureRequest, Error> {
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        actor.differs_from(
            request.opened_by,
            "committing to a nonce",
            "who opened the request",
        )?;
        let awaited = request.awaits_nonce.map(|(wait, _)| wait);
        let fits = awaited.is_some() && (wait.is_none() || wait == awaited);
        if !fits || request.stage != Stage::IdentityConfirmed || request.aside.is_some() {
            let what = if wait.is_some() { "opened nonce" } else { "nonce" };
            return Err(Error::NotNow(format!(
                "the request is {} and waits for no {what}",
                request.state_word()
            )));
        }
        Ok(request)
    }

    fn keep_nonce(
        &self,
        request: &ErasureRequest,
        id: NonceId,
        nonce: &Nonce,
    ) -> Result<(Digest, Keeping), Error> {
        let sealed = self.seal_under(Self::key_of(request)?, &context(id), nonce)?;
        Ok((nonce.commitment(), Keeping::Sealed { sealed }))
    }

    /// Planning stops before the plan is frozen: the approver's side is asked for a commitment.
    pub(super) async fn await_commitment(
        &self,
        actor: &Actor,
        request: ErasureRequest,
    ) -> Result<Disposition, Error> {
        self.await_nonce(actor, request, NonceWait::Commitment).await?;
        Ok(Disposition::Done)
    }

    /// The request waits for somebody of the approver's side; they are told once.
    pub(super) async fn await_nonce(
        &self,
        actor: &Actor,
        request: ErasureRequest,
        wait: NonceWait,
    ) -> Result<(), Error> {
        let aside = match wait {
            // As by a frozen plan: what stopped planning is over.
            NonceWait::Commitment => None,
            NonceWait::Opening => request.aside.clone(),
        };
        let already = request.awaits_nonce.is_some_and(|(already, _)| already == wait);
        if already && request.aside == aside {
            return Ok(());
        }
        let mut tx = self.ports.store.begin().await?;
        let request = ErasureRequest {
            awaits_nonce: Some((wait, self.now())),
            aside,
            ..request
        };
        tx.requests().update(&request).await?;
        let event = Event::new(
            "request.awaits_nonce",
            format!("request:{}", request.id),
            json!({ "awaits": wait }),
        );
        self.log(&mut *tx, actor, event).await?;
        self.tell_staff(&mut *tx, &request, MailKind::NeedsAttention)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
