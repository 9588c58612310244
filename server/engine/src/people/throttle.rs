//! Guessing is slow: attempts are counted by e-mail address and by client, over all processes.

use domain::digest::Digest;
use domain::time::Timestamp;

use crate::{Engine, Error};

/// The label of keyed digests of addresses.
const LABEL: &str = "sign-in attempts";

/// What was counted, to be taken back when the attempt was no guess.
pub(super) struct Slots(Vec<Digest>);

impl Engine {
    /// Counts an attempt, before it is made. Refuses when there were too many, whether or not anybody has the address.
    pub(super) async fn take_attempt(&self, email: &str, client: Option<&str>) -> Result<Slots, Error> {
        let rules = &self.policy.sign_in;
        let mut counted = Vec::new();
        if let Some(client) = client {
            let of = self.counter("client", client)?;
            self.count(of, rules.per_client).await?;
            counted.push(of);
        }
        let of = self.counter("email", email)?;
        self.count(of, rules.per_address).await?;
        counted.push(of);
        Ok(Slots(counted))
    }

    /// Takes an attempt back: the person proved who they are.
    pub(super) async fn give_back(&self, slots: &Slots) -> Result<(), Error> {
        let mut tx = self.ports.store.begin().await?;
        for of in &slots.0 {
            tx.sessions().uncount_attempt(*of).await?;
        }
        Ok(tx.commit().await?)
    }

    fn counter(&self, kind: &str, of: &str) -> Result<Digest, Error> {
        let value = format!("{kind}:{of}");
        Ok(self.ports.vault.digest(LABEL, value.as_bytes())?)
    }

    /// In a commit of its own: an attempt counts also when what follows fails.
    async fn count(&self, of: Digest, most: u32) -> Result<(), Error> {
        let now = self.now();
        let ends_at: Timestamp = now.after(self.policy.sign_in.window);
        let mut tx = self.ports.store.begin().await?;
        let attempts = tx.sessions().count_attempt(of, now, ends_at).await?;
        tx.commit().await?;
        match attempts.count > most {
            true => Err(Error::TooManyAttempts {
                until: attempts.ends_at,
            }),
            false => Ok(()),
        }
    }
}
