//! Invitations, and helping a person who lost everything.

use std::collections::BTreeSet;

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::id::{PersonId, TenantId};
use domain::link::LinkPurpose;
use domain::mail::MailKind;
use domain::people::Person;
use domain::port::store::Tx;
use serde_json::json;

use super::accounts::created;
use crate::{Engine, Error};

/// A person to be invited.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are trusted with.
    pub roles: BTreeSet<Role>,
    /// The tenant of a [`Role::Tenant`].
    pub tenant: Option<TenantId>,
}

impl Engine {
    /// Creates a person without a password, and mails them a link to set one.
    pub async fn invite_person(&self, actor: &Actor, new: NewInvitation) -> Result<PersonId, Error> {
        actor.require(Permission::ManagePeople)?;
        let person = self.person(new, None, self.now())?;
        let mut tx = self.ports.store.begin().await?;
        tx.people().insert(&person).await?;
        self.mail_link(&mut *tx, &person, LinkPurpose::Invitation).await?;
        self.log(&mut *tx, actor, created(&person)).await?;
        tx.commit().await?;
        Ok(person.id)
    }

    /// Mails a fresh invitation to a person who has not accepted one; the older link is void.
    pub async fn resend_invitation(&self, actor: &Actor, id: PersonId) -> Result<(), Error> {
        actor.require(Permission::ManagePeople)?;
        let person = self.active_person(id).await?;
        if person.password.is_some() {
            return Err(Error::NotNow("this person has a password already".into()));
        }
        let event = Event::new("person.invited", format!("person:{id}"), json!({}));
        let mut tx = self.ports.store.begin().await?;
        self.mail_link(&mut *tx, &person, LinkPurpose::Invitation).await?;
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// For a person who lost everything: takes their password, second factor, sessions and tokens away, and mails them a
    /// link to begin anew. For 24 hours they cannot be a second person. Nobody does it to themselves, and the
    /// administrator never sees the link.
    pub async fn reset_person(&self, actor: &Actor, id: PersonId) -> Result<(), Error> {
        actor.require(Permission::ManagePeople)?;
        actor.differs_from(Some(id), "resetting an account", "the person whose it is")?;
        let person = self.active_person(id).await?;
        let mut tx = self.ports.store.begin().await?;
        let person = Person {
            password: None,
            enrolment: None,
            second_factor: None,
            trusted_since: self.now(),
            ..person
        };
        tx.people().update(&person).await?;
        tx.sessions().end_all(id).await?;
        for token in tx.people().tokens(id).await? {
            tx.people().delete_token(token.digest).await?;
        }
        self.mail_link(&mut *tx, &person, LinkPurpose::Reset).await?;
        let event = Event::new("person.reset", format!("person:{id}"), json!({}));
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes a link and queues its mail; the link lies in the outbox only sealed.
    async fn mail_link(&self, tx: &mut dyn Tx, person: &Person, purpose: LinkPurpose) -> Result<(), Error> {
        let link = self.new_link(tx, person, purpose).await?;
        let kind = match purpose {
            LinkPurpose::Invitation => MailKind::Invitation,
            LinkPurpose::Reset => MailKind::PasswordReset,
        };
        self.queue_link(tx, kind, person, &link).await
    }
}
