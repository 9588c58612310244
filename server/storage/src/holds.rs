//! Holds and duties: what keeps data from erasure.

use async_trait::async_trait;
use domain::hold::LegalHold;
use domain::id::{DutyId, HoldId};
use domain::port::store::{Holds, StoreError};
use domain::retention::{Keeper, RetentionDuty};
use domain::scope::{KeepScope, TenantScope};
use domain::subject::TenantKey;
use domain::time::Date;
use sqlx::FromRow;

use crate::row::{Noun, Stored, all, day, document, first, moment};
use crate::transaction::{Transaction, conflict};

impl Noun for LegalHold {
    const TABLE: &'static str = "legal_holds";
}

impl Noun for RetentionDuty {
    const TABLE: &'static str = "retention_duties";
}

statements! {
    INSERT = "
        INSERT INTO legal_holds (id, tenant_key, state, version, document)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE legal_holds
        SET state = $3, version = $2 + 1, document = $4
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM legal_holds
        WHERE id = $1";
    LIST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM legal_holds
        ORDER BY serial DESC";
    INSERT_DUTY = "
        INSERT INTO retention_duties (id, tenant_key, until_on, ended_at, version, document)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    UPDATE_DUTY = "
        UPDATE retention_duties
        SET until_on = $3, ended_at = $4, version = $2 + 1, document = $5
        WHERE id = $1 AND version = $2";
    FIND_DUTY = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM retention_duties
        WHERE id = $1";
    LIST_DUTIES = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM retention_duties
        ORDER BY serial DESC";
    KEEPERS = "
        SELECT 'hold' AS kind, id, CAST(document AS TEXT) AS document
        FROM legal_holds
        WHERE tenant_key = $1 AND state <> 'released'
        UNION ALL
        SELECT 'hold' AS kind, id, CAST(document AS TEXT) AS document
        FROM legal_holds
        WHERE tenant_key IS NULL AND state <> 'released'
        UNION ALL
        SELECT 'duty' AS kind, id, CAST(document AS TEXT) AS document
        FROM retention_duties
        WHERE tenant_key = $1 AND until_on >= $2 AND ended_at IS NULL
        UNION ALL
        SELECT 'duty' AS kind, id, CAST(document AS TEXT) AS document
        FROM retention_duties
        WHERE tenant_key IS NULL AND until_on >= $2 AND ended_at IS NULL";
    COUNT_CHANGE = "
        INSERT INTO counters (name, value)
        VALUES ('register', 1)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1";
    REGISTER_VERSION = "
        SELECT value
        FROM counters
        WHERE name = 'register'";
}

#[derive(FromRow)]
struct KeeperRow {
    kind: String,
    #[sqlx(flatten)]
    stored: Stored,
}

impl Transaction {
    /// One more change of the register.
    async fn count_change(&mut self) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, COUNT_CHANGE);
        self.seen(done).map(drop)
    }
}

#[async_trait]
impl Holds for Transaction {
    async fn insert(&mut self, hold: &LegalHold) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            hold.id.uuid(),
            tenant(&hold.scope),
            hold.state.word(),
            hold.version,
            document(hold)?,
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the hold")?;
        self.count_change().await
    }

    async fn update(&mut self, hold: &LegalHold) -> Result<(), StoreError> {
        let stored = Holds::find(self, hold.id)
            .await?
            .ok_or_else(|| conflict("hold", hold.id))?;
        same_scope(&stored.scope, &hold.scope)?;
        let next = LegalHold {
            version: hold.version + 1,
            ..hold.clone()
        };
        let (id, state) = (hold.id.uuid(), hold.state.word());
        let done = execute!(
            &mut self.connection,
            UPDATE,
            id,
            hold.version,
            state,
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "hold", hold.id)?;
        self.count_change().await
    }

    async fn find(&mut self, id: HoldId) -> Result<Option<LegalHold>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn list(&mut self) -> Result<Vec<LegalHold>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, LIST);
        all(self.seen(rows)?)
    }

    async fn insert_duty(&mut self, duty: &RetentionDuty) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT_DUTY,
            duty.id.uuid(),
            tenant(&duty.scope),
            day(duty.until),
            duty.ended.map(|(at, _)| moment(at)),
            duty.version,
            document(duty)?,
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the duty")?;
        self.count_change().await
    }

    async fn update_duty(&mut self, duty: &RetentionDuty) -> Result<(), StoreError> {
        let stored = self
            .find_duty(duty.id)
            .await?
            .ok_or_else(|| conflict("duty", duty.id))?;
        same_scope(&stored.scope, &duty.scope)?;
        let next = RetentionDuty {
            version: duty.version + 1,
            ..duty.clone()
        };
        let done = execute!(
            &mut self.connection,
            UPDATE_DUTY,
            duty.id.uuid(),
            duty.version,
            day(duty.until),
            duty.ended.map(|(at, _)| moment(at)),
            document(&next)?,
        );
        let rows = self.seen(done)?;
        self.updated(rows, "duty", duty.id)?;
        self.count_change().await
    }

    async fn find_duty(&mut self, id: DutyId) -> Result<Option<RetentionDuty>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND_DUTY, id.uuid());
        first(self.seen(rows)?)
    }

    async fn list_duties(&mut self) -> Result<Vec<RetentionDuty>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, LIST_DUTIES);
        all(self.seen(rows)?)
    }

    async fn keepers(&mut self, tenant: &TenantKey, today: Date) -> Result<Vec<Keeper>, StoreError> {
        let rows = fetch!(
            &mut self.connection,
            KeeperRow,
            KEEPERS,
            tenant.as_str(),
            day(today)
        );
        let keepers = self.seen(rows)?.into_iter().map(|row| match row.kind.as_str() {
            "hold" => row.stored.read().map(|hold: LegalHold| Keeper::from(&hold)),
            _ => row.stored.read().map(|duty: RetentionDuty| Keeper::from(&duty)),
        });
        let mut keepers: Vec<Keeper> = keepers.collect::<Result<_, _>>()?;
        keepers.sort_by_key(|keeper| keeper.id);
        Ok(keepers)
    }

    async fn register_version(&mut self) -> Result<i64, StoreError> {
        let rows = fetch!(&mut self.connection, (i64,), REGISTER_VERSION);
        Ok(self.seen(rows)?.first().map_or(0, |row| row.0))
    }
}

/// The column by which the fence finds a scope; absent: it binds every tenant.
fn tenant(scope: &KeepScope) -> Option<&str> {
    match &scope.tenant {
        TenantScope::Any => None,
        TenantScope::One(key) => Some(key.as_str()),
    }
}

/// A scope is never changed once placed.
fn same_scope(stored: &KeepScope, given: &KeepScope) -> Result<(), StoreError> {
    match stored == given {
        true => Ok(()),
        false => Err(StoreError::Refused(
            "the scope of a hold or duty never changes".into(),
        )),
    }
}
