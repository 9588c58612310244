//! Who acts, and what they may do. Deny by default.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{PersonId, TenantId};
use crate::time::Timestamp;

/// What a person is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns holds, duties and the inventory.
    LegalCounsel,
    /// Approves runs, spot-checks, certifies.
    ComplianceOfficer,
    /// A customer's person: sees and opens requests of one tenant.
    Tenant,
    /// Connects systems, retries, pauses.
    Operator,
    /// Reads everything, changes nothing.
    Auditor,
    /// Invites people, rotates keys.
    Administrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [
        Self::LegalCounsel,
        Self::ComplianceOfficer,
        Self::Tenant,
        Self::Operator,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The word used in settings, storage and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LegalCounsel => "legal_counsel",
            Self::ComplianceOfficer => "compliance_officer",
            Self::Tenant => "tenant",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// Words for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::LegalCounsel => "legal counsel",
            Self::ComplianceOfficer => "compliance officer",
            Self::Tenant => "tenant",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    fn grants(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::LegalCounsel => matches!(
                permission,
                P::ReadAll
                    | P::OpenRequest
                    | P::ConfirmIdentity
                    | P::RefuseRequest
                    | P::ManageHolds
                    | P::ReleaseHold
                    | P::ConfirmRegister
                    | P::ManageDuties
                    | P::ManageInventory
                    | P::ManageTenants
                    | P::Attest
                    | P::ConfirmRevocation
            ),
            Self::ComplianceOfficer => matches!(
                permission,
                P::ReadAll
                    | P::OpenRequest
                    | P::ConfirmIdentity
                    | P::RefuseRequest
                    | P::ManageTenants
                    | P::ApproveRun
                    | P::SpotCheck
                    | P::Certify
                    | P::Revoke
                    | P::ConfirmRevocation
                    | P::AcceptException
                    | P::Pause
                    | P::ExtendDeadline
                    | P::ManageIssuer
                    | P::Deliver
                    | P::AskReplay
            ),
            Self::Tenant => matches!(permission, P::OpenOwnRequest | P::ReadOwn | P::ObjectToRun),
            Self::Operator => matches!(
                permission,
                P::ReadOperations
                    | P::ManageInventory
                    | P::TrySystem
                    | P::RetryStep
                    | P::Pause
                    | P::RunDrill
                    | P::AskReplay
            ),
            Self::Auditor => matches!(permission, P::ReadAll | P::VerifyLog),
            Self::Administrator => {
                matches!(
                    permission,
                    P::ManagePeople | P::ManageIssuer | P::RotateKeys | P::ReadOperations | P::VerifyLog
                )
            }
        }
    }
}

/// The text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such role: expected one of legal_counsel, compliance_officer, tenant, operator, auditor, administrator"
)]
pub struct RoleError;

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| role.word() == text)
            .ok_or(RoleError)
    }
}

/// One thing a use case asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See every request, hold, system, certificate and entry.
    ReadAll,
    /// See systems, steps, jobs: no identifiers, no matters of holds.
    ReadOperations,
    /// See requests and certificates of one's own tenant.
    ReadOwn,
    /// Open a request for any tenant.
    OpenRequest,
    /// Open a request for one's own tenant.
    OpenOwnRequest,
    /// Confirm the identity behind a request.
    ConfirmIdentity,
    /// Refuse a request, or mark it a duplicate.
    RefuseRequest,
    /// Object during the grace period.
    ObjectToRun,
    /// Extend a deadline with reasons.
    ExtendDeadline,
    /// Approve a plan with its manifest.
    ApproveRun,
    /// Look at single records and record what was seen.
    SpotCheck,
    /// Accept "no control possible", or a missing drill, in writing.
    AcceptException,
    /// Certify.
    Certify,
    /// Ask for the revocation of a certificate, and begin its correction.
    Revoke,
    /// Send a certificate again, and see to what did not arrive.
    Deliver,
    /// Confirm a revocation as the second person, or drop it.
    ConfirmRevocation,
    /// Place and change holds.
    ManageHolds,
    /// Release a hold, as the first or the second person.
    ReleaseHold,
    /// Re-confirm the hold register after a restore.
    ConfirmRegister,
    /// Keep retention duties.
    ManageDuties,
    /// Change the inventory.
    ManageInventory,
    /// Register tenants and their contacts.
    ManageTenants,
    /// Look through a system's probe.
    TrySystem,
    /// Record what a party attests.
    Attest,
    /// Put a parked step or job back to work.
    RetryStep,
    /// Pause and resume erasure, for one system or all.
    Pause,
    /// Start a drill on the synthetic tenant.
    RunDrill,
    /// Search a restored system for what was erased.
    AskReplay,
    /// Create people and grant roles.
    ManagePeople,
    /// Set who issues certificates: name, address, logo.
    ManageIssuer,
    /// Rotate keys.
    RotateKeys,
    /// Recompute the log.
    VerifyLog,
    /// What workers do by themselves: never granted to a person.
    Work,
}

/// Whoever acts. Every use case takes one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person who proved who they are.
    Person {
        /// Who.
        id: PersonId,
        /// What they are trusted with.
        roles: BTreeSet<Role>,
        /// The one tenant a [`Role::Tenant`] acts for.
        tenant: Option<TenantId>,
        /// When their account was made or last promoted: a fresh account cannot be the second person.
        trusted_since: Timestamp,
    },
    /// A part of the product, or whoever has access to the database alone. It cannot approve, release,
    /// or certify.
    System(&'static str),
}

/// The actor may not do that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No role of theirs grants it.
    #[error("this needs a permission that you do not have: {0:?}")]
    Permission(Permission),
    /// The table of separated duties forbids it.
    #[error("{act} must be done by somebody other than {other}")]
    SamePerson {
        /// What was tried, for example `approving the run`.
        act: &'static str,
        /// Whom it must differ from, for example `who opened the request`.
        other: &'static str,
    },
    /// Created or promoted too recently to be the second person.
    #[error(
        "your account was created or promoted less than 24 hours ago and cannot be the second person yet"
    )]
    TooFresh,
    /// Only a natural person can do it.
    #[error("only a person can do this, not the system")]
    NotAPerson,
}

/// How long after creation or promotion a person cannot be the second person.
pub const TRUSTED_AFTER: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

impl Actor {
    /// Refuses unless a role grants the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        self.require_any(&[permission])
    }

    /// Refuses unless a role grants one of the permissions.
    pub fn require_any(&self, permissions: &[Permission]) -> Result<(), Denied> {
        let granted = |permission: &Permission| match self {
            Self::Person { roles, .. } => roles.iter().any(|role| role.grants(*permission)),
            Self::System(_) => matches!(
                permission,
                Permission::Work | Permission::ReadAll | Permission::ReadOperations | Permission::VerifyLog
            ),
        };
        match permissions.iter().any(granted) {
            true => Ok(()),
            false => Err(Denied::Permission(
                permissions.first().copied().unwrap_or(Permission::Work),
            )),
        }
    }

    /// The person, where there is one.
    pub fn person(&self) -> Result<PersonId, Denied> {
        match self {
            Self::Person { id, .. } => Ok(*id),
            Self::System(_) => Err(Denied::NotAPerson),
        }
    }

    /// Refuses when this person already acted as `other`.
    pub fn differs_from(
        &self,
        other: Option<PersonId>,
        act: &'static str,
        whom: &'static str,
    ) -> Result<(), Denied> {
        match self.person()? == other.unwrap_or(PersonId::from(uuid::Uuid::nil())) {
            true => Err(Denied::SamePerson { act, other: whom }),
            false => Ok(()),
        }
    }

    /// Refuses a person who was created or promoted within the last 24 hours.
    pub fn seasoned(&self, now: Timestamp) -> Result<(), Denied> {
        match self {
            Self::Person { trusted_since, .. } if now >= trusted_since.after(TRUSTED_AFTER) => Ok(()),
            Self::Person { .. } => Err(Denied::TooFresh),
            Self::System(_) => Err(Denied::NotAPerson),
        }
    }

    /// How entries of the log name the actor: `person:<uuid>` or `system:<component>`.
    pub fn reference(&self) -> String {
        match self {
            Self::Person { id, .. } => format!("person:{id}"),
            Self::System(component) => format!("system:{component}"),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Role) -> Actor {
        Actor::Person {
            id: PersonId::new(Timestamp::from_microsecond(0), [1; 10]),
            roles: [role].into(),
            tenant: None,
            trusted_since: Timestamp::from_microsecond(0),
        }
    }

    #[test]
    fn the_system_can_neither_approve_nor_release_nor_certify() {
        let system = Actor::System("worker");
        for permission in [
            Permission::ApproveRun,
            Permission::ReleaseHold,
            Permission::Certify,
            Permission::Revoke,
            Permission::ConfirmRevocation,
        ] {
            assert_eq!(system.require(permission), Err(Denied::Permission(permission)));
        }
    }

    #[test]
    fn nobody_but_the_system_does_the_work_of_workers() {
        for role in Role::ALL {
            assert!(person(role).require(Permission::Work).is_err(), "{role}");
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        let auditor = person(Role::Auditor);
        assert!(auditor.require(Permission::ReadAll).is_ok());
        assert!(auditor.require(Permission::ManageHolds).is_err());
        assert!(auditor.require(Permission::OpenRequest).is_err());
    }

    #[test]
    fn a_person_promoted_today_is_not_a_second_person() {
        let fresh = person(Role::LegalCounsel);
        let hour = Timestamp::from_microsecond(3_600_000_000);
        assert_eq!(fresh.seasoned(hour), Err(Denied::TooFresh));
        assert!(fresh.seasoned(hour.after(TRUSTED_AFTER)).is_ok());
    }
}
