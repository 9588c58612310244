//! Certificates. Statements and documents are exact bytes and never change.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::certificate::StandingState;
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::port::store::{Certificates, StoreError};
use domain::register::{CertificateRecord, Document, PublishedList, StandingRecord, Statement};
use sqlx::FromRow;
use uuid::Uuid;

use crate::row::{Noun, Stored, all, document, first, moment, timestamp, unreadable};
use crate::transaction::{Transaction, conflict};

impl Noun for CertificateRecord {
    const TABLE: &'static str = "certificates";
}

statements! {
    INSERT = "
        INSERT INTO certificates (id, code, request_id, plan_id, kind, state, version, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE certificates
        SET state = $3, version = $2 + 1, document = $4, awaits = $5
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM certificates
        WHERE id = $1";
    OF_REQUEST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM certificates
        WHERE request_id = $1
        ORDER BY serial";
    INSERT_STATEMENT = "
        INSERT INTO statements (certificate_id, entry_id, bytes, jws)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    STATEMENT = "
        SELECT certificate_id, entry_id, bytes, jws
        FROM statements
        WHERE certificate_id = $1";
    INSERT_DOCUMENT = "
        INSERT INTO documents (certificate_id, pdf, signature, sshsig, digest, log_proof)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    ISSUED = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM certificates
        WHERE state IN ('issued', 'superseded', 'suspended', 'revoked')
        ORDER BY serial";
    REVOCATIONS_ASKED = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM certificates
        WHERE awaits <> ''
        ORDER BY serial";
    INSERT_STANDING = "
        INSERT INTO standings (certificate_id, state, entry_id, bytes, jws)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    STANDINGS = "
        SELECT certificate_id, state, entry_id, bytes, jws
        FROM standings
        WHERE certificate_id = $1
        ORDER BY serial";
    PUBLISH_LIST = "
        INSERT INTO status_lists (number, issued_at, expires_at, jws)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    DROP_LISTS = "
        DELETE FROM status_lists
        WHERE number < $1";
    STATUS_LIST = "
        SELECT number, issued_at, expires_at, jws
        FROM status_lists
        ORDER BY number DESC
        LIMIT 1";
    DOCUMENT = "
        SELECT certificate_id, pdf, signature, sshsig, digest, log_proof
        FROM documents
        WHERE certificate_id = $1";
    OF_DOCUMENT = "
        SELECT certificate_id, digest
        FROM documents
        WHERE digest = $1
        ORDER BY certificate_id
        LIMIT 1";
    DOCUMENT_DIGESTS = "
        SELECT certificate_id, digest
        FROM documents
        ORDER BY certificate_id";
}

/// Whom it waits for: a second person, while a revocation is asked for.
fn awaits(record: &CertificateRecord) -> &'static str {
    match &record.revocation {
        Some(asked) if asked.confirmed.is_none() && record.state.stands() => "revocation",
        _ => "",
    }
}

#[derive(FromRow)]
struct StatementRow {
    certificate_id: Uuid,
    entry_id: Uuid,
    bytes: Vec<u8>,
    jws: String,
}

#[derive(FromRow)]
struct DocumentRow {
    certificate_id: Uuid,
    pdf: Vec<u8>,
    signature: Vec<u8>,
    sshsig: String,
    digest: Vec<u8>,
    log_proof: String,
}

#[derive(FromRow)]
struct DigestRow {
    certificate_id: Uuid,
    digest: Vec<u8>,
}

impl DigestRow {
    fn read(self) -> Result<(CertificateId, Digest), StoreError> {
        Ok((
            self.certificate_id.into(),
            digest_of(&self.digest, self.certificate_id)?,
        ))
    }
}

/// The digest of a document as a row has it.
fn digest_of(bytes: &[u8], id: Uuid) -> Result<Digest, StoreError> {
    Digest::try_from(bytes).map_err(|error| unreadable("documents", "digest", id, error.to_string()))
}

#[derive(FromRow)]
struct StandingRow {
    certificate_id: Uuid,
    state: String,
    entry_id: Uuid,
    bytes: Vec<u8>,
    jws: String,
}

impl StandingRow {
    fn read(self) -> Result<StandingRecord, StoreError> {
        let state = StandingState::of_word(&self.state);
        let unknown = || unreadable("standings", "state", self.certificate_id, self.state.clone());
        Ok(StandingRecord {
            state: state.ok_or_else(unknown)?,
            certificate: self.certificate_id.into(),
            bytes: self.bytes,
            jws: self.jws,
            entry: self.entry_id.into(),
        })
    }
}

#[derive(FromRow)]
struct ListRow {
    number: i64,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    jws: String,
}

impl DocumentRow {
    fn read(self) -> Result<Document, StoreError> {
        Ok(Document {
            certificate: self.certificate_id.into(),
            pdf: self.pdf,
            signature: self.signature,
            sshsig: self.sshsig,
            digest: digest_of(&self.digest, self.certificate_id)?,
            log_proof: self.log_proof,
        })
    }
}

#[async_trait]
impl Certificates for Transaction {
    async fn insert(&mut self, record: &CertificateRecord) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            record.id.uuid(),
            record.code.as_str(),
            record.request.uuid(),
            record.plan.uuid(),
            record.kind.word(),
            record.state.word(),
            record.version,
            document(record)?,
        );
        let rows = self.seen(done)?;
        self.inserted(
            rows,
            "a certificate of this code, or a base certificate of this request,",
        )
    }

    async fn update(&mut self, record: &CertificateRecord) -> Result<(), StoreError> {
        let next = CertificateRecord {
            version: record.version + 1,
            ..record.clone()
        };
        let (id, state) = (record.id.uuid(), record.state.word());
        let done = execute!(
            &mut self.connection,
            UPDATE,
            id,
            record.version,
            state,
            document(&next)?,
            awaits(record)
        );
        let rows = self.seen(done)?;
        self.updated(rows, "certificate", record.id)
    }

    async fn find(&mut self, id: CertificateId) -> Result<Option<CertificateRecord>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn of_request(&mut self, request: RequestId) -> Result<Vec<CertificateRecord>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_REQUEST, request.uuid());
        all(self.seen(rows)?)
    }

    async fn insert_statement(&mut self, statement: &Statement) -> Result<(), StoreError> {
        // It names an entry, which must be there.
        self.write_entries().await?;
        let (certificate, entry) = (statement.certificate.uuid(), statement.entry.uuid());
        let (bytes, jws) = (&statement.bytes[..], statement.jws.as_str());
        let done = execute!(
            &mut self.connection,
            INSERT_STATEMENT,
            certificate,
            entry,
            bytes,
            jws
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the statement of this certificate")
    }

    async fn statement(&mut self, id: CertificateId) -> Result<Option<Statement>, StoreError> {
        let rows = fetch!(&mut self.connection, StatementRow, STATEMENT, id.uuid());
        let row = self.seen(rows)?.into_iter().next();
        Ok(row.map(|row| Statement {
            certificate: row.certificate_id.into(),
            bytes: row.bytes,
            jws: row.jws,
            entry: row.entry_id.into(),
        }))
    }

    async fn insert_document(&mut self, document: &Document) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT_DOCUMENT,
            document.certificate.uuid(),
            &document.pdf[..],
            &document.signature[..],
            document.sshsig.as_str(),
            &document.digest.as_bytes()[..],
            document.log_proof.as_str(),
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the document of this certificate")
    }

    async fn document(&mut self, id: CertificateId) -> Result<Option<Document>, StoreError> {
        let rows = fetch!(&mut self.connection, DocumentRow, DOCUMENT, id.uuid());
        self.seen(rows)?
            .into_iter()
            .next()
            .map(DocumentRow::read)
            .transpose()
    }

    async fn of_document(&mut self, digest: Digest) -> Result<Option<CertificateId>, StoreError> {
        let rows = fetch!(
            &mut self.connection,
            DigestRow,
            OF_DOCUMENT,
            &digest.as_bytes()[..]
        );
        let row = self.seen(rows)?.into_iter().next();
        Ok(row.map(|row| row.certificate_id.into()))
    }

    async fn document_digests(&mut self) -> Result<Vec<(CertificateId, Digest)>, StoreError> {
        let rows = fetch!(&mut self.connection, DigestRow, DOCUMENT_DIGESTS);
        self.seen(rows)?.into_iter().map(DigestRow::read).collect()
    }

    async fn issued(&mut self) -> Result<Vec<CertificateRecord>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, ISSUED);
        let mut records: Vec<CertificateRecord> = all(self.seen(rows)?)?;
        // An addendum can fall with its base before it is issued.
        records.retain(|record| record.issued_at.is_some());
        Ok(records)
    }

    async fn revocations_asked(&mut self) -> Result<Vec<CertificateRecord>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, REVOCATIONS_ASKED);
        all(self.seen(rows)?)
    }

    async fn insert_standing(&mut self, standing: &StandingRecord) -> Result<(), StoreError> {
        // It names an entry, which must be there.
        self.write_entries().await?;
        let done = execute!(
            &mut self.connection,
            INSERT_STANDING,
            standing.certificate.uuid(),
            standing.state.word(),
            standing.entry.uuid(),
            &standing.bytes[..],
            standing.jws.as_str()
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the end of this certificate")
    }

    async fn standings(&mut self, id: CertificateId) -> Result<Vec<StandingRecord>, StoreError> {
        let rows = fetch!(&mut self.connection, StandingRow, STANDINGS, id.uuid());
        self.seen(rows)?.into_iter().map(StandingRow::read).collect()
    }

    async fn publish_list(&mut self, list: &PublishedList) -> Result<(), StoreError> {
        let (issued_at, expires_at) = (moment(list.issued_at), moment(list.expires_at));
        let done = execute!(
            &mut self.connection,
            PUBLISH_LIST,
            list.number,
            issued_at,
            expires_at,
            list.jws.as_str()
        );
        if self.seen(done)? == 0 {
            return Err(conflict("status list", list.number));
        }
        let done = execute!(&mut self.connection, DROP_LISTS, list.number);
        self.seen(done).map(drop)
    }

    async fn status_list(&mut self) -> Result<Option<PublishedList>, StoreError> {
        let rows = fetch!(&mut self.connection, ListRow, STATUS_LIST);
        let row = self.seen(rows)?.into_iter().next();
        Ok(row.map(|row| PublishedList {
            number: row.number,
            jws: row.jws,
            issued_at: timestamp(row.issued_at),
            expires_at: timestamp(row.expires_at),
        }))
    }
}
