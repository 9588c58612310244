//! Forms that were refused: kept sealed for a quarter of an hour, so that nobody types twice.

use std::time::Duration;

use domain::digest::Digest;
use domain::port::vault::{Purpose, Sealed};

use crate::{Engine, Error};

/// How long a draft is kept.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// The longest form, in bytes.
const LONGEST: usize = 256 * 1024;
/// Of one session no more are kept than these, the newest.
const MOST: u32 = 50;
/// Of all browsers without a session together: whoever fills this up costs others what they typed, and no more.
const MOST_OF_BROWSERS: u32 = 1_000;

/// Who keeps a form: nobody else opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A session.
    Session(Digest),
    /// A browser in which nobody is signed in, by the digest of what its cookie holds.
    Browser(Digest),
}

impl Engine {
    /// Keeps a form; gives the name by which its holder opens it.
    pub async fn keep_draft(&self, holder: Holder, form: &[u8]) -> Result<String, Error> {
        if form.len() > LONGEST {
            return Err(Error::invalid("form", "it is too long to be kept"));
        }
        let id = hex::encode(self.random::<16>());
        let sealed = self
            .ports
            .vault
            .seal(Purpose::Record, &context(&id, holder), form)?;
        let most = match holder {
            Holder::Session(_) => MOST,
            Holder::Browser(_) => MOST_OF_BROWSERS,
        };
        let owner = owner(holder);
        let mut tx = self.ports.store.begin().await?;
        tx.drafts()
            .insert(&id, owner, self.now().after(KEPT), &sealed)
            .await?;
        tx.drafts().keep_newest(owner, most).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Opens a form that the holder kept, while it lasts.
    pub async fn open_draft(&self, id: &str, holder: Holder) -> Result<Option<Vec<u8>>, Error> {
        let mut tx = self.ports.store.read().await?;
        let sealed = tx.drafts().find(id, owner(holder), self.now()).await?;
        Ok(sealed.and_then(|sealed| self.unsealed(id, holder, &sealed)))
    }

    /// Opens what the holder kept, for the last time: afterwards it is gone.
    pub async fn take_draft(&self, id: &str, holder: Holder) -> Result<Option<Vec<u8>>, Error> {
        let mut tx = self.ports.store.begin().await?;
        let sealed = tx.drafts().find(id, owner(holder), self.now()).await?;
        let Some(opened) = sealed.and_then(|sealed| self.unsealed(id, holder, &sealed)) else {
            return Ok(None);
        };
        tx.drafts().remove(id).await?;
        tx.commit().await?;
        Ok(Some(opened))
    }

    /// What another browser kept does not open: it was sealed for that one.
    fn unsealed(&self, id: &str, holder: Holder, sealed: &Sealed) -> Option<Vec<u8>> {
        let opened = self
            .ports
            .vault
            .open(Purpose::Record, &context(id, holder), sealed);
        opened
            .inspect_err(|error| tracing::debug!(%error, "a kept form does not open"))
            .ok()
    }
}

/// The column of the owner: browsers have none in common, and are told apart by the seal.
fn owner(holder: Holder) -> Option<Digest> {
    match holder {
        Holder::Session(session) => Some(session),
        Holder::Browser(_) => None,
    }
}

fn context(id: &str, holder: Holder) -> String {
    match holder {
        Holder::Session(session) => format!("draft:{id}:{session}"),
        Holder::Browser(cookie) => format!("draft:{id}:browser:{cookie}"),
    }
}
