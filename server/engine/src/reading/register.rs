//! The register of documents, for anybody: whether it has a file of these whole bytes, asked by their SHA-256 alone.

use domain::certificate::{Registered, RegisteredDocument, StandingState};
use domain::digest::Digest;

use crate::{Engine, Error};

impl Engine {
    /// What the register says of a SHA-256. What was never issued is not in it.
    pub async fn registered(&self, digest: Digest) -> Result<Registered, Error> {
        let asked_at = self.now();
        let mut tx = self.ports.store.read().await?;
        let record = match tx.certificates().of_document(digest).await? {
            Some(id) => tx.certificates().find(id).await?,
            None => None,
        };
        let document = record.and_then(|record| {
            Some(RegisteredDocument {
                certificate: record.id,
                state: StandingState::of_word(record.state.word())?,
                since: record.state_since.or(record.issued_at)?,
            })
        });
        Ok(Registered { asked_at, document })
    }
}
