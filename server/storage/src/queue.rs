//! Leasing jobs and ending leases: each a commit of its own, outside of transactions.

use chrono::{DateTime, Utc};
use domain::digest::Digest;
use domain::job::{Disposition, Job, Leased, Queue};
use domain::port::store::StoreError;
use domain::time::Timestamp;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use crate::database::{Database, Engine};
use crate::row::{Noun, Stored, moment, timestamp};
use crate::transaction::{Access, conflict};
use crate::{error, postgres, sqlite};

impl Noun for Job {
    const TABLE: &'static str = "jobs";
}

statements! {
    EXTEND = "
        UPDATE jobs
        SET due_at = $3
        WHERE id = $1 AND fence = $2 AND state = 'leased'";
    DONE = "
        DELETE FROM jobs
        WHERE id = $1 AND fence = $2 AND state = 'leased'
        RETURNING EXISTS (SELECT 1 FROM jobs AS twin WHERE twin.digest = jobs.digest AND twin.state = 'ready')";
    LEASED_DIGEST = "
        SELECT digest
        FROM jobs
        WHERE id = $1 AND fence = $2 AND state = 'leased'";
    TAKE_TWIN = "
        DELETE FROM jobs
        WHERE digest = $1 AND state = 'ready'
        RETURNING due_at";
    READY = "
        UPDATE jobs
        SET state = 'ready', due_at = $3, attempts = attempts - $4, why = $5
        WHERE id = $1 AND fence = $2 AND state = 'leased'";
    PARK = "
        UPDATE jobs
        SET state = 'parked', why = $3
        WHERE id = $1 AND fence = $2 AND state = 'leased'";
}

/// A row that was leased.
#[derive(FromRow)]
struct LeasedRow {
    serial: i64,
    #[sqlx(flatten)]
    stored: Stored,
    #[sqlx(rename = "id")]
    uuid: Uuid,
    fence: i64,
    attempts: i64,
    due_at: DateTime<Utc>,
}

/// A query about a lease, on a connection of the pool that writes, in a commit of its own. On SQLite it waits for no disk.
macro_rules! alone {
    ($engine:expr, $sql:expr, $query:ident($pool:ident, $made:ident) => $done:expr) => {
        match $engine {
            Engine::Sqlite(engine) => {
                // Prepared each time: what a pragma does it does while it is prepared.
                let sql = AssertSqlSafe(format!("{}{}", sqlite::FORGETTABLE, $sql));
                let ($pool, $made) = (&engine.writer, sqlx::$query(sql).persistent(false));
                $done
            }
            Engine::Postgres(engine) => {
                let ($pool, $made) = (&engine.pool, sqlx::$query($sql));
                $done
            }
        }
    };
}

impl Database {
    pub(crate) async fn lease_jobs(
        &self,
        queues: &[Queue],
        limit: u32,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Leased>, StoreError> {
        let words: Vec<&str> = queues.iter().map(|queue| queue.word()).collect();
        let (now, most, until) = (moment(now), i64::from(limit), moment(until));
        let rows = match &*self.engine {
            Engine::Sqlite(engine) => {
                let sql = AssertSqlSafe(format!("{}{}", sqlite::FORGETTABLE, sqlite::LEASE));
                let query = sqlx::query_as::<_, LeasedRow>(sql)
                    .persistent(false)
                    .bind(sqlite::words(&words)?);
                query
                    .bind(now)
                    .bind(most)
                    .bind(until)
                    .fetch_all(&engine.writer)
                    .await
            }
            Engine::Postgres(engine) => {
                let query = sqlx::query_as::<_, LeasedRow>(postgres::LEASE).bind(words);
                query
                    .bind(now)
                    .bind(most)
                    .bind(until)
                    .fetch_all(&engine.pool)
                    .await
            }
        };
        let mut rows = rows.map_err(error::store)?;
        rows.sort_by_key(|row| row.serial);
        if rows.len() == limit as usize {
            // There may be more than one worker's share.
            self.wake.ring();
        }
        let mut leased = Vec::with_capacity(rows.len());
        for row in rows {
            leased.extend(self.readable(row).await?);
        }
        Ok(leased)
    }

    /// A leased row as a job. One that cannot be read is parked for a person.
    async fn readable(&self, row: LeasedRow) -> Result<Option<Leased>, StoreError> {
        let attempt = i32::try_from(row.attempts).unwrap_or(i32::MAX);
        match row.stored.read() {
            Ok(job) => Ok(Some(Leased {
                id: row.uuid.into(),
                job,
                fence: row.fence,
                attempt,
                leased_until: timestamp(row.due_at),
            })),
            Err(unreadable) => {
                tracing::warn!(job = %row.uuid, "a job that cannot be read is parked");
                self.park(row.uuid, row.fence, &unreadable.to_string()).await?;
                Ok(None)
            }
        }
    }

    pub(crate) async fn extend_lease(&self, leased: &Leased, until: Timestamp) -> Result<(), StoreError> {
        let done = alone!(&*self.engine, EXTEND, query(pool, made) => {
            let extend = made.bind(leased.id.uuid()).bind(leased.fence).bind(moment(until));
            extend.execute(pool).await.map(|done| done.rows_affected())
        });
        held(done, leased)
    }

    pub(crate) async fn finish_job(
        &self,
        leased: &Leased,
        disposition: &Disposition,
    ) -> Result<(), StoreError> {
        match disposition {
            Disposition::Done => self.done(leased).await,
            Disposition::Park { why } => {
                let done = self.park(leased.id.uuid(), leased.fence, why).await?;
                held(Ok(done), leased)
            }
            Disposition::Retry { at, why } => self.ready_again(leased, *at, 0, Some(why)).await,
            Disposition::Again { at } => self.ready_again(leased, *at, 1, None).await,
        }
    }

    async fn done(&self, leased: &Leased) -> Result<(), StoreError> {
        let done = alone!(&*self.engine, DONE, query_scalar(pool, made) => {
            made.bind(leased.id.uuid()).bind(leased.fence).fetch_all(pool).await
        });
        let done: Vec<bool> = done.map_err(error::store)?;
        let has_twin = done.into_iter().next().ok_or_else(|| lost(leased))?;
        if has_twin {
            // The same job, enqueued while this one ran, may run now.
            self.wake.ring();
        }
        Ok(())
    }

    /// Parks a leased job. A job that waits is not touched by it.
    async fn park(&self, id: Uuid, fence: i64, why: &str) -> Result<u64, StoreError> {
        let mut connection = self.connection(Access::Write).await?;
        let parked = execute!(&mut connection, PARK, id, fence, why).map_err(error::store)?;
        connection.commit().await?;
        Ok(parked)
    }

    /// Makes a leased job ready at a moment. Where the same job was enqueued meanwhile, the two become one, at the
    /// earlier moment.
    async fn ready_again(
        &self,
        leased: &Leased,
        at: Timestamp,
        discount: i64,
        why: Option<&str>,
    ) -> Result<(), StoreError> {
        // On PostgreSQL the same job may be enqueued between our two statements.
        for _ in 0..8 {
            match self.merge_with_twin(leased, at, discount, why).await {
                Err(StoreError::Exists(_)) => {}
                other => {
                    self.wake.ring();
                    return other;
                }
            }
        }
        Err(StoreError::Unavailable(
            "the same job is enqueued over and over".into(),
        ))
    }

    async fn merge_with_twin(
        &self,
        leased: &Leased,
        at: Timestamp,
        discount: i64,
        why: Option<&str>,
    ) -> Result<(), StoreError> {
        let (id, fence) = (leased.id.uuid(), leased.fence);
        let mut connection = self.connection(Access::Write).await?;
        let digests = fetch!(&mut connection, (Vec<u8>,), LEASED_DIGEST, id, fence).map_err(error::store)?;
        let (digest,) = digests.into_iter().next().ok_or_else(|| lost(leased))?;
        let twins = fetch!(&mut connection, (DateTime<Utc>,), TAKE_TWIN, digest).map_err(error::store)?;
        let due = twins.into_iter().map(|twin| twin.0).chain([moment(at)]).min();
        held(
            execute!(&mut connection, READY, id, fence, due, discount, why),
            leased,
        )?;
        connection.commit().await
    }

    pub(crate) async fn next_due(&self, queues: &[Queue]) -> Result<Option<Timestamp>, StoreError> {
        let words: Vec<&str> = queues.iter().map(|queue| queue.word()).collect();
        let due: Result<Option<DateTime<Utc>>, _> = match &*self.engine {
            Engine::Sqlite(engine) => {
                let query = sqlx::query_scalar(sqlite::NEXT_JOB).bind(sqlite::words(&words)?);
                query.fetch_one(&engine.reader).await
            }
            Engine::Postgres(engine) => {
                sqlx::query_scalar(postgres::NEXT_JOB)
                    .bind(words)
                    .fetch_one(&engine.pool)
                    .await
            }
        };
        Ok(due.map_err(error::store)?.map(timestamp))
    }
}

/// SHA-256 of a job: equal for equal jobs.
pub(crate) fn digest_of(job: &Job) -> Result<Digest, StoreError> {
    let text =
        serde_json::to_vec(job).map_err(|_| StoreError::Refused("a job cannot be written as JSON".into()))?;
    Ok(Digest::of(&text))
}

fn lost(leased: &Leased) -> StoreError {
    conflict("the lease of job", leased.id)
}

/// The row of that lease was there.
fn held(done: Result<u64, sqlx::Error>, leased: &Leased) -> Result<(), StoreError> {
    match done.map_err(error::store)? {
        0 => Err(lost(leased)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::id::StepId;
    use domain::port::store::Store as _;

    use super::*;
    use crate::transaction::Connection;

    /// A lease waits for no disk; every change after it does.
    #[tokio::test]
    async fn what_is_committed_after_a_lease_is_durable() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("lethe.db").display());
        let database = crate::open(&url).await.unwrap();
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let job = Job::EraseStep {
            step: StepId::new(now, [7; 10]),
        };
        let mut tx = database.begin().await.unwrap();
        tx.jobs().enqueue(&job, now).await.unwrap();
        tx.commit().await.unwrap();
        let leased = database
            .lease(&Queue::ALL, 1, now, Duration::from_secs(10))
            .await
            .unwrap()
            .remove(0);

        let Engine::Sqlite(engine) = &*database.engine else {
            panic!("a file was opened")
        };
        let synchronous = "PRAGMA synchronous";
        let lazy: i64 = sqlx::query_scalar(synchronous)
            .fetch_one(&engine.writer)
            .await
            .unwrap();
        assert_eq!(lazy, 1);
        let Connection::Sqlite(mut tx) = database.connection(Access::Write).await.unwrap() else {
            panic!("a file was opened")
        };
        let durable: i64 = sqlx::query_scalar(synchronous).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(durable, 2);
        tx.rollback().await.unwrap();
        database.finish(&leased, &Disposition::Done).await.unwrap();
        database
            .lease(&Queue::ALL, 1, now, Duration::from_secs(10))
            .await
            .map(|left| assert_eq!(left, []))
            .unwrap();
    }
}
