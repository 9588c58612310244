//! Answers to calls that may be repeated.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::digest::Digest;
use domain::port::replies::{Replies, StoredReply};
use domain::port::store::StoreError;
use domain::port::vault::Sealed;
use domain::time::Timestamp;
use sqlx::FromRow;

use crate::row::{document, moment, parse, timestamp, unreadable};
use crate::transaction::{Transaction, conflict};

statements! {
    FIND = "
        SELECT fingerprint, created_at, CAST(document AS TEXT) AS document
        FROM replies
        WHERE key = $1";
    BEGIN = "
        INSERT INTO replies (key, fingerprint, created_at)
        VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    ANSWER = "
        UPDATE replies
        SET document = $2
        WHERE key = $1 AND document IS NULL";
    FORGET = "
        DELETE FROM replies
        WHERE key = $1 AND document IS NULL";
    EXPIRE = "
        DELETE FROM replies
        WHERE created_at < $1";
}

#[derive(FromRow)]
struct ReplyRow {
    fingerprint: Vec<u8>,
    created_at: DateTime<Utc>,
    document: Option<String>,
}

impl ReplyRow {
    fn read(self, key: Digest) -> Result<StoredReply, StoreError> {
        let fingerprint = Digest::try_from(&self.fingerprint[..])
            .map_err(|error| unreadable("replies", "fingerprint", key, error.to_string()))?;
        let answer = self.document.map(|text| parse::<Sealed>(&text)).transpose();
        Ok(StoredReply {
            key,
            fingerprint,
            created_at: timestamp(self.created_at),
            answer: answer.map_err(|why| unreadable("replies", "document", key, why))?,
        })
    }
}

/// What was answered was logged when it was done: none of this needs an entry.
#[async_trait]
impl Replies for Transaction {
    async fn find(&mut self, key: Digest) -> Result<Option<StoredReply>, StoreError> {
        let rows = fetch!(&mut self.connection, ReplyRow, FIND, &key.as_bytes()[..]);
        let row = self.seen(rows)?.into_iter().next();
        row.map(|row| row.read(key)).transpose()
    }

    async fn begin(&mut self, reply: &StoredReply) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            BEGIN,
            &reply.key.as_bytes()[..],
            &reply.fingerprint.as_bytes()[..],
            moment(reply.created_at),
        );
        match self.seen(done)? {
            0 => Err(StoreError::Exists("a call of this key".into())),
            _ => Ok(()),
        }
    }

    async fn answer(&mut self, key: Digest, answer: &Sealed) -> Result<(), StoreError> {
        let answer = document(answer)?;
        let done = execute!(&mut self.connection, ANSWER, &key.as_bytes()[..], answer);
        match self.seen(done)? {
            0 => Err(conflict("call", key)),
            _ => Ok(()),
        }
    }

    async fn forget(&mut self, key: Digest) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, FORGET, &key.as_bytes()[..]);
        self.seen(done).map(drop)
    }

    async fn expire(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let done = execute!(&mut self.connection, EXPIRE, moment(before));
        self.seen(done)
    }
}
