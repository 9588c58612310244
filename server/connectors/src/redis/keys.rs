//! Walks over all keys of a server, for looking only.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use domain::port::probe::ProbeError;
use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError};

use super::config::{self, PAGE};
use crate::template::text_of;

/// A session with the primary of all keys.
pub(super) async fn session(client: &Client) -> Result<MultiplexedConnection, ProbeError> {
    let mut db = config::connect(client).await.map_err(error)?;
    let info: String = redis::cmd("INFO").query_async(&mut db).await.map_err(error)?;
    match config::partial(&info) {
        Some(why) => Err(ProbeError::Blind(why.into())),
        None => Ok(db),
    }
}

/// Tells of every key that fits a glob, each once: SCAN may show a key again while the server's table shrinks.
pub(super) async fn each(
    db: &mut MultiplexedConnection,
    glob: &str,
    mut see: impl FnMut(String) + Send,
) -> Result<(), ProbeError> {
    let (one, two) = (RandomState::new(), RandomState::new());
    let mut seen: HashSet<(u64, u64)> = HashSet::new();
    let mut cursor: u64 = 0;
    loop {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(glob).arg("COUNT").arg(PAGE);
        let (next, keys): (u64, Vec<Vec<u8>>) = scan.query_async(db).await.map_err(error)?;
        for key in keys {
            if seen.insert((one.hash_one(&key), two.hash_one(&key))) {
                see(text_of(&key));
            }
        }
        if next == 0 {
            return Ok(());
        }
        cursor = next;
    }
}

/// What an error means, in words of our own: the server's may quote keys.
pub(super) fn error(error: RedisError) -> ProbeError {
    let blind = |words: &str| ProbeError::Blind(words.into());
    match error.code().unwrap_or_default() {
        "NOAUTH" | "WRONGPASS" => blind("the server refuses the user or its password"),
        "NOPERM" => blind("the user lacks a right: INFO, SCAN and EXISTS on all keys"),
        code @ ("LOADING" | "BUSY" | "TRYAGAIN" | "MASTERDOWN") => {
            ProbeError::Unreachable(format!("the server is not ready ({code})"))
        }
        _ if error.kind() == redis::ErrorKind::AuthenticationFailed => {
            blind("the server refuses the user or its password")
        }
        _ if error.is_io_error() || error.is_timeout() => {
            ProbeError::Unreachable(format!("connection: {}", error.category()))
        }
        _ => ProbeError::Blind(format!("the server refuses to answer ({})", error.category())),
    }
}
