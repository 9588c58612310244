//! Typed identifiers: UUIDv7 (RFC 9562), so that they sort by the moment they were made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

/// Makes the UUIDv7 of a moment from ten random bytes, which the caller draws.
fn uuid_v7(at: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.as_microsecond() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected a UUID such as 01937f5e-8a7b-7c3d-9e2f-0123456789ab")]
pub struct IdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh identifier of a moment, from ten random bytes.
            pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
                Self(uuid_v7(at, random))
            }

            /// The bare UUID, as stored.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError)
            }
        }
    )+};
}

ids! {
    /// A natural person who works with the product.
    PersonId,
    /// A customer of the issuer: the unit that data is kept for.
    TenantId,
    /// An entry of the hold register.
    HoldId,
    /// A retention duty of contract or statute.
    DutyId,
    /// An erasure request.
    RequestId,
    /// One frozen plan of a request.
    PlanId,
    /// A nonce that the approver's side committed to.
    NonceId,
    /// The erasure of one dataset of one system, in one attempt of the run.
    StepId,
    /// One authorised chunk of a step.
    AttemptId,
    /// The verification of one dataset of one system.
    CheckId,
    /// A certificate.
    CertificateId,
    /// Data that a certificate says is gone was seen again.
    IncidentId,
    /// A restored system is searched for what was erased.
    ReplayId,
    /// A drill on a synthetic tenant, or the fact that one did not run.
    DrillId,
    /// An officer's look at single records.
    SpotCheckId,
    /// A statement by a party that runs a system itself.
    AttestationId,
    /// An entry of the log.
    EntryId,
    /// A queued job.
    JobId,
    /// A mail in the outbox.
    MailId,
}
