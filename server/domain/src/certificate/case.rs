//! The case a certificate speaks of: who, for whom, on what ground, past which gates.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{RequestId, TenantId};
use crate::time::{Date, Timestamp};

/// The legal entity that certifies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Registered name.
    pub name: String,
    /// `controller` or `processor`, as the issuer is in this matter.
    pub role: String,
    /// Postal address, one line each.
    pub address: Vec<String>,
    /// How to reach the data protection officer.
    pub dpo_contact: String,
    /// IANA zone in which dates are counted.
    pub zone: String,
}

/// Whose data it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Recipient {
    /// A whole tenant.
    Tenant {
        /// Its id at the issuer.
        id: TenantId,
        /// Its name.
        name: String,
    },
    /// One data subject of a tenant, never by name.
    Person {
        /// The tenant's id at the issuer.
        tenant: TenantId,
        /// The tenant's name.
        tenant_name: String,
        /// Salted commitment; the person was given the salt and can show who is meant.
        commitment: Digest,
    },
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// How it came in, such as `portal` or `letter`.
    pub channel: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// When the identity was confirmed.
    pub confirmed_at: Timestamp,
    /// By when it must be answered, in the issuer's zone; the extended date when there is an extension.
    pub due_on: Date,
    /// The extension of Art. 12(3), when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// Why the data had to go.
    pub ground: Ground,
}

/// An extension of the time limit (Art. 12(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The date before the extension.
    pub first_due_on: Date,
    /// When the requester was told.
    pub told_at: Timestamp,
    /// The reason that was told.
    pub reason: String,
}

/// The legal ground of the erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ground {
    /// GDPR Art. 17(1): a data subject asked.
    Erasure {
        /// `a` to `f`, where one was established.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<String>,
    },
    /// GDPR Art. 28(3)(g): the contract with the controller ended.
    ContractEnd {
        /// Name or number of the contract.
        contract: String,
        /// By when the contract says that data must be gone.
        term: String,
    },
}

/// The check against the hold register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldCheck {
    /// When it was made first, before anything was touched.
    pub first_at: Timestamp,
    /// When it was made last, in the transaction that authorised the last chunk or later.
    pub last_at: Timestamp,
    /// The version of the register at the last check.
    pub register_version: u64,
    /// What it said.
    pub result: HoldResult,
    /// Covering matters by opaque reference, as their disclosure allows.
    pub matters: Vec<String>,
    /// Times during which a hold stopped the request.
    pub waits: Vec<HoldWait>,
}

/// What the hold check said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldResult {
    /// No hold covered anything that was erased or asked for.
    Clear,
    /// Holds cover parts; these were withheld.
    PartsWithheld,
}

/// A time during which a hold stopped the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldWait {
    /// From.
    pub from: Timestamp,
    /// Until the last covering hold was released.
    pub until: Timestamp,
}

/// The inventory the request was worked through against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// Its version.
    pub version: u64,
    /// Its hash.
    pub digest: Digest,
    /// When it was audited last; left out means that no inventory audit is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_audit_on: Option<Date>,
    /// How many systems it has. As many reports follow.
    pub systems: u64,
}

/// A recipient told of the erasure (Art. 19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notified {
    /// Whom: an organisation, never a data subject.
    pub name: String,
    /// How, such as `mail` or `api`.
    pub channel: String,
    /// When.
    pub at: Timestamp,
}

/// An act of an officer that the certificate rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What was done.
    pub act: ActKind,
    /// The role in which it was done.
    pub role: String,
    /// The name of the member of staff, where configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
    /// SHA-256 of what was approved: plan and manifest, or evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Digest>,
}

/// Acts that a certificate names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Confirmed the identity of the requester.
    ConfirmedIdentity,
    /// Approved the run: plan and manifest.
    Approved,
    /// Released a hold that had covered the request.
    ReleasedHold,
    /// Certified.
    Certified,
}

/// The log in which the statement is entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogReference {
    /// Its origin line, the name of the log.
    pub origin: String,
}
