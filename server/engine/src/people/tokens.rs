//! Personal tokens: for programs and the command line, limited in scope and in time.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::PersonId;
use domain::people::{PersonalToken, TokenScope};
use domain::secret::Secret;
use domain::time::Timestamp;
use serde_json::json;

use crate::{Engine, Error};

/// The longest that a token may work.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

impl Engine {
    /// Makes a personal token: 256 random bits, shown once, kept as a digest.
    pub async fn create_token(
        &self,
        actor: &Actor,
        label: &str,
        scopes: BTreeSet<TokenScope>,
        expires_at: Timestamp,
    ) -> Result<Secret, Error> {
        let person = actor.person()?;
        let now = self.now();
        if label.trim().is_empty() || label.chars().count() > 100 {
            return Err(Error::invalid(
                "label",
                "say in at most 100 characters what the token is for",
            ));
        }
        if scopes.is_empty() {
            return Err(Error::invalid("scopes", "a token needs at least one scope"));
        }
        if expires_at <= now || expires_at > now.after(LONGEST) {
            return Err(Error::invalid(
                "expires_at",
                "a token works until a moment within the next 366 days",
            ));
        }
        let token = format!("lethe_{}", hex::encode(self.random::<32>()));
        let row = PersonalToken {
            digest: Digest::of(token.as_bytes()),
            person,
            label: label.trim().to_owned(),
            scopes,
            created_at: now,
            expires_at,
            last_used_at: None,
        };
        let event = Event::new(
            "token.created",
            format!("person:{person}"),
            json!({ "expires_at": expires_at, "scopes": row.scopes, "token": row.digest }),
        );
        let mut tx = self.ports.store.begin().await?;
        tx.people().insert_token(&row).await?;
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(Secret::new(token))
    }

    /// One's own tokens, expired ones included.
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<PersonalToken>, Error> {
        let person = actor.person()?;
        Ok(self.ports.store.read().await?.people().tokens(person).await?)
    }

    /// The tokens of another person, for an administrator who must revoke one.
    pub async fn tokens_of(&self, actor: &Actor, person: PersonId) -> Result<Vec<PersonalToken>, Error> {
        actor.require(Permission::ManagePeople)?;
        Ok(self.ports.store.read().await?.people().tokens(person).await?)
    }

    /// Revokes a token: one's own, or anybody's by an administrator.
    pub async fn revoke_token(&self, actor: &Actor, token: Digest) -> Result<(), Error> {
        let mut tx = self.ports.store.begin().await?;
        let found = tx.people().find_token(token).await?;
        let own = |token: &PersonalToken| actor.person() == Ok(token.person);
        let found = found
            .filter(|token| own(token) || actor.require(Permission::ManagePeople).is_ok())
            .ok_or(Error::NotFound("that token"))?;
        tx.people().delete_token(token).await?;
        let event = Event::new(
            "token.revoked",
            format!("person:{}", found.person),
            json!({ "token": token }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(())
    }
}
