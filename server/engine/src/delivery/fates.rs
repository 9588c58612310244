//! What became of a mail after the next hop took it: told by bounce mails and by providers. Whoever must know is alerted.

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::id::MailId;
use domain::mail::{Delivery, Fate, Mail, MailKind};
use domain::port::store::Tx;
use serde_json::json;

use crate::notification::About;
use crate::{Engine, Error};

/// Where the question of a topic is kept that asks to be subscribed.
const SUBSCRIPTION: &str = "mail_subscription";

impl Engine {
    /// Writes down what somebody says became of a mail. `false`: no such mail, or it changes nothing.
    pub async fn mail_told(&self, actor: &Actor, id: MailId, fate: &Fate) -> Result<bool, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        let Some(mail) = tx.outbox().find(id).await? else {
            return Ok(false);
        };
        if mail.delivery() == Delivery::Queued {
            // Whoever speaks of it has seen it: it left, and that is being written down.
            return Err(Error::NotNow(
                "the mail is not written down as sent yet: say it again in a moment".into(),
            ));
        }
        let Some(mail) = mail.told(fate, self.now()) else {
            return Ok(false);
        };
        tx.outbox().update(&mail).await?;
        let (kind, details) = match fate {
            Fate::Delivered => ("mail.delivered", json!({})),
            Fate::Bounced { code } => ("mail.bounced", json!({ "code": code })),
        };
        self.log(&mut *tx, actor, Event::new(kind, format!("mail:{id}"), details))
            .await?;
        self.alert_if_unreached(&mut *tx, &mail).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Tells the officers of a mail to a tenant that did not arrive. The address stays where it is.
    pub(crate) async fn alert_if_unreached(&self, tx: &mut dyn Tx, mail: &Mail) -> Result<(), Error> {
        let (true, true, Some(why)) = (mail.kind.is_for_tenant(), mail.is_unreached(), mail.trouble()) else {
            return Ok(());
        };
        let request = match mail.request {
            Some(id) => tx.requests().find(id).await?,
            None => None,
        };
        let certificate = match mail.certificate {
            Some(id) => tx.certificates().find(id).await?,
            None => None,
        };
        let place = match (&certificate, &request) {
            (Some(record), _) => format!("/certificates/{}", record.id),
            (None, Some(request)) => format!("/requests/{}", request.id),
            (None, None) => String::new(),
        };
        let about = About {
            request: request.as_ref(),
            certificate: certificate.as_ref(),
        };
        let facts = [
            ("why", why.to_owned()),
            ("page", format!("{}{place}", self.policy.public_url)),
        ];
        let officers = [Role::ComplianceOfficer];
        self.tell_roles(tx, about, MailKind::DeliveryFailed, (&officers, &facts))
            .await
    }

    /// Keeps the question of a topic that wants to tell us what becomes of mails: a person answers it, by opening the address.
    pub async fn keep_subscription(&self, actor: &Actor, address: &str) -> Result<(), Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        tx.settings().set_text(SUBSCRIPTION, address).await?;
        let event = Event::new("mail.subscription_asked", "settings:mail", json!({}));
        self.log(&mut *tx, actor, event).await?;
        Ok(tx.commit().await?)
    }

    /// The address that confirms the subscription that was asked for last; absent: none was.
    pub async fn subscription(&self, actor: &Actor) -> Result<Option<String>, Error> {
        actor.require(Permission::ManageIssuer)?;
        Ok(self
            .ports
            .store
            .read()
            .await?
            .settings()
            .text(SUBSCRIPTION)
            .await?)
    }
}
