//! Sessions: signing in, being recognised, signing out.

use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::PersonId;
use domain::people::Person;
use domain::port::store::Tx;
use domain::secret::Secret;
use domain::session::{Session, SessionState};
use domain::time::Timestamp;
use serde_json::json;

use super::accounts::address;
use crate::{Engine, Error};

/// How long a second factor is awaited.
const PENDING: Duration = Duration::from_secs(5 * 60);

/// The password was right.
#[derive(Debug)]
pub enum SignedIn {
    /// And it was all that was asked: the token of the session, for the browser.
    Session(Secret),
    /// The person has a second factor: the token of the pending sign-in, for [`Engine::finish_sign_in`].
    SecondFactor(Secret),
}

/// Whoever a session's token belongs to.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The session: its name, and the owner of form drafts.
    pub session: Digest,
    /// Who.
    pub person: Person,
    /// The person as an actor.
    pub actor: Actor,
    /// When they last proved again who they are.
    pub stepped_up_at: Option<Timestamp>,
    /// Until when that counts.
    pub stepped_up_until: Option<Timestamp>,
    /// When the session ends, used or not.
    pub expires_at: Timestamp,
}

impl Visitor {
    /// They proved again, and not long ago, who they are.
    pub fn is_stepped_up(&self, now: Timestamp) -> bool {
        self.stepped_up_until.is_some_and(|until| now < until)
    }
}

impl Engine {
    /// Signs somebody in by password. Unknown and wrong get the same answer, after the same work; attempts are counted by
    /// address and by client (`from`).
    pub async fn sign_in(&self, email: &str, password: &Secret, from: &str) -> Result<SignedIn, Error> {
        let email = address(email);
        let slots = self.take_attempt(&email, Some(from)).await?;
        let person = self.prove_password(&email, password).await?;
        let signed_in = match person.second_factor {
            None => {
                let mut tx = self.ports.store.begin().await?;
                let token = self.begin_session(&mut *tx, &person, "password").await?;
                tx.commit().await?;
                SignedIn::Session(token)
            }
            Some(_) => {
                let (token, mut pending) = self.new_session(&person)?;
                pending.state = SessionState::AwaitingSecondFactor;
                pending.expires_at = pending.created_at.after(PENDING);
                let mut tx = self.ports.store.begin().await?;
                tx.sessions().insert(&pending).await?;
                tx.commit().await?;
                SignedIn::SecondFactor(token)
            }
        };
        self.give_back(&slots).await?;
        Ok(signed_in)
    }

    /// Finishes a sign-in by a code of the authenticator or a recovery code; each counts once. The session has a token of
    /// its own.
    pub async fn finish_sign_in(&self, pending: &Secret, code: &str) -> Result<Secret, Error> {
        let digest = digest(pending);
        let mut tx = self.ports.store.read().await?;
        let found = tx.sessions().find(digest).await?;
        drop(tx);
        let begun = found
            .filter(|session| session.awaits_second_factor(self.now()))
            .ok_or(Error::SignInOver)?;
        let person = self.active_person(begun.person).await?;
        if opened_with(&person) != Some(begun.opened_with) {
            return Err(Error::SignInOver);
        }
        let slots = self.take_attempt(&person.email, None).await?;
        let used = self.spend_code(person, code)?;
        let mut tx = self.ports.store.begin().await?;
        if !tx.sessions().take_pending(digest).await? {
            return Err(Error::SignInOver);
        }
        tx.people().update(&used.person).await?;
        let token = self.begin_session(&mut *tx, &used.person, used.factor).await?;
        tx.commit().await?;
        self.give_back(&slots).await?;
        Ok(token)
    }

    /// Whose session it is, while it is open and its account is. Its use is written down, at most once a minute.
    pub async fn visitor(&self, token: &Secret) -> Result<Option<Visitor>, Error> {
        let now = self.now();
        let rules = &self.policy.sign_in;
        let mut tx = self.ports.store.read().await?;
        let session = tx.sessions().find(digest(token)).await?;
        let Some(session) = session.filter(|session| session.is_open(now, rules.idle)) else {
            return Ok(None);
        };
        let person = tx.people().find(session.person).await?;
        drop(tx);
        let person = person.filter(|person| {
            person.disabled_at.is_none() && opened_with(person) == Some(session.opened_with)
        });
        let Some(person) = person else {
            return Ok(None);
        };
        if session.is_stale(now) {
            let mut tx = self.ports.store.begin().await?;
            tx.sessions().touch(session.digest, now).await?;
            tx.commit().await?;
        }
        Ok(Some(Visitor {
            session: session.digest,
            actor: person.actor(),
            person,
            stepped_up_at: session.stepped_up_at,
            stepped_up_until: session.stepped_up_at.map(|at| at.after(rules.step_up)),
            expires_at: session.expires_at,
        }))
    }

    /// Ends a session. One that is over already is no error.
    pub async fn sign_out(&self, token: &Secret) -> Result<(), Error> {
        let digest = digest(token);
        let mut tx = self.ports.store.begin().await?;
        let Some(session) = tx.sessions().find(digest).await? else {
            return Ok(());
        };
        tx.sessions().take_pending(digest).await?;
        if tx.sessions().end(digest).await? {
            let person = tx.people().find(session.person).await?;
            let person = person.ok_or(Error::NotFound("that person"))?;
            self.log(&mut *tx, &person.actor(), signed_out(person.id, 1))
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Ends all of one's own sessions; how many there were.
    pub async fn sign_out_everywhere(&self, actor: &Actor) -> Result<u64, Error> {
        self.end_sessions(actor, actor.person()?).await
    }

    /// Ends all sessions of a person: one's own, or anybody's by an administrator. How many there were.
    pub async fn end_sessions(&self, actor: &Actor, person: PersonId) -> Result<u64, Error> {
        if actor.person()? != person {
            actor.require(Permission::ManagePeople)?;
        }
        let mut tx = self.ports.store.begin().await?;
        let ended = tx.sessions().end_all(person).await?;
        if ended > 0 {
            self.log(&mut *tx, actor, signed_out(person, ended)).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// One's own sessions that are open, oldest first.
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<Session>, Error> {
        let person = actor.person()?;
        let (now, idle) = (self.now(), self.policy.sign_in.idle);
        let mut sessions = self
            .ports
            .store
            .read()
            .await?
            .sessions()
            .of_person(person)
            .await?;
        sessions.retain(|session| session.is_open(now, idle));
        Ok(sessions)
    }

    /// A session that begins in this transaction, and its token.
    async fn begin_session(&self, tx: &mut dyn Tx, person: &Person, factor: &str) -> Result<Secret, Error> {
        let (token, session) = self.new_session(person)?;
        tx.sessions().insert(&session).await?;
        let event = Event::new(
            "person.signed_in",
            format!("person:{}", person.id),
            json!({ "factor": factor }),
        );
        self.log(tx, &person.actor(), event).await?;
        Ok(token)
    }

    fn new_session(&self, person: &Person) -> Result<(Secret, Session), Error> {
        let token = Secret::new(hex::encode(self.random::<32>()));
        let now = self.now();
        let session = Session {
            digest: digest(&token),
            person: person.id,
            state: SessionState::SignedIn,
            opened_with: opened_with(person).ok_or(Error::WrongCredentials)?,
            created_at: now,
            last_seen_at: now,
            expires_at: now.after(self.policy.sign_in.session),
            stepped_up_at: None,
        };
        Ok((token, session))
    }
}

/// What a token is kept as.
pub(super) fn digest(token: &Secret) -> Digest {
    Digest::of(token.reveal().as_bytes())
}

/// What binds a session to the password that opened it.
fn opened_with(person: &Person) -> Option<Digest> {
    let stored = person.password.as_ref()?;
    Some(Digest::of(stored.as_bytes()))
}

fn signed_out(person: PersonId, sessions: u64) -> Event {
    Event::new(
        "person.signed_out",
        format!("person:{person}"),
        json!({ "sessions": sessions }),
    )
}
