//! Erases keys, a page of SCAN at a time. The server itself compares its clock with the deadline, in the same script
//! that deletes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Cursor, Erase, EraseError, Erased};
use domain::secret::Secret;
use domain::selection::{Selection, Target};
use domain::subject::Normalisation;
use domain::time::{Clock, Timestamp};
use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError};
use tokio::sync::Mutex;

use super::config::{self, PAGE};
use crate::template::erase::Wanted;
use crate::template::{Pattern, text_of};

/// Deletes the keys, or answers -1 when the deadline (microseconds of the server's clock) has passed.
const UNLINK: &str = "
    local now = redis.call('TIME')
    if now[1] * 1000000 + now[2] >= tonumber(ARGV[1]) then return -1 end
    return redis.call('UNLINK', unpack(KEYS))";

/// Makes the eraser.
pub(super) fn make(
    _system: &System,
    credential: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Erase>, ConnectorError> {
    let client = config::client(credential)?;
    Ok(Arc::new(Eraser {
        client,
        kept: Mutex::new(None),
        clock: Arc::clone(clock),
    }))
}

struct Eraser {
    client: Client,
    /// The connection of the last chunk that went well.
    kept: Mutex<Option<MultiplexedConnection>>,
    clock: Arc<dyn Clock>,
}

impl Eraser {
    fn left(&self, deadline: Timestamp) -> Result<Duration, EraseError> {
        let left = deadline.since(self.clock.now());
        if left.is_zero() {
            Err(EraseError::TooLate)
        } else {
            Ok(left)
        }
    }

    async fn connection(&self) -> Result<MultiplexedConnection, EraseError> {
        match self.kept.lock().await.take() {
            Some(kept) => Ok(kept),
            None => config::connect(&self.client).await.map_err(refusal),
        }
    }

    async fn chunk(
        &self,
        db: &mut MultiplexedConnection,
        target: &Target,
        chunk: &Chunk,
    ) -> Result<Erased, EraseError> {
        let pattern = config::pattern_of(&target.locator, &target.selection).map_err(EraseError::Refused)?;
        let info: String = redis::cmd("INFO").query_async(db).await.map_err(refusal)?;
        if let Some(why) = config::partial(&info) {
            return Err(EraseError::Refused(why.into()));
        }
        // The server's clock is read before ours, so that its deadline is not later than ours.
        let (seconds, micros): (i64, i64) = redis::cmd("TIME").query_async(db).await.map_err(refusal)?;
        let left = i64::try_from(self.left(chunk.deadline)?.as_micros()).unwrap_or(i64::MAX);
        let deadline = (seconds * 1_000_000 + micros).saturating_add(left);

        let wanted = Wanted::new(&target.selection);
        let glob = glob(&pattern, &target.selection);
        let mut cursor: u64 = match &chunk.after {
            None => 0,
            Some(Cursor(text)) => text.parse().map_err(|_| wrong_cursor())?,
        };
        let mut room = chunk.limit.max(1) as usize;
        let mut reported = 0;
        loop {
            if self.left(chunk.deadline).is_err() {
                return self.late(reported, chunk, cursor);
            }
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&glob).arg("COUNT").arg(PAGE);
            let (next, found): (u64, Vec<Vec<u8>>) = scan.query_async(db).await.map_err(refusal)?;
            let mut keys: Vec<Vec<u8>> = found
                .into_iter()
                .filter(|key| {
                    pattern
                        .capture(&text_of(key))
                        .is_some_and(|captures| wanted.holds(&captures))
                })
                .collect();
            let whole_page = keys.len() <= room;
            keys.truncate(room);
            for part in keys.chunks(PAGE) {
                let mut call = redis::cmd("EVAL");
                call.arg(UNLINK).arg(part.len()).arg(part).arg(deadline);
                let gone: i64 = call.query_async(db).await.map_err(refusal)?;
                match u64::try_from(gone) {
                    Ok(gone) => reported += gone,
                    Err(_) => return self.late(reported, chunk, cursor),
                }
            }
            room -= keys.len();
            if whole_page && next == 0 {
                return Ok(Self::erased(reported, None));
            }
            if whole_page {
                cursor = next;
            }
            if room == 0 || !whole_page {
                return Ok(Self::erased(reported, Some(cursor)));
            }
        }
    }

    /// The deadline passed: what was done is told, and where to go on.
    fn late(&self, reported: u64, chunk: &Chunk, cursor: u64) -> Result<Erased, EraseError> {
        let begun = chunk.after.as_ref().map_or("0", |Cursor(text)| text);
        match reported == 0 && begun == cursor.to_string() {
            true => Err(EraseError::TooLate),
            false => Ok(Self::erased(reported, Some(cursor))),
        }
    }

    fn erased(reported: u64, next: Option<u64>) -> Erased {
        let next = next.map(|cursor| Cursor(cursor.to_string()));
        Erased {
            reported,
            next,
            method: "UNLINK of keys found by SCAN".into(),
        }
    }
}

#[async_trait]
impl Erase for Eraser {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        self.left(chunk.deadline)?;
        let mut db = self.connection().await?;
        let outcome = self.chunk(&mut db, target, chunk).await;
        if outcome.is_ok() {
            *self.kept.lock().await = Some(db);
        }
        outcome
    }
}

/// The narrowest glob that every wanted key fits; which of them are wanted is decided key by key.
fn glob(pattern: &Pattern, selection: &Selection) -> String {
    let single = |criteria: &[domain::selection::Criterion]| match criteria {
        [only] if only.normalise != Normalisation::Lower && only.any_of.len() == 1 => {
            Some((only.field.clone(), only.any_of[0].clone()))
        }
        _ => None,
    };
    let known: Vec<(String, String)> = single(std::slice::from_ref(&selection.tenant))
        .into_iter()
        .chain(single(&selection.subject))
        .collect();
    let known: Vec<(&str, &str)> = known
        .iter()
        .map(|(field, value)| (field.as_str(), value.as_str()))
        .collect();
    pattern.glob(&known)
}

fn wrong_cursor() -> EraseError {
    EraseError::Refused("the cursor is not one of this dataset".into())
}

/// What an error means, in words of our own: the server's may quote keys.
fn refusal(error: RedisError) -> EraseError {
    let refused = |words: &str| EraseError::Refused(words.into());
    match error.code().unwrap_or_default() {
        "NOAUTH" | "WRONGPASS" => refused("the server refuses the user or its password"),
        "NOPERM" => refused("the user lacks a right: INFO, TIME, SCAN, EVAL and UNLINK on the keys"),
        "READONLY" => refused("the server is read-only; the credential must lead to the primary"),
        "MOVED" | "ASK" | "CROSSSLOT" => refused("the server is one node of a cluster"),
        code @ ("LOADING" | "BUSY" | "TRYAGAIN" | "MASTERDOWN" | "MISCONF" | "OOM" | "NOREPLICAS") => {
            EraseError::Transient(format!("the server is not ready ({code})"))
        }
        _ if error.kind() == redis::ErrorKind::AuthenticationFailed => {
            refused("the server refuses the user or its password")
        }
        _ if error.is_io_error() || error.is_timeout() => {
            EraseError::Transient(format!("connection: {}", error.category()))
        }
        _ => EraseError::Refused(format!("the server refuses ({})", error.category())),
    }
}
