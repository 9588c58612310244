//! The checkpoint of the day, mailed to auditors: what they hold outside of our reach shows a fork (A1).

use domain::actor::Role;
use domain::mail::MailKind;
use domain::port::store::Tx;

use super::outside::cosigned;
use crate::notification::About;
use crate::{Engine, Error};

impl Engine {
    /// Mails the newest checkpoint to every auditor, once a day, where that is wanted: by whichever process comes first.
    pub(crate) async fn mail_checkpoint(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        if !self.policy.mail_checkpoint {
            return Ok(());
        }
        let now = self.now();
        let today = now.date_in(&self.policy.zone)?.to_string();
        let Some((size, note)) = tx.log().checkpoint().await? else {
            return Ok(());
        };
        let name = format!("checkpoint-mailed:{today}");
        if !tx.settings().claim(&name, &now.to_string()).await? {
            return Ok(());
        }
        let facts = [
            ("day", today),
            ("size", size.to_string()),
            ("note", cosigned(tx, size, note).await?),
        ];
        for person in tx.people().list().await? {
            if person.disabled_at.is_none() && person.roles.contains(&Role::Auditor) {
                let to = (person.email, person.name);
                self.queue_mail_with(tx, About::default(), MailKind::Checkpoint, to, &facts)
                    .await?;
            }
        }
        Ok(())
    }
}
