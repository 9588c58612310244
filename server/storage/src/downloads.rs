//! Links by which a certificate's pages are fetched once.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::digest::Digest;
use domain::download::DownloadLink;
use domain::port::store::{Downloads, StoreError};
use domain::time::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::row::{moment, timestamp, unreadable};
use crate::transaction::Transaction;

statements! {
    INSERT = "
        INSERT INTO download_links (digest, certificate_id, mail_id, expires_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    FIND = "
        SELECT digest, certificate_id, mail_id, expires_at
        FROM download_links
        WHERE digest = $1";
    TAKE = "
        DELETE FROM download_links
        WHERE digest = $1 AND expires_at > $2";
    SWEEP = "
        DELETE FROM download_links
        WHERE expires_at <= $1";
}

#[derive(FromRow)]
struct Row {
    digest: Vec<u8>,
    certificate_id: Uuid,
    mail_id: Uuid,
    expires_at: DateTime<Utc>,
}

impl Row {
    fn read(self) -> Result<DownloadLink, StoreError> {
        let wrong = |error: &dyn std::fmt::Display| {
            unreadable("download_links", "digest", self.mail_id, error.to_string())
        };
        Ok(DownloadLink {
            digest: Digest::try_from(&self.digest[..]).map_err(|error| wrong(&error))?,
            certificate: self.certificate_id.into(),
            mail: self.mail_id.into(),
            expires_at: timestamp(self.expires_at),
        })
    }
}

#[async_trait]
impl Downloads for Transaction {
    async fn insert(&mut self, link: &DownloadLink) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            &link.digest.as_bytes()[..],
            link.certificate.uuid(),
            link.mail.uuid(),
            moment(link.expires_at),
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the link")
    }

    async fn find(&mut self, digest: Digest) -> Result<Option<DownloadLink>, StoreError> {
        let rows = fetch!(&mut self.connection, Row, FIND, &digest.as_bytes()[..]);
        self.seen(rows)?.into_iter().next().map(Row::read).transpose()
    }

    async fn take(&mut self, digest: Digest, now: Timestamp) -> Result<bool, StoreError> {
        let digest = &digest.as_bytes()[..];
        let done = execute!(&mut self.connection, TAKE, digest, moment(now));
        let rows = self.seen(done)?;
        Ok(self.changed(rows))
    }

    async fn sweep(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let done = execute!(&mut self.connection, SWEEP, moment(now));
        self.seen(done)
    }
}
