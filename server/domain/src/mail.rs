//! The outbox: mails are rows first, and sent by a job.

use serde::{Deserialize, Serialize};

use crate::id::{MailId, RequestId};
use crate::time::Timestamp;

/// Which mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Legal: a hold or duty blocks a request.
    RequestBlocked,
    /// Tenant contacts: a request for the whole tenant was received; they can object.
    RequestReceived,
    /// Tenant contacts: the grace period runs.
    RunScheduled,
    /// Staff: records changed since the approval; a fresh plan will wait for another.
    ApproveAgain,
    /// Tenant contacts: a certificate is ready.
    CertificateIssued,
    /// Staff: something waits for a person.
    NeedsAttention,
    /// Legal: the hold register must be re-confirmed after a restore.
    ConfirmRegister,
}

/// A mail in the outbox. Address and facts are sealed: they may name people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its id; also the Message-ID's left part, so that a mail sent twice is one mail.
    pub id: MailId,
    /// Which.
    pub kind: MailKind,
    /// About which request.
    pub request: Option<RequestId>,
    /// The recipient's address.
    pub to: String,
    /// What the template needs: names of fields and their texts.
    pub facts: std::collections::BTreeMap<String, String>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When the next hop took it.
    pub sent_at: Option<Timestamp>,
    /// Why it was refused for good.
    pub failed: Option<String>,
    /// Grows with each change.
    pub version: i64,
}

/// Sending failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Passing: connection, 4xx.
    #[error("{0}")]
    Transient(String),
    /// For good: 5xx, an address that is none.
    #[error("{0}")]
    Refused(String),
}
