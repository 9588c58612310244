//! Who was told, when, and with what result; and what did not arrive.

use domain::actor::{Actor, Permission};
use domain::archive::StorageHealth;
use domain::id::{CertificateId, MailId};
use domain::mail::{Delivery, Mail, MailKind};
use domain::subject::Contact;
use domain::time::Timestamp;
use serde::Serialize;

use super::Sight;
use super::home::Task;
use super::names::{Named, Names};
use super::waiting::Awaited;
use crate::certification::certificate_in;
use crate::{Engine, Error};

/// A mail, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailSeen {
    /// Which.
    pub id: MailId,
    /// Which kind.
    pub kind: MailKind,
    /// To whom; for those who may see names, and for the tenant it went to.
    pub to: Option<String>,
    /// How far it came.
    pub delivery: Delivery,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it came so far.
    pub since: Timestamp,
    /// When the next hop took it.
    pub sent_at: Option<Timestamp>,
    /// Why it did not arrive.
    pub trouble: Option<String>,
    /// Who saw to that, and how; for staff.
    pub settled: Option<(Named, String)>,
    /// It did not arrive, and nobody has seen to it.
    pub unreached: bool,
}

/// How a certificate was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deliveries {
    /// Its mails, oldest first.
    pub mails: Vec<MailSeen>,
    /// Contacts of the tenant, for whoever may send it again now.
    pub contacts: Option<Vec<Contact>>,
}

impl Engine {
    /// How a certificate was delivered, for whoever may see it.
    pub async fn deliveries(&self, actor: &Actor, id: CertificateId) -> Result<Deliveries, Error> {
        let (record, ..) = self.certificate(actor, id).await?;
        let staff = Sight::of(actor)?.is_staff();
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let mails = tx.outbox().of_certificate(id).await?;
        let sends = actor.require(Permission::Deliver).is_ok() && record.state.word() == "issued";
        let contacts = match sends {
            false => None,
            true => {
                let request = tx.requests().find(record.request).await?;
                let request = request.ok_or(Error::NotFound("that request"))?;
                let tenant = tx.tenants().find(request.tenant).await?;
                Some(tenant.map(|tenant| tenant.contacts).unwrap_or_default())
            }
        };
        Ok(Deliveries {
            mails: mails_seen(mails, actor, &names, staff),
            contacts,
        })
    }

    /// Mails to tenants that did not arrive: one task for each certificate or request.
    pub(super) async fn undelivered_waiting(&self) -> Result<Vec<Task>, Error> {
        let mut tasks: Vec<Task> = Vec::new();
        let mut tx = self.ports.store.read().await?;
        for mail in tx.outbox().unreached().await? {
            let (object, title) = match (mail.certificate, mail.request) {
                (Some(id), _) => {
                    let code = certificate_in(&mut *tx, id).await?.code;
                    (format!("delivery:{id}"), format!("certificate {code}"))
                }
                (None, Some(id)) => {
                    let request = tx.requests().find(id).await?;
                    let key = request.map(|request| request.tenant_key.to_string());
                    (
                        format!("request:{id}"),
                        format!("the request of {}", key.unwrap_or_default()),
                    )
                }
                (None, None) => continue,
            };
            if tasks.iter().any(|task| task.object == object) {
                continue;
            }
            let since = mail.bounced.as_ref().map_or(mail.queued_at, |bounce| bounce.at);
            tasks.push(Task {
                told: mail.trouble().map(str::to_owned),
                ..plain(Awaited::Undelivered, object, title, since)
            });
        }
        Ok(tasks)
    }

    /// Places of certificates that fail, for those who can do something about it.
    pub(super) async fn storage_waiting(&self, actor: &Actor) -> Result<Vec<Task>, Error> {
        let health = self.failing_storage(actor).await?;
        Ok(health.as_ref().map(failing).unwrap_or_default())
    }

    /// The last look at the places of certificates where one fails, for the banner of those who can do something about it;
    /// absent for all others.
    pub async fn failing_storage(&self, actor: &Actor) -> Result<Option<StorageHealth>, Error> {
        let concerned = [Permission::RetryStep, Permission::ManageIssuer];
        if actor.require_any(&concerned).is_err() {
            return Ok(None);
        }
        let health = self.storage_health(actor).await?;
        Ok(health.filter(|health| health.failing().next().is_some()))
    }
}

fn failing(health: &StorageHealth) -> Vec<Task> {
    let task = |look: &domain::archive::StorageLook| Task {
        told: look.failed.clone(),
        ..plain(
            Awaited::StorageFailure,
            "storage:certificates".into(),
            look.place.clone(),
            health.looked_at,
        )
    };
    health.failing().map(task).collect()
}

fn plain(what: Awaited, object: String, title: String, since: Timestamp) -> Task {
    Task {
        what,
        object,
        title,
        tenant: None,
        whose: None,
        since: Some(since),
        due_on: None,
        overdue: false,
        told: None,
        only_told: false,
    }
}

/// Mails as a reader may see them: staff all, the tenant those that went to it.
pub(super) fn mails_seen(mails: Vec<Mail>, reader: &Actor, names: &Names, staff: bool) -> Vec<MailSeen> {
    let addresses = !staff || reader.require(Permission::ReadAll).is_ok();
    let seen = mails
        .into_iter()
        .filter(|mail| staff || mail.kind.is_for_tenant());
    let seen = seen.map(|mail| MailSeen {
        id: mail.id,
        kind: mail.kind,
        delivery: mail.delivery(),
        queued_at: mail.queued_at,
        since: since(&mail),
        sent_at: mail.sent_at,
        trouble: mail.trouble().map(str::to_owned),
        unreached: mail.is_unreached(),
        settled: mail
            .settled
            .filter(|_| staff)
            .map(|settled| (names.person(settled.by), settled.how)),
        to: addresses.then_some(mail.to),
    });
    seen.collect()
}

fn since(mail: &Mail) -> Timestamp {
    let told = mail.bounced.as_ref().map(|bounce| bounce.at);
    told.or(mail.delivered_at)
        .or(mail.sent_at)
        .unwrap_or(mail.queued_at)
}
