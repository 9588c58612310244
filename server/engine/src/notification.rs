//! Telling people: mails are rows first, sent by a job, so that a dead mail server loses nothing.

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::id::MailId;
use domain::job::{Disposition, Job, backoff};
use domain::mail::{Mail, MailError, MailKind};
use domain::port::store::Tx;
use domain::register::CertificateRecord;
use domain::request::ErasureRequest;
use serde_json::json;

use crate::{Engine, Error};

pub(crate) mod links;

/// How often a mail is tried before a person must look.
const MAIL_TRIES: i32 = 12;

/// What a mail is about.
#[derive(Clone, Copy, Default)]
pub(crate) struct About<'a> {
    pub(crate) request: Option<&'a ErasureRequest>,
    pub(crate) certificate: Option<&'a CertificateRecord>,
}

impl<'a> From<&'a ErasureRequest> for About<'a> {
    fn from(request: &'a ErasureRequest) -> Self {
        Self {
            request: Some(request),
            certificate: None,
        }
    }
}

impl Engine {
    /// Tells every contact of the request's tenant.
    pub(crate) async fn tell_tenant(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        kind: MailKind,
    ) -> Result<(), Error> {
        self.tell_contacts(tx, About::from(request), kind, &[]).await
    }

    /// Tells every contact of the request's tenant of a certificate, with facts of the mail's own.
    pub(crate) async fn tell_tenant_of(
        &self,
        tx: &mut dyn Tx,
        (request, certificate): (&ErasureRequest, &CertificateRecord),
        kind: MailKind,
        facts: &[(&str, String)],
    ) -> Result<(), Error> {
        let about = About {
            request: Some(request),
            certificate: Some(certificate),
        };
        self.tell_contacts(tx, about, kind, facts).await
    }

    async fn tell_contacts(
        &self,
        tx: &mut dyn Tx,
        about: About<'_>,
        kind: MailKind,
        facts: &[(&str, String)],
    ) -> Result<(), Error> {
        let request = about.request.ok_or(Error::NotFound("that request"))?;
        let tenant = tx
            .tenants()
            .find(request.tenant)
            .await?
            .ok_or(Error::NotFound("that tenant"))?;
        for contact in tenant.contacts {
            self.queue_mail_with(tx, about, kind, (contact.email, contact.name), facts)
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
        self.tell_roles(tx, About::from(request), kind, (&[role], &[]))
            .await
    }

    /// Tells everybody who has one of some roles, with facts of the mail's own.
    pub(crate) async fn tell_roles(
        &self,
        tx: &mut dyn Tx,
        about: About<'_>,
        kind: MailKind,
        (roles, facts): (&[Role], &[(&str, String)]),
    ) -> Result<(), Error> {
        for person in tx.people().list().await? {
            if person.disabled_at.is_none() && roles.iter().any(|role| person.roles.contains(role)) {
                self.queue_mail_with(tx, about, kind, (person.email, person.name), facts)
                    .await?;
            }
        }
        Ok(())
    }

    /// Queues a mail that is about nothing but its recipient.
    pub(crate) async fn queue_mail(
        &self,
        tx: &mut dyn Tx,
        kind: MailKind,
        to: String,
        name: String,
    ) -> Result<MailId, Error> {
        self.queue_mail_with(tx, About::default(), kind, (to, name), &[])
            .await
    }

    pub(crate) async fn queue_mail_with(
        &self,
        tx: &mut dyn Tx,
        about: About<'_>,
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
        if let Some(certificate) = about.certificate {
            facts.insert("code".into(), certificate.code.clone());
        }
        if let Some(request) = about.request {
            facts.insert("request".into(), request.id.to_string());
            facts.insert("due_on".into(), request.due_on.to_string());
            facts.insert("state".into(), request.state_word().replace('_', " "));
            if let Some(starts_at) = request.starts_at {
                facts.insert("starts_at".into(), starts_at.to_string());
            }
        }
        facts.extend(more.iter().map(|(name, text)| ((*name).to_owned(), text.clone())));
        let mut mail = Mail {
            request: about.request.map(|request| request.id),
            certificate: about.certificate.map(|certificate| certificate.id),
            facts,
            ..Mail::queued(MailId::new(now, self.random()), kind, to, now)
        };
        if let (MailKind::CertificateIssued, Some(certificate)) = (kind, about.certificate) {
            mail = self.with_download(tx, mail, certificate.id).await?;
        }
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
            .queue_mail(&mut *tx, MailKind::Test, person.email, person.name)
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
            Ok(()) => (mail.sent(now), "mail.sent"),
            Err(MailError::Transient(why)) if attempt < MAIL_TRIES => {
                let failures = u32::try_from(attempt).unwrap_or(1);
                return Ok(Disposition::Retry {
                    at: now.after(backoff(failures)),
                    why,
                });
            }
            Err(MailError::Transient(why) | MailError::Refused(why)) => (mail.refused(why), "mail.failed"),
        };
        let mut tx = self.ports.store.begin().await?;
        tx.outbox().update(&mail).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(event, format!("mail:{id}"), json!({})),
        )
        .await?;
        self.alert_if_unreached(&mut *tx, &mail).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }
}
