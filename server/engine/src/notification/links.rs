//! Mails with a link that sets a password. The link lies in the outbox only sealed, and only until the mail has left.

use std::time::Duration;

use domain::actor::Actor;
use domain::audit::Event;
use domain::id::MailId;
use domain::job::Job;
use domain::link::LinkPurpose;
use domain::mail::{Mail, MailKind};
use domain::people::Person;
use domain::port::store::Tx;
use domain::port::vault::{Purpose, Sealed};
use domain::secret::Secret;
use serde_json::json;

use crate::{Engine, Error};

/// The fact that is the link.
const LINK: &str = "link";

impl Engine {
    /// Queues the mail of a link.
    pub(crate) async fn queue_link(
        &self,
        tx: &mut dyn Tx,
        kind: MailKind,
        person: &Person,
        link: &Secret,
    ) -> Result<(), Error> {
        let now = self.now();
        let mail = Mail {
            facts: [
                ("issuer", self.policy.issuer.name.clone()),
                ("url", self.policy.public_url.clone()),
            ]
            .map(|(name, fact)| (name.to_owned(), fact))
            .into(),
            ..Mail::queued(MailId::new(now, self.random()), kind, person.email.clone(), now)
        };
        let mail = self.with_link(mail, person, link)?;
        tx.outbox().insert(&mail).await?;
        tx.jobs().enqueue(&Job::SendMail { mail: mail.id }, now).await?;
        Ok(())
    }

    /// The mail with what it needs. Somebody asked for a link to reset: only here it turns out whether anybody has that
    /// address; when nobody has, the mail is deleted, and nothing is sent.
    pub(super) async fn addressed(&self, actor: &Actor, mail: Mail) -> Result<Option<Mail>, Error> {
        if mail.kind != MailKind::PasswordReset || mail.sealed.is_some() {
            return Ok(Some(mail));
        }
        let mut tx = self.ports.store.begin().await?;
        let Some(person) = self.resettable(&mut *tx, &mail.to).await? else {
            tx.outbox().delete(mail.id).await?;
            tx.commit().await?;
            return Ok(None);
        };
        let link = self.new_link(&mut *tx, &person, LinkPurpose::Reset).await?;
        let mail = self.with_link(mail, &person, &link)?;
        tx.outbox().update(&mail).await?;
        let event = Event::new(
            "person.reset_requested",
            format!("person:{}", person.id),
            json!({}),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(Some(Mail {
            version: mail.version + 1,
            ..mail
        }))
    }

    /// The mail as it is sent: with its link.
    pub(super) fn opened(&self, mail: &Mail) -> Result<Mail, Error> {
        let mut open = mail.clone();
        if let Some(sealed) = open.sealed.take() {
            let link = self
                .ports
                .vault
                .open(Purpose::Record, &context(mail.id), &sealed)?;
            let link =
                String::from_utf8(link).map_err(|_| Error::Broken("the link of a mail is no text".into()))?;
            open.facts.insert(LINK.into(), link);
        }
        Ok(open)
    }

    fn with_link(&self, mut mail: Mail, person: &Person, link: &Secret) -> Result<Mail, Error> {
        let lasts = match mail.kind {
            MailKind::Invitation => self.policy.sign_in.invitation,
            _ => self.policy.sign_in.reset,
        };
        mail.facts.insert("name".into(), person.name.clone());
        mail.facts.insert("lasts".into(), words(lasts));
        mail.sealed = Some(self.seal_link(mail.id, link)?);
        Ok(mail)
    }

    pub(crate) fn seal_link(&self, mail: MailId, link: &Secret) -> Result<Sealed, Error> {
        let link = link.reveal().as_bytes();
        Ok(self.ports.vault.seal(Purpose::Record, &context(mail), link)?)
    }
}

fn context(mail: MailId) -> String {
    format!("mail:{mail}")
}

/// A duration for people: `7 days`, `1 hour`, `90 minutes`.
pub(crate) fn words(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let (count, unit) = match minutes {
        minutes if minutes > 0 && minutes % (24 * 60) == 0 => (minutes / (24 * 60), "day"),
        minutes if minutes > 0 && minutes % 60 == 0 => (minutes / 60, "hour"),
        minutes => (minutes, "minute"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_the_largest_unit_that_fits() {
        let told = [7 * 24 * 60, 24 * 60, 60, 90, 1].map(|minutes| words(Duration::from_secs(minutes * 60)));
        assert_eq!(told, ["7 days", "1 day", "1 hour", "90 minutes", "1 minute"]);
    }
}
