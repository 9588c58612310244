//! Forms that were refused, for a while.

use async_trait::async_trait;
use domain::digest::Digest;
use domain::port::store::{Drafts, StoreError};
use domain::port::vault::Sealed;
use domain::time::Timestamp;

use crate::row::{Noun, Stored, document, first, moment};
use crate::transaction::Transaction;

impl Noun for Sealed {
    const TABLE: &'static str = "form_drafts";
}

statements! {
    INSERT = "
        INSERT INTO form_drafts (id, owner, expires_at, document)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM form_drafts
        WHERE id = $1 AND owner IS NOT DISTINCT FROM $2 AND expires_at > $3";
    REMOVE = "
        DELETE FROM form_drafts
        WHERE id = $1";
    KEEP_NEWEST = "
        DELETE FROM form_drafts
        WHERE owner IS NOT DISTINCT FROM $1 AND id NOT IN (
            SELECT id
            FROM form_drafts
            WHERE owner IS NOT DISTINCT FROM $1
            ORDER BY expires_at DESC, id
            LIMIT $2)";
    SWEEP = "
        DELETE FROM form_drafts
        WHERE expires_at <= $1";
}

#[async_trait]
impl Drafts for Transaction {
    async fn insert(
        &mut self,
        id: &str,
        owner: Option<Digest>,
        expires_at: Timestamp,
        form: &Sealed,
    ) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            id,
            owner.map(|owner| owner.as_bytes().to_vec()),
            moment(expires_at),
            document(form)?,
        );
        match self.seen(done)? {
            0 => Err(StoreError::Exists("the draft".into())),
            _ => Ok(()),
        }
    }

    async fn find(
        &mut self,
        id: &str,
        owner: Option<Digest>,
        now: Timestamp,
    ) -> Result<Option<Sealed>, StoreError> {
        let owner = owner.map(|owner| owner.as_bytes().to_vec());
        let rows = fetch!(&mut self.connection, Stored<String>, FIND, id, owner, moment(now));
        first(self.seen(rows)?)
    }

    async fn remove(&mut self, id: &str) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, REMOVE, id);
        self.seen(done).map(drop)
    }

    async fn keep_newest(&mut self, owner: Option<Digest>, most: u32) -> Result<(), StoreError> {
        let owner = owner.map(|owner| owner.as_bytes().to_vec());
        let done = execute!(&mut self.connection, KEEP_NEWEST, owner, i64::from(most));
        self.seen(done).map(drop)
    }

    async fn sweep(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let done = execute!(&mut self.connection, SWEEP, moment(now));
        self.seen(done)
    }
}
