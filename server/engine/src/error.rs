//! What a use case may be refused for. Texts are for people: what is wrong, where, and what to do.

use domain::actor::Denied;
use domain::hold::HoldError;
use domain::incident::IncidentError;
#[cfg(feature = "probe")]
use domain::inventory::DatasetRef;
use domain::nonce::NonceError;
use domain::plan::PlanError;
use domain::port::archive::ArchiveError;
use domain::port::connector::ConnectorError;
use domain::port::destroyed::DestroyedError;
use domain::port::press::PressError;
use domain::port::probe::ProbeError;
use domain::port::signer::SignError;
use domain::port::store::StoreError;
use domain::port::vault::VaultError;
use domain::request::RequestError;
use domain::retention::DutyError;
use domain::revocation::RevocationError;
use domain::time::{TimeError, Timestamp};

/// The only error of use cases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Not there, or not to be seen.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// A field of the input is wrong.
    #[error("{field}: {why}")]
    Invalid {
        /// Which field.
        field: String,
        /// What is wrong and what is expected.
        why: String,
    },
    /// Unknown or wrong: nobody is told which.
    #[error("the e-mail address, password, code or token is not right")]
    WrongCredentials,
    /// Guessing is slow.
    #[error("there were too many attempts: try again at {until}")]
    TooManyAttempts {
        /// From when on.
        until: Timestamp,
    },
    /// The session, or the sign-in that awaited a second factor, is over.
    #[error("your session is over: sign in again")]
    SignInOver,
    /// A link that was used, has expired, or was replaced by a newer one.
    #[error("this link was used, has expired or was replaced by a newer one")]
    SpentLink,
    /// The state of things does not allow it now.
    #[error("{0}")]
    NotNow(String),
    /// The database failed or refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request cannot do that.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The hold cannot do that.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// The duty cannot do that.
    #[error(transparent)]
    Duty(#[from] DutyError),
    /// The certificate cannot be revoked so.
    #[error(transparent)]
    Revocation(#[from] RevocationError),
    /// The incident does not allow that.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// The nonce cannot do that.
    #[error(transparent)]
    Nonce(#[from] NonceError),
    /// The plan does not account for everything.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A moment or date is wrong.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// Sealing or opening failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The record of destroyed keys cannot be kept.
    #[error(transparent)]
    Destroyed(#[from] DestroyedError),
    /// A connector cannot be made.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// A probe could not see.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The second place of certificates failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Rendering failed.
    #[error(transparent)]
    Press(#[from] PressError),
    /// This process was not given what the work needs.
    #[error("this process was started without {0}")]
    NotEquipped(&'static str),
    /// Something stored does not fit together; a fault of ours.
    #[error("the records do not fit together: {0}")]
    Broken(String),
}

impl Error {
    /// A wrong field.
    pub fn invalid(field: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::Invalid {
            field: field.into(),
            why: why.to_string(),
        }
    }

    /// Names the dataset at which a probe failed.
    #[cfg(feature = "probe")]
    pub(crate) fn at(self, dataset: &DatasetRef) -> Self {
        let named = |why: String| format!("{dataset}: {why}");
        match self {
            Self::Probe(ProbeError::Unreachable(why)) => Self::Probe(ProbeError::Unreachable(named(why))),
            Self::Probe(ProbeError::Blind(why)) => Self::Probe(ProbeError::Blind(named(why))),
            other => other,
        }
    }

    /// Trying again may help.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Unavailable(_) | StoreError::Conflict(_))
                | Self::Probe(ProbeError::Unreachable(_))
                | Self::Archive(ArchiveError::Unavailable(_))
        )
    }
}
