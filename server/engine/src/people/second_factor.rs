//! Second factors: time-based codes (RFC 6238) and the recovery codes that stand in for them.

use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::PersonId;
use domain::people::{Person, SecondFactor};
use domain::port::vault::{Purpose, Sealed};
use domain::secret::Secret;
use domain::time::Timestamp;
use serde_json::json;
use totp_rs::{Builder, Totp};

use crate::{Engine, Error};

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// What an authenticator is given: shown once.
#[derive(Debug)]
pub struct TotpEnrolment {
    /// The secret in base32, to be typed.
    pub secret_base32: Secret,
    /// The same as an `otpauth:` URI, to be shown as a QR code.
    pub uri: Secret,
}

impl Engine {
    /// Begins a second factor: it counts once a code of it is confirmed. Beginning again replaces what was begun.
    pub async fn begin_totp(&self, actor: &Actor) -> Result<TotpEnrolment, Error> {
        let person = self.active_person(actor.person()?).await?;
        if person.second_factor.is_some() {
            return Err(Error::NotNow(
                "you have a second factor already: remove it first".into(),
            ));
        }
        let secret = self.random::<20>();
        let builder = builder(secret.into())
            .with_account_name(plain(&person.email))
            .with_issuer(Some(plain(&format!("Lethe {}", self.policy.issuer.name))));
        let totp = built(builder)?;
        let uri = totp.to_url().map_err(|error| Error::Broken(error.to_string()))?;
        let context = context(person.id);
        let enrolment = Some(self.ports.vault.seal(Purpose::Record, &context, &secret)?);
        let person = Person { enrolment, ..person };
        self.store_person(actor, &person, "person.second_factor_begun")
            .await?;
        Ok(TotpEnrolment {
            secret_base32: Secret::new(totp.secret().to_base32()),
            uri: Secret::new(uri),
        })
    }

    /// Confirms the second factor that was begun, by a code of it. Gives the recovery codes: each works once, in place of
    /// a code, and none is shown again.
    pub async fn confirm_totp(&self, actor: &Actor, code: &str) -> Result<Vec<Secret>, Error> {
        let person = self.active_person(actor.person()?).await?;
        let Some(sealed) = person.enrolment.clone() else {
            return Err(Error::NotNow(
                "there is no second factor to confirm: begin again".into(),
            ));
        };
        let secret = self.totp_secret(person.id, &sealed)?;
        let now = self.now();
        let wrong = || Error::invalid("code", "this is not the present code of the authenticator");
        let last_step = step_of(&secret, code, now)?.ok_or_else(wrong)?;
        let codes: Vec<Secret> = (0..RECOVERY_CODES)
            .map(|_| recovery_code(self.random::<10>()))
            .collect();
        let recovery: BTreeSet<Digest> = codes
            .iter()
            .filter_map(|code| recovery_digest(code.reveal()))
            .collect();
        let person = Person {
            enrolment: None,
            second_factor: Some(SecondFactor {
                secret: sealed,
                confirmed_at: now,
                last_step,
                recovery,
            }),
            ..person
        };
        self.store_person(actor, &person, "person.second_factor_set")
            .await?;
        Ok(codes)
    }

    /// Removes one's second factor with its recovery codes. Whoever asks for it must have stepped up.
    pub async fn remove_totp(&self, actor: &Actor) -> Result<(), Error> {
        let person = self.active_person(actor.person()?).await?;
        if person.second_factor.is_none() && person.enrolment.is_none() {
            return Err(Error::NotNow("you have no second factor".into()));
        }
        let person = Person {
            enrolment: None,
            second_factor: None,
            ..person
        };
        self.store_person(actor, &person, "person.second_factor_removed")
            .await
    }

    /// The opened secret of a person's authenticator.
    pub(super) fn totp_secret(&self, person: PersonId, sealed: &Sealed) -> Result<Vec<u8>, Error> {
        Ok(self.ports.vault.open(Purpose::Record, &context(person), sealed)?)
    }

    async fn store_person(&self, actor: &Actor, person: &Person, kind: &'static str) -> Result<(), Error> {
        let event = Event::new(kind, format!("person:{}", person.id), json!({}));
        let mut tx = self.ports.store.begin().await?;
        tx.people().update(person).await?;
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The step of a code, when it is that of now or of the step before or after.
pub(super) fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Result<Option<u64>, Error> {
    let totp = built(builder(secret.into()))?;
    let code: String = code
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let seconds = u64::try_from(now.as_microsecond() / 1_000_000).unwrap_or(0);
    Ok(totp.check(&code, seconds))
}

/// What a recovery code is kept as; nothing when the text does not have the shape of one.
pub(super) fn recovery_digest(code: &str) -> Option<Digest> {
    let bare: String = code
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-')
        .flat_map(char::to_lowercase)
        .collect();
    let shaped = bare.len() == 20 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    shaped.then(|| Digest::of(bare.as_bytes()))
}

/// Eighty random bits, in groups that can be written down: no letter is like a figure.
fn recovery_code(random: [u8; 10]) -> Secret {
    let bare = hex::encode(random);
    let groups: Vec<&str> = (0..4).map(|group| &bare[group * 5..group * 5 + 5]).collect();
    Secret::new(groups.join("-"))
}

fn builder(secret: Box<[u8]>) -> Builder {
    Builder::new().with_secret(totp_rs::Secret::new(secret))
}

fn built(builder: Builder) -> Result<Totp, Error> {
    builder.build().map_err(|error| Error::Broken(error.to_string()))
}

/// Authenticators split at a colon.
fn plain(text: &str) -> String {
    text.replace(':', " ")
}

fn context(person: PersonId) -> String {
    format!("person:{person}:totp")
}
