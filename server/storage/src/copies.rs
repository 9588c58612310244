//! Copies of certificates in a second place, and objects that are written only to be read.

use async_trait::async_trait;
use domain::archive::DocumentCopy;
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::port::store::{Copies, StoreError};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::row::{Noun, Stored, document, first, moment};
use crate::transaction::Transaction;

impl Noun for DocumentCopy {
    const TABLE: &'static str = "document_copies";
}

statements! {
    INSERT = "
        INSERT INTO document_copies (certificate_id, document)
        VALUES ($1, $2)
        ON CONFLICT DO NOTHING";
    FIND = "
        SELECT certificate_id AS id, CAST(document AS TEXT) AS document
        FROM document_copies
        WHERE certificate_id = $1";
    MISSING = "
        SELECT certificate.id
        FROM certificates AS certificate
        LEFT JOIN document_copies AS copy ON copy.certificate_id = certificate.id
        WHERE certificate.state IN ('issued', 'superseded', 'suspended', 'revoked') AND copy.certificate_id IS NULL
        ORDER BY certificate.serial
        LIMIT $1";
    PUT_TRIAL = "
        INSERT INTO storage_trials (digest, bytes, written_at)
        VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    TRIAL = "
        SELECT bytes
        FROM storage_trials
        WHERE digest = $1";
    DROP_TRIALS = "
        DELETE FROM storage_trials";
}

#[async_trait]
impl Copies for Transaction {
    async fn insert(&mut self, copy: &DocumentCopy) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            copy.certificate.uuid(),
            document(copy)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the copy of this certificate")
    }

    async fn find(&mut self, id: CertificateId) -> Result<Option<DocumentCopy>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn missing(&mut self, limit: u32) -> Result<Vec<CertificateId>, StoreError> {
        let rows = fetch!(&mut self.connection, (Uuid,), MISSING, i64::from(limit));
        Ok(self.seen(rows)?.into_iter().map(|row| row.0.into()).collect())
    }

    async fn put_trial(&mut self, digest: Digest, bytes: &[u8], at: Timestamp) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            PUT_TRIAL,
            &digest.as_bytes()[..],
            bytes,
            moment(at)
        );
        self.seen(done).map(drop)
    }

    async fn trial(&mut self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = fetch!(&mut self.connection, (Vec<u8>,), TRIAL, &digest.as_bytes()[..]);
        Ok(self.seen(rows)?.into_iter().next().map(|row| row.0))
    }

    async fn drop_trials(&mut self) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, DROP_TRIALS);
        self.seen(done).map(drop)
    }
}
