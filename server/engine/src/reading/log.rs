//! The log explorer: entries in pages, and one with its proof.

use domain::actor::{Actor, Permission};
use domain::id::EntryId;
use domain::port::reading::{Cursor, LogFilter, Page};
use serde::Serialize;

use super::names::Names;
use super::sees_matters;
use super::timeline::{Happening, happening};
use crate::{Engine, Error};

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineSeen {
    /// Its place in the list: the page before begins before the first of them.
    pub cursor: Cursor,
    /// What happened.
    pub entry: Happening,
}

/// An entry with everything that proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntrySeen {
    /// What happened.
    pub entry: Happening,
    /// The exact text that is hashed.
    pub text: String,
    /// What the digest in it was made over, where it was not destroyed and the reader may see it (JSON).
    pub details: Option<String>,
    /// The salt of that digest, hex.
    pub salt: Option<String>,
    /// C2SP tlog-proof to a signed checkpoint; absent: none covers it yet.
    pub proof: Option<String>,
}

impl Engine {
    /// A page of the log, the newest entries first.
    pub async fn log_page(&self, actor: &Actor, filter: &LogFilter) -> Result<Page<LineSeen>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::VerifyLog])?;
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let page = tx.reading().log_page(filter).await?;
        Ok(page.map(|line| LineSeen {
            cursor: line.cursor,
            entry: happening(line, &names),
        }))
    }

    /// One entry with its proof. What was said with it is for those who may read all; about holds, for those who keep
    /// the register.
    pub async fn log_entry(&self, actor: &Actor, id: EntryId) -> Result<EntrySeen, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::VerifyLog])?;
        let mut tx = self.ports.store.read().await?;
        let line = tx
            .reading()
            .line(id)
            .await?
            .ok_or(Error::NotFound("that entry"))?;
        let names = Names::load(&mut *tx, actor).await?;
        let proven = self.prove(&mut *tx, id).await?;
        let about_holds = ["hold:", "register:"]
            .iter()
            .any(|noun| line.entry.claims.object.starts_with(noun));
        let may = actor.require(Permission::ReadAll).is_ok() && (!about_holds || sees_matters(actor));
        let details = line.entry.details.clone().filter(|_| may);
        let (salt, details) = details.map(|details| (details.salt, details.text)).unzip();
        Ok(EntrySeen {
            text: String::from_utf8_lossy(&line.entry.bytes).into_owned(),
            details,
            salt,
            proof: proven.map(|proven| proven.proof),
            entry: happening(line, &names),
        })
    }
}
