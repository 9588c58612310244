//! The tenant asks, a second person of the tenant confirms, and the hold stops it.

use std::io::Write;

use domain::actor::Denied;
use domain::digest::Digest;
use domain::mail::MailKind;
use domain::request::{Aside, ErasureRequest, IdentityMethod};
use domain::retention::due_on;
use domain::scope::RequestScope;
use engine::Error;
use engine::intake::NewRequest;
use samples::AURORA;

use super::super::DemoError;
use super::super::organisation::{ZONE, key};
use super::super::systems::Counts;
use super::super::teller::Teller;
use super::{CONFIRMS_AFTER, Story};

impl Story<'_> {
    /// Opens and confirms the request, and sees it wait.
    pub(super) async fn request<W: Write>(
        &self,
        teller: &mut Teller<W>,
        before: &Counts,
    ) -> Result<ErasureRequest, DemoError> {
        let request = self.open(teller).await?;
        self.confirm(teller, &request).await?;
        self.wait(teller, &request, before).await?;
        Ok(request)
    }

    async fn open<W: Write>(&self, teller: &mut Teller<W>) -> Result<ErasureRequest, DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        teller.chapter("The request")?;
        self.show_time(teller);
        let ended_on = engine.now().date_in(ZONE).map_err(Error::from)?;
        let new = NewRequest {
            tenant: key(&AURORA)?,
            scope: RequestScope::Tenant {
                contract: "MSA-2023-0417".into(),
                ended_on,
            },
            identifiers: Vec::new(),
            channel: "tenant portal".into(),
        };
        let request = engine.open_request(&people.requester.actor, new).await?;
        teller.act(&format!(
            "{} asks for the erasure of everything of {}: contract MSA-2023-0417 ended on {ended_on}.",
            people.requester, AURORA.name
        ))?;
        let due = due_on(request.received_at, ZONE).map_err(Error::from)?;
        teller.saw(
            request.due_on == due,
            &format!("to be answered by {due}, one month after receipt (Art. 12(3))"),
        )?;
        let strange = engine.request(&people.stranger.actor, request.id).await;
        let unseen = matches!(strange, Err(Error::NotFound(_)));
        teller.saw(
            unseen,
            &format!("for {} there is no such request", people.stranger),
        )?;
        let alone = confirm(engine, &people.requester.actor, &request, b"myself").await;
        let refused = matches!(alone, Err(Error::Denied(Denied::SamePerson { .. })));
        teller.saw(
            refused,
            &format!(
                "{} cannot confirm it alone: one login must not erase a tenant",
                people.requester.name
            ),
        )?;
        Ok(request)
    }

    async fn confirm<W: Write>(
        &self,
        teller: &mut Teller<W>,
        request: &ErasureRequest,
    ) -> Result<(), DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        self.pass(
            teller,
            CONFIRMS_AFTER,
            "a second person of the tenant reads the mail",
        )?;
        let confirmed = confirm(
            engine,
            &people.confirmer.actor,
            request,
            b"board resolution of the tenant",
        )
        .await?;
        teller.act(&format!("{} confirms it.", people.confirmer))?;
        self.run_due().await?;
        let told = self.mails(request.id, MailKind::RequestReceived).await?.len();
        let text = format!("{told} contacts of the tenant were told, and can object");
        teller.saw(confirmed.identity.is_some() && told == 2, &text)
    }

    async fn wait<W: Write>(
        &self,
        teller: &mut Teller<W>,
        request: &ErasureRequest,
        before: &Counts,
    ) -> Result<(), DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        teller.chapter("A hold stops it")?;
        self.show_time(teller);
        let held = self.look(request.id).await?;
        teller.act("The planner reads the hold register before it plans anything.")?;
        let on_hold =
            matches!(held.aside, Some(Aside::OnHold { resumes_at: None, .. })) && held.plan.is_none();
        teller.saw(
            on_hold,
            "all of it is covered: the request is on hold, and there is no plan",
        )?;
        let log = engine
            .log_about(&people.auditor.actor, &format!("request:{}", request.id))
            .await?;
        let blocked = log
            .iter()
            .filter(|entry| entry.claims.kind == "request.blocked")
            .count();
        teller.saw(blocked == 1, "the blocked attempt is in the log")?;
        let told = self.mails(request.id, MailKind::RequestBlocked).await?;
        let counsel = [people.counsel.email, people.second_counsel.email];
        let both = counsel
            .iter()
            .all(|email| told.iter().any(|mail| mail.to == *email))
            && told.len() == 2;
        teller.saw(both, &format!("legal was told by mail: {}", counsel.join(", ")))?;
        let untouched = self.systems.counts().await? == *before;
        teller.saw(untouched, "not one record was touched")
    }
}

async fn confirm(
    engine: &engine::Engine,
    actor: &domain::actor::Actor,
    request: &ErasureRequest,
    evidence: &[u8],
) -> Result<ErasureRequest, Error> {
    engine
        .confirm_identity(
            actor,
            request.id,
            IdentityMethod::SecondTenantPerson,
            Digest::of(evidence),
        )
        .await
}
