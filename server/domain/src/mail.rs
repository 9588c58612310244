//! The outbox: mails are rows first, and sent by a job. What became of each is written down as it is learnt.

use serde::{Deserialize, Serialize};

use crate::id::{CertificateId, MailId, RequestId};
use crate::port::vault::Sealed;
use crate::time::Timestamp;

mod fate;

pub use fate::{Bounce, Delivery, Fate, Settled};

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
    /// Tenant contacts: a certificate is revoked, and why.
    CertificateRevoked,
    /// Tenant contacts: a certificate is suspended, and what happens next.
    CertificateSuspended,
    /// Tenant contacts: a suspended certificate stands again, and why.
    CertificateReinstated,
    /// Staff: data that a certificate says is gone was seen again.
    IncidentOpened,
    /// Staff: something waits for a person.
    NeedsAttention,
    /// Administrators and compliance officers: a key ends soon, or has ended.
    KeyEnding,
    /// Staff: a mail to a tenant did not arrive.
    DeliveryFailed,
    /// Staff: a place where certificates are stored does not give back what was written to it.
    StorageFailed,
    /// Operators, officers and administrators: a drill failed, is late, or did not run.
    DrillAlarm,
    /// Auditors: the checkpoint of the log of the day.
    Checkpoint,
    /// Legal: the hold register must be re-confirmed after a restore.
    ConfirmRegister,
    /// The person who asked for it: to see whether mail works.
    Test,
    /// A new person: how to accept the invitation.
    Invitation,
    /// A person: how to set a new password.
    PasswordReset,
}

impl MailKind {
    /// It goes to a tenant's contacts, who are to be told otherwise when it does not arrive.
    pub const fn is_for_tenant(self) -> bool {
        matches!(
            self,
            Self::RequestReceived
                | Self::RunScheduled
                | Self::CertificateIssued
                | Self::CertificateRevoked
                | Self::CertificateSuspended
                | Self::CertificateReinstated
        )
    }
}

/// A mail in the outbox. It names people: printing it shows neither address nor facts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its id; also the Message-ID's left part, so that a mail sent twice is one mail, and so that what others say of the
    /// message leads back to it.
    pub id: MailId,
    /// Which.
    pub kind: MailKind,
    /// About which request.
    pub request: Option<RequestId>,
    /// About which certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateId>,
    /// The recipient's address.
    pub to: String,
    /// What the template needs: names of fields and their texts.
    pub facts: std::collections::BTreeMap<String, String>,
    /// Facts that let whoever reads them act (a link), sealed; destroyed when the mail has left or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When the next hop took it.
    pub sent_at: Option<Timestamp>,
    /// Why it was refused for good.
    pub failed: Option<String>,
    /// When it reached the recipient's mailbox, where somebody says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// It came back after the next hop had taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounced: Option<Bounce>,
    /// It did not arrive, and somebody saw to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
    /// Grows with each change.
    pub version: i64,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("request", &self.request)
            .field("delivery", &self.delivery())
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Mail {
    /// A mail that waits to be sent.
    pub fn queued(id: MailId, kind: MailKind, to: String, at: Timestamp) -> Self {
        Self {
            id,
            kind,
            request: None,
            certificate: None,
            to,
            facts: std::collections::BTreeMap::new(),
            sealed: None,
            queued_at: at,
            sent_at: None,
            failed: None,
            delivered_at: None,
            bounced: None,
            settled: None,
            version: 1,
        }
    }
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
