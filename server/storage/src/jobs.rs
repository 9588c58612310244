//! Jobs, inside a transaction.

use async_trait::async_trait;
use domain::id::JobId;
use domain::job::{Job, Leased};
use domain::port::store::{Jobs, StoreError};
use domain::time::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::queue::digest_of;
use crate::row::{Stored, document, moment};
use crate::transaction::{Connection, Transaction, conflict};
use crate::{postgres, sqlite};

statements! {
    ENQUEUE = "
        INSERT INTO jobs (id, queue, state, digest, due_at, fence, attempts, document)
        VALUES ($1, $2, 'ready', $3, $4, 0, 0, $5)
        ON CONFLICT (digest) WHERE state = 'ready'
        DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < jobs.due_at";
    PARKED = "
        SELECT id, CAST(document AS TEXT) AS document, why
        FROM jobs
        WHERE state = 'parked'
        ORDER BY serial";
    TAKE_BACK = "
        DELETE FROM jobs
        WHERE state = 'ready' AND digest IN (SELECT digest FROM jobs WHERE id = $1 AND state = 'parked')";
    UNPARK = "
        UPDATE jobs
        SET state = 'ready', due_at = $2, attempts = 0, why = NULL
        WHERE id = $1 AND state = 'parked'";
    COUNTS = "
        SELECT queue, state, COUNT(*)
        FROM jobs
        GROUP BY queue, state
        ORDER BY queue, state";
}

#[derive(FromRow)]
struct ParkedRow {
    #[sqlx(flatten)]
    stored: Stored,
    #[sqlx(rename = "id")]
    uuid: Uuid,
    why: Option<String>,
}

#[async_trait]
impl Jobs for Transaction {
    async fn enqueue(&mut self, job: &Job, at: Timestamp) -> Result<(), StoreError> {
        let digest = digest_of(job)?;
        let done = execute!(
            &mut self.connection,
            ENQUEUE,
            id_at(at),
            job.queue().word(),
            &digest.as_bytes()[..],
            moment(at),
            document(job)?,
        );
        self.seen(done)?;
        self.enqueued = true;
        Ok(())
    }

    async fn holds(&mut self, leased: &Leased, now: Timestamp) -> Result<bool, StoreError> {
        let (id, fence, now) = (leased.id.uuid(), leased.fence, moment(now));
        let rows: Result<Vec<(Uuid,)>, _> = match &mut self.connection {
            Connection::Sqlite(tx) => {
                let query = sqlx::query_as(sqlite::HOLDS_LEASE).bind(id).bind(fence).bind(now);
                query.fetch_all(&mut **tx).await
            }
            Connection::Postgres(tx) => {
                let query = sqlx::query_as(postgres::HOLDS_LEASE)
                    .bind(id)
                    .bind(fence)
                    .bind(now);
                query.fetch_all(&mut **tx).await
            }
        };
        Ok(!self.seen(rows)?.is_empty())
    }

    async fn parked(&mut self) -> Result<Vec<(JobId, Job, String)>, StoreError> {
        let rows = fetch!(&mut self.connection, ParkedRow, PARKED);
        let mut parked = Vec::new();
        for row in self.seen(rows)? {
            // One that cannot be read is reported when it is leased; it must not hide the others.
            if let Ok(job) = row.stored.read() {
                parked.push((row.uuid.into(), job, row.why.unwrap_or_default()));
            }
        }
        Ok(parked)
    }

    async fn unpark(&mut self, id: JobId, at: Timestamp) -> Result<(), StoreError> {
        // The same job, enqueued since, becomes one with it.
        let taken = execute!(&mut self.connection, TAKE_BACK, id.uuid());
        self.seen(taken)?;
        let done = execute!(&mut self.connection, UNPARK, id.uuid(), moment(at));
        if self.seen(done)? == 0 {
            return Err(conflict("parked job", id));
        }
        self.enqueued = true;
        Ok(())
    }

    async fn counts(&mut self) -> Result<Vec<(String, String, i64)>, StoreError> {
        let rows = fetch!(&mut self.connection, (String, String, i64), COUNTS);
        self.seen(rows)
    }
}

/// A fresh id of a moment.
fn id_at(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.as_microsecond().div_euclid(1_000_000)).unwrap_or(0);
    let nanos = u32::try_from(at.as_microsecond().rem_euclid(1_000_000) * 1_000).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix_time(seconds, nanos, 0, 0))
}
