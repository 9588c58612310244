//! Links that set a password: made, mailed, followed once.

use domain::digest::Digest;
use domain::link::{Link, LinkPurpose};
use domain::mail::MailKind;
use domain::people::Person;
use domain::port::store::Tx;
use domain::secret::Secret;

use super::accounts::address;
use super::password::{self, changed};
use crate::{Engine, Error};

/// A link that still works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose password it sets.
    pub name: String,
}

impl Engine {
    /// Asks for a link to set a new password. The answer, and what is done before it, are the same whether or not
    /// anybody has the address: the mailer looks for that, later. Attempts are counted as those of signing in.
    pub async fn request_reset(&self, email: &str, from: &str) -> Result<(), Error> {
        let email = address(email);
        self.take_attempt(&format!("reset {email}"), Some(from)).await?;
        let mut tx = self.ports.store.begin().await?;
        self.queue_mail(&mut *tx, MailKind::PasswordReset, email, String::new())
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What a link is for, while it works.
    pub async fn link(&self, token: &Secret) -> Result<OpenLink, Error> {
        let (link, person) = self.open_link(token).await?;
        Ok(OpenLink {
            purpose: link.purpose,
            name: person.name,
        })
    }

    /// Sets the password that a link is for. The link is spent, and every session of the person ends.
    pub async fn set_password_by_link(&self, token: &Secret, new: &Secret) -> Result<(), Error> {
        let (link, person) = self.open_link(token).await?;
        let hash = password::hash(new, &person.name, &person.email).await?;
        let event = changed(person.id, link.purpose.word());
        let mut tx = self.ports.store.begin().await?;
        if !tx.links().take(link.digest, self.now()).await? {
            return Err(Error::SpentLink);
        }
        let actor = person.actor();
        self.replace_password(&mut *tx, person, hash).await?;
        self.log(&mut *tx, &actor, event).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn open_link(&self, token: &Secret) -> Result<(Link, Person), Error> {
        let digest = Digest::of(token.reveal().as_bytes());
        let mut tx = self.ports.store.read().await?;
        let found = tx.links().find(digest).await?;
        let link = found
            .filter(|link| self.now() < link.expires_at)
            .ok_or(Error::SpentLink)?;
        let person = tx.people().find(link.person).await?;
        let person = person
            .filter(|person| person.disabled_at.is_none())
            .ok_or(Error::SpentLink)?;
        Ok((link, person))
    }

    /// Makes a link in place of an older one; gives its address on the web.
    pub(crate) async fn new_link(
        &self,
        tx: &mut dyn Tx,
        person: &Person,
        purpose: LinkPurpose,
    ) -> Result<Secret, Error> {
        let token = hex::encode(self.random::<32>());
        let now = self.now();
        let lasts = match purpose {
            LinkPurpose::Invitation => self.policy.sign_in.invitation,
            LinkPurpose::Reset => self.policy.sign_in.reset,
        };
        let link = Link {
            digest: Digest::of(token.as_bytes()),
            person: person.id,
            purpose,
            created_at: now,
            expires_at: now.after(lasts),
        };
        tx.links().put(&link).await?;
        let page = purpose.word();
        Ok(Secret::new(format!(
            "{}/{page}?token={token}",
            self.policy.public_url
        )))
    }

    /// The person to whom a link to reset is mailed: an account that is open and has a password.
    pub(crate) async fn resettable(&self, tx: &mut dyn Tx, email: &str) -> Result<Option<Person>, Error> {
        let found = tx.people().find_by_email(email).await?;
        Ok(found.filter(|person| person.disabled_at.is_none() && person.password.is_some()))
    }
}
