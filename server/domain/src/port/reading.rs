//! Long lists as people look at them: filtered, sorted and cut into pages by our own database. Who may see what is
//! decided before, by the use case that asks.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::store::StoreError;
use crate::audit::Entry;
use crate::id::{EntryId, RequestId, TenantId};
use crate::incident::Incident;
use crate::register::CertificateRecord;
use crate::request::ErasureRequest;
use crate::subject::Tenant;
use crate::time::{Date, Timestamp, parse_date};

type Answer<T> = Result<T, StoreError>;

/// The longest page that is ever read.
pub const LONGEST_PAGE: u32 = 1_000;

/// A place in a list: what comes next lies beyond it. Text in a URL, of no meaning to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// In a list by due date: the last date of the page.
    pub due_on: Option<Date>,
    /// The last row of the page.
    pub serial: i64,
}

/// The text is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list: begin at its first page")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.due_on {
            Some(due_on) => write!(f, "{due_on}.{}", self.serial),
            None => write!(f, "{}", self.serial),
        }
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (due_on, serial) = match text.split_once('.') {
            Some((due_on, serial)) => (Some(parse_date(due_on).map_err(|_| CursorError)?), serial),
            None => (None, text),
        };
        let serial = serial.parse().map_err(|_| CursorError)?;
        Ok(Self { due_on, serial })
    }
}

impl TryFrom<String> for Cursor {
    type Error = CursorError;

    fn try_from(text: String) -> Result<Self, CursorError> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub rows: Vec<T>,
    /// Where the next page begins; absent: this is the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(turn).collect(),
            next: self.next,
        }
    }
}

/// The order of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestSort {
    /// The newest first.
    #[default]
    Received,
    /// What is due first, first.
    Due,
}

/// Which requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestFilter {
    /// In any of these states, by [`ErasureRequest::state_word`]; empty: in every state.
    pub states: BTreeSet<String>,
    /// Of one tenant.
    pub tenant: Option<TenantId>,
    /// Due before a date.
    pub due_before: Option<Date>,
    /// The beginning of an id, or a part of the tenant's name or key, in any case.
    pub text: Option<String>,
    /// In which order.
    pub sort: RequestSort,
    /// From here on.
    pub after: Option<Cursor>,
    /// At most so many; 0 is fifty.
    pub limit: u32,
}

/// Which certificates, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CertificateFilter {
    /// In any of these states; empty: in every state.
    pub states: BTreeSet<String>,
    /// Of any of these kinds; empty: of every kind.
    pub kinds: BTreeSet<String>,
    /// Of one tenant.
    pub tenant: Option<TenantId>,
    /// Of one request.
    pub request: Option<RequestId>,
    /// A printed code, the beginning of an id, or a part of the tenant's name or key, in any case.
    pub text: Option<String>,
    /// From here on.
    pub after: Option<Cursor>,
    /// At most so many; 0 is fifty.
    pub limit: u32,
}

/// Which entries of the log, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogFilter {
    /// What the kind begins with: `hold.` or `request.approved`.
    pub kind: Option<String>,
    /// About one object, `request:<id>`.
    pub object: Option<String>,
    /// By one actor, `person:<id>`.
    pub actor: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Older than this place.
    pub after: Option<Cursor>,
    /// Newer than this place: the page before.
    pub before: Option<Cursor>,
    /// At most so many; 0 is fifty.
    pub limit: u32,
}

/// An entry of the log with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in lists.
    pub cursor: Cursor,
    /// The entry.
    pub entry: Entry,
    /// Its index in the tree, once it is sequenced.
    pub index: Option<u64>,
}

/// How many rows of ours hold personal data, kind by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PersonalRows {
    /// Accounts.
    pub people: i64,
    /// Sessions of people who are signed in, or were until lately.
    pub sessions: i64,
    /// Links in mails that still work.
    pub links: i64,
    /// Refused forms that are kept for a while, sealed.
    pub drafts: i64,
    /// Tenants, with their contacts.
    pub tenants: i64,
    /// Requests whose identifiers and samples can still be opened.
    pub requests: i64,
    /// Requests of which they were destroyed.
    pub destroyed: i64,
    /// Holds; those that name people keep them sealed.
    pub holds: i64,
    /// Mails, with the addresses that they went to.
    pub mails: i64,
    /// Certificates, which name the tenant.
    pub certificates: i64,
    /// Entries of the ledger of erased identities: keyed digests.
    pub ledger: i64,
}

/// Lists.
#[async_trait]
pub trait Reading: Send {
    /// Requests.
    async fn request_page(&mut self, filter: &RequestFilter) -> Answer<Page<ErasureRequest>>;
    /// How many requests are in each state: of one tenant, or of all.
    async fn request_counts(&mut self, tenant: Option<TenantId>) -> Answer<Vec<(String, i64)>>;
    /// Certificates.
    async fn certificate_page(&mut self, filter: &CertificateFilter) -> Answer<Page<CertificateRecord>>;
    /// The certificate of a printed code, written as the code prints itself.
    async fn certificate_of_code(&mut self, code: &str) -> Answer<Option<CertificateRecord>>;
    /// Incidents, the newest first: from a place on, at most so many; 0 is fifty.
    async fn incident_page(&mut self, after: Option<Cursor>, limit: u32) -> Answer<Page<Incident>>;
    /// Entries of the log.
    async fn log_page(&mut self, filter: &LogFilter) -> Answer<Page<Line>>;
    /// The newest entries about any of some objects, oldest first, at most so many.
    async fn log_of(&mut self, objects: &[String], limit: u32) -> Answer<Vec<Line>>;
    /// One entry.
    async fn line(&mut self, entry: EntryId) -> Answer<Option<Line>>;
    /// How much of what we keep is about people.
    async fn personal_rows(&mut self) -> Answer<PersonalRows>;
    /// Tenants whose name or key has a part, in any case.
    async fn tenants_like(&mut self, text: &str, limit: u32) -> Answer<Vec<Tenant>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        for text in ["17", "2026-04-01.17"] {
            assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "x", "2026-04-31.1", "2026-04-01.", "1.2"] {
            assert_eq!(text.parse::<Cursor>(), Err(CursorError), "{text}");
        }
    }
}
