//! An open transaction: one object that is every repository.

use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use domain::port::store::{
    Attempts, Certificates, Copies, Downloads, Drafts, Drills, Findings, Holds, Incidents, Inventory, Jobs,
    Links, Log, Nonces, Outbox, People, Plans, Reading, Replays, Replies, Requests, Sessions, Settings,
    StoreError, Tenants, Tx,
};
use domain::scope::TenantScope;
use domain::subject::TenantKey;
use sqlx::{Postgres, Sqlite};

use crate::wake::Wake;
use crate::{error, postgres};

/// The driver's transaction.
pub(crate) enum Connection<'c> {
    /// Of a SQLite file.
    Sqlite(sqlx::Transaction<'c, Sqlite>),
    /// Of a PostgreSQL server.
    Postgres(sqlx::Transaction<'c, Postgres>),
}

impl Connection<'_> {
    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        let done = match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        };
        done.map_err(error::store)
    }
}

/// What a transaction was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A transaction, and what happened in it so far.
pub(crate) struct Transaction {
    pub(crate) connection: Connection<'static>,
    access: Access,
    wake: Arc<Wake>,
    /// Something was written that must be logged.
    written: bool,
    /// An entry was appended.
    pub(crate) appended: bool,
    /// A job was enqueued.
    pub(crate) enqueued: bool,
    /// A statement failed: PostgreSQL would turn the commit into a rollback without a word.
    failed: bool,
}

impl Transaction {
    pub(crate) fn new(connection: Connection<'static>, access: Access, wake: Arc<Wake>) -> Self {
        Self {
            connection,
            access,
            wake,
            written: false,
            appended: false,
            enqueued: false,
            failed: false,
        }
    }

    /// Takes note of a statement that failed.
    pub(crate) fn seen<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        self.failed |= answer.is_err();
        answer.map_err(error::store)
    }

    /// One row was inserted, else such a one exists.
    pub(crate) fn inserted(&mut self, rows: u64, what: &str) -> Result<(), StoreError> {
        match rows {
            0 => Err(StoreError::Exists(what.to_owned())),
            _ => {
                self.written = true;
                Ok(())
            }
        }
    }

    /// The row of that version was there, else somebody else changed it.
    pub(crate) fn updated(&mut self, rows: u64, noun: &str, id: impl Display) -> Result<(), StoreError> {
        match rows {
            0 => Err(conflict(noun, id)),
            _ => {
                self.written = true;
                Ok(())
            }
        }
    }

    /// Whether rows that must be logged were changed.
    pub(crate) fn changed(&mut self, rows: u64) -> bool {
        self.written |= rows > 0;
        rows > 0
    }

    /// The fence is only worth something in a transaction whose statements see what was committed meanwhile.
    fn fenceable(&self) -> Result<(), StoreError> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read => Err(StoreError::Refused(
                "a fence needs a transaction that may write".into(),
            )),
        }
    }
}

/// The error of an update that came too late.
pub(crate) fn conflict(noun: &str, id: impl Display) -> StoreError {
    StoreError::Conflict(format!("{noun} {id}"))
}

#[async_trait]
impl Tx for Transaction {
    fn people(&mut self) -> &mut dyn People {
        self
    }
    fn sessions(&mut self) -> &mut dyn Sessions {
        self
    }
    fn links(&mut self) -> &mut dyn Links {
        self
    }
    fn drafts(&mut self) -> &mut dyn Drafts {
        self
    }
    fn tenants(&mut self) -> &mut dyn Tenants {
        self
    }
    fn inventory(&mut self) -> &mut dyn Inventory {
        self
    }
    fn holds(&mut self) -> &mut dyn Holds {
        self
    }
    fn requests(&mut self) -> &mut dyn Requests {
        self
    }
    fn plans(&mut self) -> &mut dyn Plans {
        self
    }
    fn nonces(&mut self) -> &mut dyn Nonces {
        self
    }
    fn attempts(&mut self) -> &mut dyn Attempts {
        self
    }
    fn findings(&mut self) -> &mut dyn Findings {
        self
    }
    fn certificates(&mut self) -> &mut dyn Certificates {
        self
    }
    fn incidents(&mut self) -> &mut dyn Incidents {
        self
    }
    fn drills(&mut self) -> &mut dyn Drills {
        self
    }
    fn log(&mut self) -> &mut dyn Log {
        self
    }
    fn jobs(&mut self) -> &mut dyn Jobs {
        self
    }
    fn outbox(&mut self) -> &mut dyn Outbox {
        self
    }
    fn downloads(&mut self) -> &mut dyn Downloads {
        self
    }
    fn copies(&mut self) -> &mut dyn Copies {
        self
    }
    fn settings(&mut self) -> &mut dyn Settings {
        self
    }
    fn replays(&mut self) -> &mut dyn Replays {
        self
    }
    fn reading(&mut self) -> &mut dyn Reading {
        self
    }
    fn replies(&mut self) -> &mut dyn Replies {
        self
    }

    async fn fence_authorisation(&mut self, tenant: &TenantKey) -> Result<(), StoreError> {
        self.fenceable()?;
        let done = match &mut self.connection {
            // BEGIN IMMEDIATE lets one writer in at a time, across processes: the order is there already.
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(tx) => postgres::fence_authorisation(tx, tenant).await,
        };
        self.seen(done)
    }

    async fn fence_placement(&mut self, tenant: &TenantScope) -> Result<(), StoreError> {
        self.fenceable()?;
        let done = match &mut self.connection {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(tx) => postgres::fence_placement(tx, tenant).await,
        };
        self.seen(done)
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::Refused(
                "a statement of this transaction failed: nothing is committed".into(),
            ));
        }
        if self.written && !self.appended {
            return Err(StoreError::Unlogged);
        }
        if let (true, Connection::Postgres(tx)) = (self.enqueued, &mut self.connection) {
            postgres::notify(tx).await.map_err(error::store)?;
        }
        self.connection.commit().await?;
        if self.enqueued {
            self.wake.ring();
        }
        Ok(())
    }
}
