//! Incidents and later checks.

use async_trait::async_trait;
use domain::id::{CertificateId, IncidentId};
use domain::incident::Incident;
use domain::later::LaterCheck;
use domain::port::store::{Incidents, StoreError};
use domain::time::Timestamp;

use crate::row::{Noun, Stored, all, document, first, moment};
use crate::transaction::Transaction;

impl Noun for Incident {
    const TABLE: &'static str = "incidents";
}

impl Noun for LaterCheck {
    const TABLE: &'static str = "later_checks";
}

statements! {
    INSERT = "
        INSERT INTO incidents (id, request_id, certificate_id, state, closed_at, version, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE incidents
        SET state = $3, closed_at = $4, version = $2 + 1, document = $5
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM incidents
        WHERE id = $1";
    OF_CERTIFICATE = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM incidents
        WHERE certificate_id = $1
        ORDER BY serial";
    OPEN = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM incidents
        WHERE closed_at IS NULL
        ORDER BY serial";
    INSERT_LATER = "
        INSERT INTO later_checks (certificate_id, number, due_at, ended_at, version, document)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    UPDATE_LATER = "
        UPDATE later_checks
        SET ended_at = $4, version = $3 + 1, document = $5
        WHERE certificate_id = $1 AND number = $2 AND version = $3";
    LATER_CHECKS = "
        SELECT certificate_id AS id, CAST(document AS TEXT) AS document
        FROM later_checks
        WHERE certificate_id = $1
        ORDER BY number";
    OVERDUE = "
        SELECT certificate_id AS id, CAST(document AS TEXT) AS document
        FROM later_checks
        WHERE ended_at IS NULL AND due_at < $1
        ORDER BY due_at, certificate_id, number";
}

#[async_trait]
impl Incidents for Transaction {
    async fn insert(&mut self, incident: &Incident) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            incident.id.uuid(),
            incident.request.uuid(),
            incident.certificate.uuid(),
            incident.state.word(),
            incident.closed.map(|(_, at)| moment(at)),
            incident.version,
            document(incident)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "this incident")
    }

    async fn update(&mut self, incident: &Incident) -> Result<(), StoreError> {
        let next = Incident {
            version: incident.version + 1,
            ..incident.clone()
        };
        let done = execute!(
            &mut self.connection,
            UPDATE,
            incident.id.uuid(),
            incident.version,
            incident.state.word(),
            incident.closed.map(|(_, at)| moment(at)),
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "incident", incident.id)
    }

    async fn find(&mut self, id: IncidentId) -> Result<Option<Incident>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn of_certificate(&mut self, id: CertificateId) -> Result<Vec<Incident>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_CERTIFICATE, id.uuid());
        all(self.seen(rows)?)
    }

    async fn open(&mut self) -> Result<Vec<Incident>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OPEN);
        all(self.seen(rows)?)
    }

    async fn insert_later(&mut self, check: &LaterCheck) -> Result<(), StoreError> {
        let ended_at = check.ended.as_ref().map(|(at, _)| moment(*at));
        let done = execute!(
            &mut self.connection,
            INSERT_LATER,
            check.certificate.uuid(),
            check.number,
            moment(check.due_at),
            ended_at,
            check.version,
            document(check)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "this later check")
    }

    async fn update_later(&mut self, check: &LaterCheck) -> Result<(), StoreError> {
        let next = LaterCheck {
            version: check.version + 1,
            ..check.clone()
        };
        let ended_at = check.ended.as_ref().map(|(at, _)| moment(*at));
        let done = execute!(
            &mut self.connection,
            UPDATE_LATER,
            check.certificate.uuid(),
            check.number,
            check.version,
            ended_at,
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "later check of certificate", check.certificate)
    }

    async fn later_checks(&mut self, certificate: CertificateId) -> Result<Vec<LaterCheck>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, LATER_CHECKS, certificate.uuid());
        all(self.seen(rows)?)
    }

    async fn due_before(&mut self, before: Timestamp) -> Result<Vec<LaterCheck>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OVERDUE, moment(before));
        all(self.seen(rows)?)
    }
}
