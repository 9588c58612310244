//! Forms that were refused: kept sealed for a quarter of an hour, so that nobody types twice.

use std::time::Duration;

use domain::digest::Digest;
use domain::port::vault::{Purpose, Sealed};

use crate::{Engine, Error};

/// How long a draft is kept.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// The longest form, in bytes.
const LONGEST: usize = 256 * 1024;

impl Engine {
    /// Keeps a form for a session, or for whoever has no session; gives the name by which it is opened.
    pub async fn keep_draft(&self, owner: Option<Digest>, form: &[u8]) -> Result<String, Error> {
        if form.len() > LONGEST {
            return Err(Error::invalid("form", "it is too long to be kept"));
        }
        let id = hex::encode(self.random::<16>());
        let sealed = self
            .ports
            .vault
            .seal(Purpose::Record, &context(&id, owner), form)?;
        let mut tx = self.ports.store.begin().await?;
        tx.drafts()
            .insert(&id, owner, self.now().after(KEPT), &sealed)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Opens a form that this session kept, while it lasts.
    pub async fn open_draft(&self, id: &str, owner: Option<Digest>) -> Result<Option<Vec<u8>>, Error> {
        let mut tx = self.ports.store.read().await?;
        let sealed = tx.drafts().find(id, owner, self.now()).await?;
        let open = |sealed: Sealed| {
            self.ports
                .vault
                .open(Purpose::Record, &context(id, owner), &sealed)
        };
        Ok(sealed.map(open).transpose()?)
    }
}

fn context(id: &str, owner: Option<Digest>) -> String {
    let owner = owner.map_or_else(|| "nobody".to_owned(), |owner| owner.to_string());
    format!("draft:{id}:{owner}")
}
