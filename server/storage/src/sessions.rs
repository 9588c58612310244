//! Sessions, and the counts that keep guessing slow.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::digest::Digest;
use domain::id::PersonId;
use domain::port::store::{Sessions, StoreError};
use domain::session::{Attempts, Session, SessionState};
use domain::time::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::row::{moment, timestamp, unreadable};
use crate::transaction::{Transaction, conflict};

statements! {
    INSERT = "
        INSERT INTO sessions (
            digest, person_id, state, opened_with, created_at, last_seen_at, expires_at, stepped_up_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING";
    FIND = "
        SELECT digest, person_id, state, opened_with, created_at, last_seen_at, expires_at, stepped_up_at
        FROM sessions
        WHERE digest = $1";
    OF_PERSON = "
        SELECT digest, person_id, state, opened_with, created_at, last_seen_at, expires_at, stepped_up_at
        FROM sessions
        WHERE person_id = $1 AND state = 'signed_in'
        ORDER BY created_at, digest";
    TOUCH = "
        UPDATE sessions
        SET last_seen_at = $2
        WHERE digest = $1 AND last_seen_at < $2";
    STEP_UP = "
        UPDATE sessions
        SET stepped_up_at = $2
        WHERE digest = $1 AND state = 'signed_in'";
    END = "
        DELETE FROM sessions
        WHERE digest = $1 AND state = 'signed_in'";
    TAKE_PENDING = "
        DELETE FROM sessions
        WHERE digest = $1 AND state = 'awaiting_second_factor'";
    END_ALL = "
        DELETE FROM sessions
        WHERE person_id = $1 AND state = 'signed_in'";
    END_ALL_PENDING = "
        DELETE FROM sessions
        WHERE person_id = $1 AND state = 'awaiting_second_factor'";
    COUNT_ATTEMPT = "
        INSERT INTO sign_in_attempts (digest, attempts, ends_at)
        VALUES ($1, 1, $3)
        ON CONFLICT (digest) DO UPDATE SET
            attempts = CASE WHEN sign_in_attempts.ends_at <= $2 THEN 1 ELSE sign_in_attempts.attempts + 1 END,
            ends_at = CASE WHEN sign_in_attempts.ends_at <= $2 THEN $3 ELSE sign_in_attempts.ends_at END
        RETURNING attempts, ends_at";
    UNCOUNT_ATTEMPT = "
        UPDATE sign_in_attempts
        SET attempts = attempts - 1
        WHERE digest = $1 AND attempts > 0";
    SWEEP = "
        DELETE FROM sessions
        WHERE expires_at <= $1 OR last_seen_at <= $2";
    SWEEP_ATTEMPTS = "
        DELETE FROM sign_in_attempts
        WHERE ends_at <= $1";
}

#[derive(FromRow)]
struct Row {
    digest: Vec<u8>,
    person_id: Uuid,
    state: String,
    opened_with: Vec<u8>,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    stepped_up_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> Result<Session, StoreError> {
        let person = PersonId::from(self.person_id);
        let wrong = |column| unreadable("sessions", column, person, "not as it was written".into());
        Ok(Session {
            digest: Digest::try_from(&self.digest[..]).map_err(|_| wrong("digest"))?,
            person,
            state: SessionState::of_word(&self.state).ok_or_else(|| wrong("state"))?,
            opened_with: Digest::try_from(&self.opened_with[..]).map_err(|_| wrong("opened_with"))?,
            created_at: timestamp(self.created_at),
            last_seen_at: timestamp(self.last_seen_at),
            expires_at: timestamp(self.expires_at),
            stepped_up_at: self.stepped_up_at.map(timestamp),
        })
    }
}

#[async_trait]
impl Sessions for Transaction {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            &session.digest.as_bytes()[..],
            session.person.uuid(),
            session.state.word(),
            &session.opened_with.as_bytes()[..],
            moment(session.created_at),
            moment(session.last_seen_at),
            moment(session.expires_at),
            session.stepped_up_at.map(moment),
        );
        let rows = self.seen(done)?;
        match (rows, session.state) {
            (1.., SessionState::AwaitingSecondFactor) => Ok(()),
            _ => self.inserted(rows, "the session"),
        }
    }

    async fn find(&mut self, digest: Digest) -> Result<Option<Session>, StoreError> {
        let rows = fetch!(&mut self.connection, Row, FIND, &digest.as_bytes()[..]);
        self.seen(rows)?.into_iter().next().map(Row::read).transpose()
    }

    async fn of_person(&mut self, person: PersonId) -> Result<Vec<Session>, StoreError> {
        let rows = fetch!(&mut self.connection, Row, OF_PERSON, person.uuid());
        self.seen(rows)?.into_iter().map(Row::read).collect()
    }

    async fn touch(&mut self, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
        let digest = &digest.as_bytes()[..];
        let done = execute!(&mut self.connection, TOUCH, digest, moment(at));
        self.seen(done).map(drop)
    }

    async fn step_up(&mut self, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
        let key = &digest.as_bytes()[..];
        let done = execute!(&mut self.connection, STEP_UP, key, moment(at));
        let rows = self.seen(done)?;
        match self.changed(rows) {
            true => Ok(()),
            false => Err(conflict("session", "of this person")),
        }
    }

    async fn end(&mut self, digest: Digest) -> Result<bool, StoreError> {
        let done = execute!(&mut self.connection, END, &digest.as_bytes()[..]);
        let rows = self.seen(done)?;
        Ok(self.changed(rows))
    }

    async fn take_pending(&mut self, digest: Digest) -> Result<bool, StoreError> {
        let done = execute!(&mut self.connection, TAKE_PENDING, &digest.as_bytes()[..]);
        Ok(self.seen(done)? > 0)
    }

    async fn end_all(&mut self, person: PersonId) -> Result<u64, StoreError> {
        let done = execute!(&mut self.connection, END_ALL_PENDING, person.uuid());
        self.seen(done)?;
        let done = execute!(&mut self.connection, END_ALL, person.uuid());
        let rows = self.seen(done)?;
        self.changed(rows);
        Ok(rows)
    }

    async fn count_attempt(
        &mut self,
        of: Digest,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> Result<Attempts, StoreError> {
        let rows = fetch!(
            &mut self.connection,
            (i64, DateTime<Utc>),
            COUNT_ATTEMPT,
            &of.as_bytes()[..],
            moment(now),
            moment(ends_at),
        );
        let row = self.seen(rows)?.into_iter().next();
        let (count, ends_at) = row.ok_or_else(|| StoreError::Refused("an attempt was not counted".into()))?;
        Ok(Attempts {
            count: u32::try_from(count).unwrap_or(u32::MAX),
            ends_at: timestamp(ends_at),
        })
    }

    async fn uncount_attempt(&mut self, of: Digest) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, UNCOUNT_ATTEMPT, &of.as_bytes()[..]);
        self.seen(done).map(drop)
    }

    async fn sweep(&mut self, now: Timestamp, idle_since: Timestamp) -> Result<u64, StoreError> {
        let done = execute!(&mut self.connection, SWEEP, moment(now), moment(idle_since));
        let sessions = self.seen(done)?;
        let done = execute!(&mut self.connection, SWEEP_ATTEMPTS, moment(now));
        Ok(sessions + self.seen(done)?)
    }
}
