//! People: first accounts, further accounts, proving who one is.

use std::collections::BTreeSet;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{PersonId, TenantId};
use domain::people::{Person, PersonalToken};
use domain::secret::Secret;
use domain::subject::{Contact, Tenant, TenantKey};
use domain::time::Timestamp;
use serde_json::json;

use crate::{Engine, Error};

/// The shortest password, in characters (NIST SP 800-63B asks for 8, we for more).
const SHORTEST_PASSWORD: usize = 12;

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

/// Who or what an act is done by, as given on the command line.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// E-mail address and password.
    Password {
        /// The address.
        email: String,
        /// The password.
        password: Secret,
    },
    /// A personal token.
    Token(Secret),
}

impl Engine {
    /// Creates the first people of an installation, by whoever has access to the database. Refused once there is anybody.
    /// They are trusted from `trusted_since`: the installation itself is their introduction.
    pub async fn found(&self, people: Vec<NewPerson>) -> Result<Vec<PersonId>, Error> {
        let mut hashed = Vec::new();
        for person in people {
            let hash = hash(&person.password).await?;
            hashed.push((person, hash));
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
            let person = self.person(person, hash, seasoned)?;
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
        let hash = hash(&person.password).await?;
        let person = self.person(person, hash, self.now())?;
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

    /// Closes an account, or opens it again.
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

    /// Makes a personal token: 256 random bits, shown once, kept as a digest.
    pub async fn create_token(
        &self,
        actor: &Actor,
        label: &str,
        expires_at: Timestamp,
    ) -> Result<Secret, Error> {
        let person = actor.person()?;
        let token = format!("lethe_{}", hex::encode(self.random::<32>()));
        let row = PersonalToken {
            digest: Digest::of(token.as_bytes()),
            person,
            label: label.to_owned(),
            created_at: self.now(),
            expires_at,
        };
        let mut tx = self.ports.store.begin().await?;
        tx.people().insert_token(&row).await?;
        let event = Event::new(
            "token.created",
            format!("person:{person}"),
            json!({ "expires_at": expires_at }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(Secret::new(token))
    }

    /// Who proves to be whom. Unknown and wrong get the same answer, after the same work.
    pub async fn authenticate(&self, credentials: &Credentials) -> Result<Actor, Error> {
        let refused = || Error::NotNow("the e-mail address, password or token is not right".into());
        let mut tx = self.ports.store.read().await?;
        let person = match credentials {
            Credentials::Password { email, password } => {
                let person = tx.people().find_by_email(&email.trim().to_lowercase()).await?;
                let stored = person.as_ref().and_then(|person| person.password.clone());
                match verify(stored, password).await? {
                    true => person,
                    false => None,
                }
            }
            Credentials::Token(token) => {
                let found = tx
                    .people()
                    .find_token(Digest::of(token.reveal().as_bytes()))
                    .await?;
                match found.filter(|token| token.expires_at > self.now()) {
                    Some(token) => tx.people().find(token.person).await?,
                    None => None,
                }
            }
        };
        person
            .filter(|person| person.disabled_at.is_none())
            .map(|person| person.actor())
            .ok_or_else(refused)
    }

    /// Registers a tenant with its contacts.
    pub async fn register_tenant(
        &self,
        actor: &Actor,
        key: TenantKey,
        name: &str,
        contacts: Vec<Contact>,
        synthetic: bool,
    ) -> Result<TenantId, Error> {
        actor.require(Permission::ManageTenants)?;
        if name.trim().is_empty() {
            return Err(Error::invalid("name", "a tenant needs its legal name"));
        }
        let now = self.now();
        let id = TenantId::new(now, self.random());
        let tenant = Tenant {
            id,
            key,
            name: name.trim().to_owned(),
            contacts,
            synthetic,
            created_at: now,
        };
        let mut tx = self.ports.store.begin().await?;
        tx.tenants().insert(&tenant).await?;
        let event = Event::new(
            "tenant.registered",
            format!("tenant:{id}"),
            json!({ "synthetic": synthetic }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// All tenants.
    pub async fn tenants(&self, actor: &Actor) -> Result<Vec<Tenant>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        Ok(self.ports.store.read().await?.tenants().list().await?)
    }

    /// All people.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<Person>, Error> {
        actor.require_any(&[Permission::ManagePeople, Permission::ReadAll])?;
        Ok(self.ports.store.read().await?.people().list().await?)
    }

    fn person(&self, person: NewPerson, hash: String, trusted_since: Timestamp) -> Result<Person, Error> {
        let email = person.email.trim().to_lowercase();
        if !email.contains('@') || email.len() > 254 {
            return Err(Error::invalid(
                "email",
                "expected an e-mail address such as ada@example.com",
            ));
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
            password: Some(hash),
            created_at: now,
            trusted_since,
            disabled_at: None,
            totp: None,
            version: 1,
        })
    }
}

fn created(person: &Person) -> Event {
    Event::new(
        "person.created",
        format!("person:{}", person.id),
        json!({ "roles": person.roles }),
    )
}

/// Argon2id with the crate's defaults (19 MiB, 2 passes: OWASP's first choice), as PHC text.
async fn hash(password: &Secret) -> Result<String, Error> {
    if password.reveal().chars().count() < SHORTEST_PASSWORD {
        return Err(Error::invalid(
            "password",
            format!("a password has at least {SHORTEST_PASSWORD} characters"),
        ));
    }
    let password = password.clone();
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.reveal().as_bytes())
            .map(|hash| hash.to_string())
    });
    let hashed = hashed.await.map_err(|error| Error::Broken(error.to_string()))?;
    hashed.map_err(|error| Error::Broken(error.to_string()))
}

/// Checks a password; without a stored one, does the same work and refuses.
async fn verify(stored: Option<String>, password: &Secret) -> Result<bool, Error> {
    let password = password.clone();
    let verified = tokio::task::spawn_blocking(move || {
        let Some(stored) = stored else {
            let _same_work = Argon2::default().hash_password(password.reveal().as_bytes());
            return false;
        };
        PasswordHash::new(&stored).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.reveal().as_bytes(), &hash)
                .is_ok()
        })
    });
    verified.await.map_err(|error| Error::Broken(error.to_string()))
}
// STUB
#[derive(Clone)]
pub struct Visitor {
    pub session: Digest,
    pub person: Person,
    pub actor: Actor,
    pub stepped_up_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}
impl Visitor {
    pub fn is_stepped_up(&self, _now: Timestamp) -> bool {
        true
    }
}
pub enum SignedIn {
    Session(Secret),
    SecondFactor(Secret),
}
impl Engine {
    pub async fn sign_in(&self, _e: &str, _p: &Secret, _f: &str) -> Result<SignedIn, Error> {
        Err(Error::NotFound("x"))
    }
    pub async fn finish_sign_in(&self, _e: &Secret, _p: &str) -> Result<Secret, Error> {
        Err(Error::NotFound("x"))
    }
    pub async fn visitor(&self, _t: &Secret) -> Result<Option<Visitor>, Error> {
        Ok(None)
    }
    pub async fn sign_out(&self, _t: &Secret) -> Result<(), Error> {
        Ok(())
    }
    pub async fn sign_out_everywhere(&self, _t: &Actor) -> Result<(), Error> {
        Ok(())
    }
    pub async fn step_up(&self, _t: &Secret, _p: &Secret, _c: Option<&str>) -> Result<(), Error> {
        Ok(())
    }
    pub async fn keep_draft(&self, _o: Option<Digest>, _b: &[u8]) -> Result<String, Error> {
        Ok(String::new())
    }
    pub async fn open_draft(&self, _i: &str, _o: Option<Digest>) -> Result<Option<Vec<u8>>, Error> {
        Ok(None)
    }
}
