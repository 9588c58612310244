//! Steps and attempts. An attempt is never changed; it gets an outcome once.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::attempt::{Attempt, Outcome, Step};
use domain::id::{AttemptId, RequestId, StepId};
use domain::inventory::SystemName;
use domain::port::store::{Attempts, StoreError};
use domain::time::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::row::{Noun, Stored, all, document, first, moment, parse, timestamp, unreadable};
use crate::transaction::Transaction;

impl Noun for Step {
    const TABLE: &'static str = "steps";
}

impl Noun for Attempt {
    const TABLE: &'static str = "attempts";
}

statements! {
    INSERT_STEP = "
        INSERT INTO steps (id, request_id, plan_id, round, state, version, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING";
    UPDATE_STEP = "
        UPDATE steps
        SET state = $3, version = $2 + 1, document = $4
        WHERE id = $1 AND version = $2";
    FIND_STEP = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM steps
        WHERE id = $1";
    STEPS = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM steps
        WHERE request_id = $1
        ORDER BY serial";
    STEPS_OF_ROUND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM steps
        WHERE request_id = $1 AND round = $2
        ORDER BY serial";
    START = "
        INSERT INTO attempts (id, step_id, system, expires_at, document)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    END = "
        UPDATE attempts
        SET ended_at = $2, outcome = $3
        WHERE id = $1 AND ended_at IS NULL";
    OF_STEP = "
        SELECT id, CAST(document AS TEXT) AS document, ended_at, CAST(outcome AS TEXT) AS outcome
        FROM attempts
        WHERE step_id = $1
        ORDER BY serial";
    IN_FLIGHT = "
        SELECT id, CAST(document AS TEXT) AS document, ended_at, CAST(outcome AS TEXT) AS outcome
        FROM attempts
        WHERE ended_at IS NULL AND expires_at > $1
        ORDER BY serial";
    IN_FLIGHT_OF_SYSTEM = "
        SELECT id, CAST(document AS TEXT) AS document, ended_at, CAST(outcome AS TEXT) AS outcome
        FROM attempts
        WHERE ended_at IS NULL AND expires_at > $1 AND system = $2
        ORDER BY serial";
    AUTHORISED_SINCE = "
        SELECT DISTINCT steps.request_id AS id
        FROM attempts
        JOIN steps ON steps.id = attempts.step_id
        WHERE attempts.system = $1 AND attempts.expires_at > $2";
    EXPIRED = "
        SELECT id, CAST(document AS TEXT) AS document, ended_at, CAST(outcome AS TEXT) AS outcome
        FROM attempts
        WHERE ended_at IS NULL AND expires_at <= $1
        ORDER BY serial";
}

#[derive(FromRow)]
struct AttemptRow {
    #[sqlx(flatten)]
    stored: Stored,
    #[sqlx(rename = "id")]
    uuid: Uuid,
    ended_at: Option<DateTime<Utc>>,
    outcome: Option<String>,
}

#[derive(FromRow)]
struct Named {
    id: Uuid,
}

impl AttemptRow {
    fn read(self) -> Result<Attempt, StoreError> {
        let attempt: Attempt = self.stored.read()?;
        let outcome = match (self.ended_at, self.outcome) {
            (Some(at), Some(text)) => {
                let outcome =
                    parse(&text).map_err(|why| unreadable("attempts", "outcome", self.uuid, why))?;
                Some((timestamp(at), outcome))
            }
            _ => None,
        };
        Ok(Attempt { outcome, ..attempt })
    }
}

fn read(rows: Vec<AttemptRow>) -> Result<Vec<Attempt>, StoreError> {
    rows.into_iter().map(AttemptRow::read).collect()
}

#[async_trait]
impl Attempts for Transaction {
    async fn insert_step(&mut self, step: &Step) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT_STEP,
            step.id.uuid(),
            step.request.uuid(),
            step.plan.uuid(),
            i64::from(step.round),
            step.state.word(),
            step.version,
            document(step)?,
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the step")
    }

    async fn update_step(&mut self, step: &Step) -> Result<(), StoreError> {
        let next = Step {
            version: step.version + 1,
            ..step.clone()
        };
        let (id, state) = (step.id.uuid(), step.state.word());
        let done = execute!(
            &mut self.connection,
            UPDATE_STEP,
            id,
            step.version,
            state,
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "step", step.id)
    }

    async fn find_step(&mut self, id: StepId) -> Result<Option<Step>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND_STEP, id.uuid());
        first(self.seen(rows)?)
    }

    async fn steps(&mut self, request: RequestId, round: Option<i32>) -> Result<Vec<Step>, StoreError> {
        let request = request.uuid();
        let rows = match round {
            None => fetch!(&mut self.connection, Stored, STEPS, request),
            Some(round) => fetch!(
                &mut self.connection,
                Stored,
                STEPS_OF_ROUND,
                request,
                i64::from(round)
            ),
        };
        all(self.seen(rows)?)
    }

    async fn start(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        let intent = Attempt {
            outcome: None,
            ..attempt.clone()
        };
        let done = execute!(
            &mut self.connection,
            START,
            attempt.id.uuid(),
            attempt.step.uuid(),
            attempt.dataset.system.as_str(),
            moment(attempt.expires_at),
            document(&intent)?,
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the attempt")
    }

    async fn end(&mut self, id: AttemptId, at: Timestamp, outcome: &Outcome) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            END,
            id.uuid(),
            moment(at),
            document(outcome)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "attempt", id)
    }

    async fn of_step(&mut self, step: StepId) -> Result<Vec<Attempt>, StoreError> {
        let rows = fetch!(&mut self.connection, AttemptRow, OF_STEP, step.uuid());
        read(self.seen(rows)?)
    }

    async fn in_flight(
        &mut self,
        system: Option<&SystemName>,
        now: Timestamp,
    ) -> Result<Vec<Attempt>, StoreError> {
        let now = moment(now);
        let rows = match system {
            None => fetch!(&mut self.connection, AttemptRow, IN_FLIGHT, now),
            Some(name) => fetch!(
                &mut self.connection,
                AttemptRow,
                IN_FLIGHT_OF_SYSTEM,
                now,
                name.as_str()
            ),
        };
        read(self.seen(rows)?)
    }

    async fn authorised_since(
        &mut self,
        system: &SystemName,
        at: Timestamp,
    ) -> Result<Vec<RequestId>, StoreError> {
        let rows = fetch!(
            &mut self.connection,
            Named,
            AUTHORISED_SINCE,
            system.as_str(),
            moment(at)
        );
        let requests = self.seen(rows)?.into_iter();
        Ok(requests.map(|row| RequestId::from(row.id)).collect())
    }

    async fn expired(&mut self, now: Timestamp) -> Result<Vec<Attempt>, StoreError> {
        let rows = fetch!(&mut self.connection, AttemptRow, EXPIRED, moment(now));
        read(self.seen(rows)?)
    }
}
