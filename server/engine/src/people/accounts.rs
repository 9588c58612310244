//! Accounts: the first ones, further ones, their roles, closing them.

use std::collections::BTreeSet;

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::id::{PersonId, TenantId};
use domain::people::Person;
use domain::secret::Secret;
use domain::time::Timestamp;
use serde_json::json;

use super::{NewInvitation, password};
use crate::{Engine, Error};

/// A person to be created.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are trusted with.
    pub roles: BTreeSet<Role>,
    /// The tenant of a [`Role::Tenant`].
    pub tenant: Option<TenantId>,
    /// Their password.
    pub password: Secret,
}

impl From<NewPerson> for NewInvitation {
    fn from(person: NewPerson) -> Self {
        Self {
            name: person.name,
            email: person.email,
            roles: person.roles,
            tenant: person.tenant,
        }
    }
}

impl Engine {
    /// Creates the first people of an installation, by whoever has access to the database. Refused once there is anybody.
    /// They are trusted from `trusted_since`: the installation itself is their introduction.
    pub async fn found(&self, people: Vec<NewPerson>) -> Result<Vec<PersonId>, Error> {
        let mut hashed = Vec::new();
        for new in people {
            let hash = password::hash(&new.password, &new.name, &new.email).await?;
            hashed.push((new, hash));
        }
        let actor = Actor::System("founding");
        let mut tx = self.ports.store.begin().await?;
        if !tx.people().list().await?.is_empty() {
            return Err(Error::NotNow(
                "there are people already: an administrator creates further ones".into(),
            ));
        }
        let seasoned = self.now().before(domain::actor::TRUSTED_AFTER);
        let mut ids = Vec::new();
        for (person, hash) in hashed {
            let person = self.person(person.into(), Some(hash), seasoned)?;
            tx.people().insert(&person).await?;
            self.log(&mut *tx, &actor, created(&person)).await?;
            ids.push(person.id);
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// Creates a person. Administrators cannot grant themselves acting roles, so a new account is always another's.
    pub async fn create_person(&self, actor: &Actor, person: NewPerson) -> Result<PersonId, Error> {
        actor.require(Permission::ManagePeople)?;
        let hash = password::hash(&person.password, &person.name, &person.email).await?;
        let person = self.person(person.into(), Some(hash), self.now())?;
        let mut tx = self.ports.store.begin().await?;
        tx.people().insert(&person).await?;
        self.log(&mut *tx, actor, created(&person)).await?;
        tx.commit().await?;
        Ok(person.id)
    }

    /// Grants roles. A promotion begins the 24 hours in which the person cannot be a second person.
    pub async fn grant_roles(&self, actor: &Actor, id: PersonId, roles: BTreeSet<Role>) -> Result<(), Error> {
        actor.require(Permission::ManagePeople)?;
        actor.differs_from(Some(id), "granting roles", "the person who receives them")?;
        let mut tx = self.ports.store.begin().await?;
        let person = tx
            .people()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that person"))?;
        let promoted = roles.iter().any(|role| !person.roles.contains(role));
        let trusted_since = if promoted {
            self.now()
        } else {
            person.trusted_since
        };
        let event = Event::new(
            "person.roles_granted",
            format!("person:{id}"),
            json!({ "roles": roles }),
        );
        tx.people()
            .update(&Person {
                roles,
                trusted_since,
                ..person
            })
            .await?;
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes an account, or opens it again. Closing ends its sessions and voids its link.
    pub async fn disable_person(&self, actor: &Actor, id: PersonId, disabled: bool) -> Result<(), Error> {
        actor.require(Permission::ManagePeople)?;
        let mut tx = self.ports.store.begin().await?;
        let person = tx
            .people()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that person"))?;
        let disabled_at = disabled.then(|| self.now());
        let kind = if disabled {
            "person.disabled"
        } else {
            "person.enabled"
        };
        tx.sessions().end_all(id).await?;
        tx.links().void(id).await?;
        tx.people()
            .update(&Person {
                disabled_at,
                ..person
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(kind, format!("person:{id}"), json!({})),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// All people.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<Person>, Error> {
        actor.require_any(&[Permission::ManagePeople, Permission::ReadAll])?;
        Ok(self.ports.store.read().await?.people().list().await?)
    }

    /// A person as they begin.
    pub(super) fn person(
        &self,
        person: NewInvitation,
        password: Option<String>,
        trusted_since: Timestamp,
    ) -> Result<Person, Error> {
        let email = address(&person.email);
        if !email.contains('@') || email.len() > 254 {
            return Err(Error::invalid(
                "email",
                "expected an e-mail address such as ada@example.com",
            ));
        }
        if person.name.trim().is_empty() {
            return Err(Error::invalid("name", "a person needs a name"));
        }
        if person.roles.is_empty() {
            return Err(Error::invalid("roles", "a person needs at least one role"));
        }
        if person.roles.contains(&Role::Tenant) != person.tenant.is_some() {
            return Err(Error::invalid(
                "tenant",
                "the tenant role needs a tenant, and only that role has one",
            ));
        }
        let now = self.now();
        Ok(Person {
            id: PersonId::new(now, self.random()),
            name: person.name.trim().to_owned(),
            email,
            roles: person.roles,
            tenant: person.tenant,
            password,
            enrolment: None,
            second_factor: None,
            created_at: now,
            trusted_since,
            disabled_at: None,
            version: 1,
        })
    }
}

/// An address as it is kept and compared.
pub(super) fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Who was created, as what.
pub(super) fn created(person: &Person) -> Event {
    Event::new(
        "person.created",
        format!("person:{}", person.id),
        json!({ "roles": person.roles }),
    )
}
