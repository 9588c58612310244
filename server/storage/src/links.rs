//! Links by which a password is set.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::digest::Digest;
use domain::id::PersonId;
use domain::link::{Link, LinkPurpose};
use domain::port::store::{Links, StoreError};
use domain::time::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::row::{moment, timestamp, unreadable};
use crate::transaction::Transaction;

statements! {
    PUT = "
        INSERT INTO links (digest, person_id, purpose, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (person_id) DO UPDATE SET
            digest = excluded.digest,
            purpose = excluded.purpose,
            created_at = excluded.created_at,
            expires_at = excluded.expires_at";
    FIND = "
        SELECT digest, person_id, purpose, created_at, expires_at
        FROM links
        WHERE digest = $1";
    TAKE = "
        DELETE FROM links
        WHERE digest = $1 AND expires_at > $2";
    VOID = "
        DELETE FROM links
        WHERE person_id = $1";
    SWEEP = "
        DELETE FROM links
        WHERE expires_at <= $1";
}

#[derive(FromRow)]
struct Row {
    digest: Vec<u8>,
    person_id: Uuid,
    purpose: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Row {
    fn read(self) -> Result<Link, StoreError> {
        let person = PersonId::from(self.person_id);
        let wrong = |column| unreadable("links", column, person, "not as it was written".into());
        Ok(Link {
            digest: Digest::try_from(&self.digest[..]).map_err(|_| wrong("digest"))?,
            person,
            purpose: LinkPurpose::of_word(&self.purpose).ok_or_else(|| wrong("purpose"))?,
            created_at: timestamp(self.created_at),
            expires_at: timestamp(self.expires_at),
        })
    }
}

#[async_trait]
impl Links for Transaction {
    async fn put(&mut self, link: &Link) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            PUT,
            &link.digest.as_bytes()[..],
            link.person.uuid(),
            link.purpose.word(),
            moment(link.created_at),
            moment(link.expires_at),
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the link")
    }

    async fn find(&mut self, digest: Digest) -> Result<Option<Link>, StoreError> {
        let rows = fetch!(&mut self.connection, Row, FIND, &digest.as_bytes()[..]);
        self.seen(rows)?.into_iter().next().map(Row::read).transpose()
    }

    async fn take(&mut self, digest: Digest, now: Timestamp) -> Result<bool, StoreError> {
        let digest = &digest.as_bytes()[..];
        let done = execute!(&mut self.connection, TAKE, digest, moment(now));
        let rows = self.seen(done)?;
        Ok(self.changed(rows))
    }

    async fn void(&mut self, person: PersonId) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, VOID, person.uuid());
        let rows = self.seen(done)?;
        self.changed(rows);
        Ok(())
    }

    async fn sweep(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let done = execute!(&mut self.connection, SWEEP, moment(now));
        self.seen(done)
    }
}
