//! Proving who one is: a password, and a second factor where the person has one.

use domain::people::{Person, SecondFactor};
use domain::secret::Secret;

use super::{password, second_factor};
use crate::{Engine, Error};

/// What a code was, and the person after it was used.
pub(super) struct Used {
    /// `totp` or `recovery_code`.
    pub(super) factor: &'static str,
    /// With the code spent; to be stored in the commit that the code is for.
    pub(super) person: Person,
}

impl Engine {
    /// The person of an address, when the password is theirs and their account is open. Unknown and wrong get the same
    /// answer, after the same work.
    pub(super) async fn prove_password(&self, email: &str, password: &Secret) -> Result<Person, Error> {
        let found = self
            .ports
            .store
            .read()
            .await?
            .people()
            .find_by_email(email)
            .await?;
        let stored = found.as_ref().and_then(|person| person.password.clone());
        let right = password::verify(stored, password).await?;
        found
            .filter(|person| right && person.disabled_at.is_none())
            .ok_or(Error::WrongCredentials)
    }

    /// Spends a code of the person's authenticator, or a recovery code.
    pub(super) fn spend_code(&self, person: Person, code: &str) -> Result<Used, Error> {
        let held = person.second_factor.as_ref().ok_or(Error::WrongCredentials)?;
        let (factor, after) = match second_factor::recovery_digest(code) {
            Some(digest) if held.recovery.contains(&digest) => {
                let mut recovery = held.recovery.clone();
                recovery.remove(&digest);
                (
                    "recovery_code",
                    SecondFactor {
                        recovery,
                        ..held.clone()
                    },
                )
            }
            Some(_) => return Err(Error::WrongCredentials),
            None => {
                let secret = self.totp_secret(person.id, &held.secret)?;
                let step = second_factor::step_of(&secret, code, self.now())?;
                let fresh = step.filter(|step| *step > held.last_step);
                let last_step = fresh.ok_or(Error::WrongCredentials)?;
                (
                    "totp",
                    SecondFactor {
                        last_step,
                        ..held.clone()
                    },
                )
            }
        };
        let person = Person {
            second_factor: Some(after),
            ..person
        };
        Ok(Used { factor, person })
    }
}
