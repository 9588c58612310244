//! Entries that a transaction has appended and not written yet. They are written together, before anything can look for them
//! and at the latest with the commit: a call to the database costs more than what an entry does in it.

use chrono::{DateTime, Utc};
use domain::audit::Entry;
use domain::port::store::StoreError;
use serde_json::value::RawValue;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use uuid::Uuid;

use crate::row::{document, moment};
use crate::transaction::{Connection, Transaction};
use crate::{postgres, sqlite};

/// So many entries are written in one call at most.
const AT_ONCE: usize = 32;

/// What is written of an entry.
pub(crate) struct Appended {
    id: Uuid,
    object: String,
    kind: String,
    actor: String,
    at: DateTime<Utc>,
    bytes: Vec<u8>,
    details: Option<Json<Box<RawValue>>>,
}

impl Appended {
    pub(crate) fn new(entry: &Entry) -> Result<Self, StoreError> {
        let claims = &entry.claims;
        Ok(Self {
            id: entry.id.uuid(),
            object: claims.object.clone(),
            kind: claims.kind.clone(),
            actor: claims.actor.clone(),
            at: moment(claims.time),
            bytes: entry.bytes.clone(),
            details: entry.details.as_ref().map(document).transpose()?,
        })
    }
}

impl Transaction {
    /// Writes what was appended so far.
    pub(crate) async fn write_entries(&mut self) -> Result<(), StoreError> {
        let entries = std::mem::take(&mut self.entries);
        for some in entries.chunks(AT_ONCE) {
            let done = match &mut self.connection {
                Connection::Sqlite(tx) => {
                    let sql = AssertSqlSafe(sqlite::append(some.len()));
                    let append = some.iter().fold(sqlx::query(sql), |query, entry| {
                        query
                            .bind(entry.id)
                            .bind(&entry.object)
                            .bind(&entry.kind)
                            .bind(&entry.actor)
                            .bind(entry.at)
                            .bind(&entry.bytes)
                            .bind(&entry.details)
                    });
                    append.execute(&mut **tx).await.map(drop)
                }
                Connection::Postgres(tx) => {
                    let column = |of: fn(&Appended) -> &String| some.iter().map(of).collect::<Vec<_>>();
                    let append = sqlx::query(postgres::APPEND)
                        .bind(some.iter().map(|entry| entry.id).collect::<Vec<_>>())
                        .bind(column(|entry| &entry.object))
                        .bind(column(|entry| &entry.kind))
                        .bind(column(|entry| &entry.actor))
                        .bind(some.iter().map(|entry| entry.at).collect::<Vec<_>>())
                        .bind(some.iter().map(|entry| &entry.bytes[..]).collect::<Vec<_>>())
                        .bind(
                            some.iter()
                                .map(|entry| entry.details.as_ref().map(|text| text.get()))
                                .collect::<Vec<_>>(),
                        );
                    append.execute(&mut **tx).await.map(drop)
                }
            };
            self.seen(done)?;
        }
        Ok(())
    }
}
