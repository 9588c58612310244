//! Passwords: hashing, comparing, changing.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::actor::Actor;
use domain::audit::Event;
use domain::id::PersonId;
use domain::password;
use domain::people::Person;
use domain::port::store::Tx;
use domain::secret::Secret;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::{Engine, Error};

/// Each hash takes 19 MiB and a core: so many at the same time in one process, the others wait.
static HASHING: Semaphore = Semaphore::const_new(4);

impl Engine {
    /// Changes one's own password. Every session ends, and so does a link that is under way.
    pub async fn change_password(&self, actor: &Actor, old: &Secret, new: &Secret) -> Result<(), Error> {
        let id = actor.person()?;
        let person = self.active_person(id).await?;
        let slots = self.take_attempt(&person.email, None).await?;
        if !verify(person.password.clone(), old).await? {
            return Err(Error::WrongCredentials);
        }
        self.give_back(&slots).await?;
        let hash = hash(new, &person.name, &person.email).await?;
        let mut tx = self.ports.store.begin().await?;
        self.replace_password(&mut *tx, person, hash).await?;
        self.log(&mut *tx, actor, changed(id, "old_password")).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Stores another password; sessions and links of the old one are over.
    pub(super) async fn replace_password(
        &self,
        tx: &mut dyn Tx,
        person: Person,
        hash: String,
    ) -> Result<(), Error> {
        let id = person.id;
        tx.people()
            .update(&Person {
                password: Some(hash),
                ..person
            })
            .await?;
        tx.sessions().end_all(id).await?;
        tx.links().void(id).await?;
        Ok(())
    }

    /// A person whose account is open.
    pub(super) async fn active_person(&self, id: PersonId) -> Result<Person, Error> {
        let found = self.ports.store.read().await?.people().find(id).await?;
        found
            .filter(|person| person.disabled_at.is_none())
            .ok_or(Error::NotFound("that person"))
    }
}

/// A password was set, on whose word.
pub(super) fn changed(id: PersonId, by: &str) -> Event {
    Event::new(
        "person.password_changed",
        format!("person:{id}"),
        json!({ "by": by }),
    )
}

/// Argon2id with the crate's defaults (19 MiB, 2 passes: OWASP's first choice), as PHC text. Refuses a password that is
/// too easily guessed.
pub(super) async fn hash(password: &Secret, name: &str, email: &str) -> Result<String, Error> {
    password::check(password.reveal(), name, email).map_err(|why| Error::invalid("password", why))?;
    let password = password.clone();
    let hashed = work(move || {
        Argon2::default()
            .hash_password(password.reveal().as_bytes())
            .map(|hash| hash.to_string())
    });
    hashed.await?.map_err(|error| Error::Broken(error.to_string()))
}

/// Checks a password; without a stored one, does the same work and refuses.
pub(super) async fn verify(stored: Option<String>, password: &Secret) -> Result<bool, Error> {
    // One that is too long cannot be right, and must not cost more than others.
    let fits = password.reveal().chars().count() <= password::LONGEST;
    let (stored, password) = match fits {
        true => (stored, password.clone()),
        false => (None, Secret::new("")),
    };
    work(move || {
        let Some(stored) = stored else {
            let _same_work = Argon2::default().hash_password(password.reveal().as_bytes());
            return false;
        };
        PasswordHash::new(&stored).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.reveal().as_bytes(), &hash)
                .is_ok()
        })
    })
    .await
}

/// Off the threads that answer others, and not too many at once.
async fn work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let broken = |error: &dyn std::fmt::Display| Error::Broken(error.to_string());
    let _turn = HASHING.acquire().await.map_err(|error| broken(&error))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| broken(&error))
}
