//! The outbox: mails are rows first, and sent by a job.

use async_trait::async_trait;
use domain::id::{CertificateId, MailId, RequestId};
use domain::mail::Mail;
use domain::port::store::{Outbox, StoreError};
use domain::time::Timestamp;

use crate::row::{Noun, Stored, all, document, first, moment};
use crate::transaction::{Transaction, conflict};

impl Noun for Mail {
    const TABLE: &'static str = "mails";
}

statements! {
    INSERT = "
        INSERT INTO mails (id, request_id, certificate_id, state, version, document)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE mails
        SET state = $3, version = $2 + 1, document = $4, unreached_at = $5
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM mails
        WHERE id = $1";
    OF_REQUEST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM mails
        WHERE request_id = $1
        ORDER BY serial";
    OF_CERTIFICATE = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM mails
        WHERE certificate_id = $1
        ORDER BY serial";
    UNREACHED = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM mails
        WHERE unreached_at IS NOT NULL
        ORDER BY unreached_at, serial";
    DELETE = "
        DELETE FROM mails
        WHERE id = $1";
}

/// Mails are no change of state by themselves: their statuses need no entry.
#[async_trait]
impl Outbox for Transaction {
    async fn insert(&mut self, mail: &Mail) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            mail.id.uuid(),
            mail.request.map(RequestId::uuid),
            mail.certificate.map(CertificateId::uuid),
            state(mail),
            mail.version,
            document(mail)?,
        );
        match self.seen(done)? {
            0 => Err(StoreError::Exists("the mail".into())),
            _ => Ok(()),
        }
    }

    async fn update(&mut self, mail: &Mail) -> Result<(), StoreError> {
        let next = Mail {
            version: mail.version + 1,
            ..mail.clone()
        };
        let done = execute!(
            &mut self.connection,
            UPDATE,
            mail.id.uuid(),
            mail.version,
            state(mail),
            document(&next)?,
            unreached_since(mail).map(moment),
        );
        match self.seen(done)? {
            0 => Err(conflict("mail", mail.id)),
            _ => Ok(()),
        }
    }

    async fn find(&mut self, id: MailId) -> Result<Option<Mail>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn of_request(&mut self, request: RequestId) -> Result<Vec<Mail>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_REQUEST, request.uuid());
        all(self.seen(rows)?)
    }

    async fn of_certificate(&mut self, certificate: CertificateId) -> Result<Vec<Mail>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_CERTIFICATE, certificate.uuid());
        all(self.seen(rows)?)
    }

    async fn unreached(&mut self) -> Result<Vec<Mail>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, UNREACHED);
        all(self.seen(rows)?)
    }

    async fn delete(&mut self, id: MailId) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, DELETE, id.uuid());
        self.seen(done).map(drop)
    }
}

/// The words that the table has known from the beginning; how far a mail came beyond them is in its document.
fn state(mail: &Mail) -> &'static str {
    match (&mail.failed, mail.sent_at) {
        (Some(_), _) => "failed",
        (None, Some(_)) => "sent",
        (None, None) => "queued",
    }
}

/// Since when somebody should see to it: for mails to tenants only.
fn unreached_since(mail: &Mail) -> Option<Timestamp> {
    let since = mail.bounced.as_ref().map_or(mail.queued_at, |bounce| bounce.at);
    (mail.kind.is_for_tenant() && mail.is_unreached()).then_some(since)
}
