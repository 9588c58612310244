//! Proving who one is at the command line, or with a token.

use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::audit::Event;
use domain::digest::Digest;
use domain::people::{Person, PersonalToken, TokenScope};
use domain::secret::Secret;
use domain::session::HEARTBEAT;
use serde_json::json;

use super::accounts::address;
use crate::{Engine, Error};

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
    /// E-mail address, password, and a code of the authenticator or a recovery code.
    SecondFactor {
        /// The address.
        email: String,
        /// The password.
        password: Secret,
        /// The code.
        code: Secret,
    },
    /// A personal token.
    Token(Secret),
}

impl Engine {
    /// Who proves to be whom. Unknown and wrong get the same answer, after the same work. A token must have every scope:
    /// the command line does everything that its person may.
    pub async fn authenticate(&self, credentials: &Credentials) -> Result<Actor, Error> {
        match credentials {
            Credentials::Password { email, password } => {
                let person = self.prove_password(&address(email), password).await?;
                match person.second_factor {
                    None => Ok(person.actor()),
                    Some(_) => Err(Error::NotNow(
                        "this account has a second factor: give its code as well, or a personal token".into(),
                    )),
                }
            }
            Credentials::SecondFactor {
                email,
                password,
                code,
            } => {
                let person = self.prove_password(&address(email), password).await?;
                let used = self.spend_code(person, code.reveal())?;
                let actor = used.person.actor();
                let event = Event::new(
                    "person.code_used",
                    format!("person:{}", used.person.id),
                    json!({ "factor": used.factor }),
                );
                let mut tx = self.ports.store.begin().await?;
                tx.people().update(&used.person).await?;
                self.log(&mut *tx, &actor, event).await?;
                tx.commit().await?;
                Ok(actor)
            }
            Credentials::Token(token) => {
                let (actor, scopes) = self.authenticate_token(token).await?;
                match scopes == TokenScope::all() {
                    true => Ok(actor),
                    false => Err(Error::NotNow(
                        "this token is limited to some scopes: the command line needs one without limits"
                            .into(),
                    )),
                }
            }
        }
    }

    /// Whose token it is, and what it opens. Its use is written down, at most once a minute.
    pub async fn authenticate_token(&self, token: &Secret) -> Result<(Actor, BTreeSet<TokenScope>), Error> {
        let now = self.now();
        let (token, person) = self.token_and_person(token).await?;
        let stale = |used: domain::time::Timestamp| now >= used.after(HEARTBEAT);
        if token.last_used_at.is_none_or(stale) {
            let mut tx = self.ports.store.begin().await?;
            tx.people().touch_token(token.digest, now).await?;
            tx.commit().await?;
        }
        Ok((person.actor(), token.scopes))
    }

    async fn token_and_person(&self, token: &Secret) -> Result<(PersonalToken, Person), Error> {
        let digest = Digest::of(token.reveal().as_bytes());
        let mut tx = self.ports.store.read().await?;
        let found = tx.people().find_token(digest).await?;
        let token = found
            .filter(|token| self.now() < token.expires_at)
            .ok_or(Error::WrongCredentials)?;
        let person = tx.people().find(token.person).await?;
        let person = person
            .filter(|person| person.disabled_at.is_none())
            .ok_or(Error::WrongCredentials)?;
        Ok((token, person))
    }
}
