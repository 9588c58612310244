//! Stepping up: proving again who one is, before an act that asks for it.

use domain::audit::Event;
use domain::secret::Secret;
use serde_json::json;

use super::password;
use crate::{Engine, Error};

impl Engine {
    /// Proves again, by password and by code where the person has a second factor, who sits at a session. It counts for
    /// ten minutes (`sign_in.step_up`). Attempts are counted as those of signing in.
    pub async fn step_up(
        &self,
        session: &Secret,
        password: &Secret,
        code: Option<&str>,
    ) -> Result<(), Error> {
        let visitor = self.visitor(session).await?.ok_or(Error::SignInOver)?;
        let person = visitor.person;
        if person.second_factor.is_some() && code.is_none_or(|code| code.trim().is_empty()) {
            return Err(Error::invalid(
                "code",
                "give the code of your authenticator, or a recovery code",
            ));
        }
        let slots = self.take_attempt(&person.email, None).await?;
        if !password::verify(person.password.clone(), password).await? {
            return Err(Error::WrongCredentials);
        }
        let asked = person.second_factor.is_some();
        let used = match code.filter(|_| asked) {
            Some(code) => Some(self.spend_code(person, code)?),
            None => None,
        };
        let factor = used.as_ref().map_or("password", |used| used.factor);
        let id = visitor.actor.person()?;
        let event = Event::new(
            "person.stepped_up",
            format!("person:{id}"),
            json!({ "factor": factor }),
        );
        let mut tx = self.ports.store.begin().await?;
        if let Some(used) = &used {
            tx.people().update(&used.person).await?;
        }
        tx.sessions().step_up(visitor.session, self.now()).await?;
        self.log(&mut *tx, &visitor.actor, event).await?;
        tx.commit().await?;
        self.give_back(&slots).await
    }
}
