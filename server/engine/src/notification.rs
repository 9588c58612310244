//! Telling people: mails are rows first, sent by a job, so that a dead mail server loses nothing.

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::id::MailId;
use domain::job::{Disposition, Job, backoff};
use domain::mail::{Mail, MailError, MailKind};
use domain::port::store::Tx;
use domain::request::ErasureRequest;
use serde_json::json;

use crate::{Engine, Error};

mod links;

/// How often a mail is tried before a person must look.
const MAIL_TRIES: i32 = 12;

impl Engine {
    /// Tells every contact of the request's tenant.
    pub(crate) async fn tell_tenant(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        kind: MailKind,
    ) -> Result<(), Error> {
        self.tell_tenant_that(tx, request, kind, &[]).await
    }

    /// Tells every contact of the request's tenant, with facts of the mail's own.
    pub(crate) async fn tell_tenant_that(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        kind: MailKind,
        facts: &[(&str, String)],
    ) -> Result<(), Error> {
        let tenant = tx
            .tenants()
            .find(request.tenant)
            .await?
            .ok_or(Error::NotFound("that tenant"))?;
        for contact in tenant.contacts {
            self.queue_mail_with(tx, Some(request), kind, (contact.email, contact.name), facts)
                .await?;
        }
        Ok(())
    }

    /// Tells those whose turn it is.
    pub(crate) async fn tell_staff(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        kind: MailKind,
    ) -> Result<(), Error> {
        let role = match kind {
            MailKind::RequestBlocked | MailKind::ConfirmRegister => Role::LegalCounsel,
            _ => Role::ComplianceOfficer,
        };
        for person in tx.people().list().await? {
            if person.disabled_at.is_none() && person.roles.contains(&role) {
                self.queue_mail(tx, Some(request), kind, person.email, person.name)
                    .await?;
            }
        }
        Ok(())
    }

    /// Queues a mail.
    pub(crate) async fn queue_mail(
        &self,
        tx: &mut dyn Tx,
        request: Option<&ErasureRequest>,
        kind: MailKind,
        to: String,
        name: String,
    ) -> Result<MailId, Error> {
        self.queue_mail_with(tx, request, kind, (to, name), &[]).await
    }

    pub(crate) async fn queue_mail_with(
        &self,
        tx: &mut dyn Tx,
        request: Option<&ErasureRequest>,
        kind: MailKind,
        (to, name): (String, String),
        more: &[(&str, String)],
    ) -> Result<MailId, Error> {
        let now = self.now();
        let mut facts = BTreeMap::from([
            ("name".to_owned(), name),
            ("issuer".to_owned(), self.issuer_in(tx).await?.name),
            ("url".to_owned(), self.policy.public_url.clone()),
        ]);
        if let Some(request) = request {
            facts.insert("request".into(), request.id.to_string());
            facts.insert("due_on".into(), request.due_on.to_string());
            facts.insert("state".into(), request.state_word().replace('_', " "));
            if let Some(starts_at) = request.starts_at {
                facts.insert("starts_at".into(), starts_at.to_string());
            }
        }
        facts.extend(more.iter().map(|(name, text)| ((*name).to_owned(), text.clone())));
        let mail = Mail {
            id: MailId::new(now, self.random()),
            kind,
            request: request.map(|request| request.id),
            to,
            facts,
            sealed: None,
            queued_at: now,
            sent_at: None,
            failed: None,
            version: 1,
        };
        tx.outbox().insert(&mail).await?;
        tx.jobs().enqueue(&Job::SendMail { mail: mail.id }, now).await?;
        Ok(mail.id)
    }

    /// Sends a mail to the actor, to see whether mail works. Whether it did shows in [`Engine::mail`].
    pub async fn send_test_mail(&self, actor: &Actor) -> Result<MailId, Error> {
        actor.require_any(&[Permission::ManageIssuer, Permission::ManagePeople])?;
        let mut tx = self.ports.store.begin().await?;
        let person = tx.people().find(actor.person()?).await?;
        let person = person.ok_or(Error::NotFound("that person"))?;
        let id = self
            .queue_mail(&mut *tx, None, MailKind::Test, person.email, person.name)
            .await?;
        let event = Event::new("mail.tested", format!("mail:{id}"), json!({}));
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A mail of the outbox, for those who may send tests.
    pub async fn mail(&self, actor: &Actor, id: MailId) -> Result<Mail, Error> {
        actor.require_any(&[Permission::ManageIssuer, Permission::ManagePeople])?;
        let mail = self.ports.store.read().await?.outbox().find(id).await?;
        mail.filter(|mail| mail.kind == MailKind::Test)
            .ok_or(Error::NotFound("that mail"))
    }

    /// Sends one mail of the outbox.
    pub(crate) async fn send_mail(
        &self,
        actor: &Actor,
        id: MailId,
        attempt: i32,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mailer = self.ports.mailer.as_ref().ok_or(Error::NotEquipped("a mailer"))?;
        let mut tx = self.ports.store.read().await?;
        let mail = tx.outbox().find(id).await?.ok_or(Error::NotFound("that mail"))?;
        drop(tx);
        if mail.sent_at.is_some() || mail.failed.is_some() {
            return Ok(Disposition::Done);
        }
        let Some(mail) = self.addressed(actor, mail).await? else {
            return Ok(Disposition::Done);
        };
        let sent = mailer.send(&self.opened(&mail)?).await;
        let now = self.now();
        let (mail, event) = match sent {
            Ok(()) => (
                Mail {
                    sent_at: Some(now),
                    sealed: None,
                    ..mail
                },
                "mail.sent",
            ),
            Err(MailError::Transient(why)) if attempt < MAIL_TRIES => {
                let failures = u32::try_from(attempt).unwrap_or(1);
                return Ok(Disposition::Retry {
                    at: now.after(backoff(failures)),
                    why,
                });
            }
            Err(MailError::Transient(why) | MailError::Refused(why)) => (
                Mail {
                    failed: Some(why),
                    sealed: None,
                    ..mail
                },
                "mail.failed",
            ),
        };
        let mut tx = self.ports.store.begin().await?;
        tx.outbox().update(&mail).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(event, format!("mail:{id}"), json!({})),
        )
        .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }
}
