//! The only error that leaves a server function, and the only place that decides what a person reads of it.

use domain::actor::Denied;
use domain::incident::IncidentError;
use domain::port::store::StoreError;
use domain::revocation::RevocationError;
use engine::Error;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// What kind of refusal it is: decides the status and what the page offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Nobody is signed in.
    SignedOut,
    /// A dangerous act needs the password once more.
    StepUp,
    /// The person may not do this.
    Forbidden,
    /// It is not there, or not for this person to see.
    NotFound,
    /// A field is wrong.
    Invalid,
    /// Somebody else acted first.
    Changed,
    /// The state of things does not allow it now.
    NotNow,
    /// A passing fault: the database or another part does not answer.
    Unavailable,
    /// A fault of ours.
    Fault,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: String,
    /// What is wrong and what is expected.
    pub why: String,
}

/// A refusal, in words for the person who reads it. Never holds what they typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// What kind.
    pub code: Code,
    /// What is the matter and what to do.
    pub message: String,
    /// Fields that are wrong.
    pub fields: Vec<FieldError>,
}

impl AppError {
    /// A refusal without fields.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
        }
    }

    /// Something that is not there, or not to be seen.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "This is not there, or it is not yours to see.")
    }

    /// Something that must not happen, and is in the server's log.
    pub fn fault() -> Self {
        Self::new(
            Code::Fault,
            "Something went wrong on our side, and it was written down. Nothing was changed.",
        )
    }

    /// Something that passes.
    pub fn unavailable() -> Self {
        Self::new(
            Code::Unavailable,
            "A part of the system does not answer right now. Nothing was lost; please try again in a moment.",
        )
    }

    /// One wrong field.
    pub fn field(field: &str, why: impl Into<String>) -> Self {
        Self {
            code: Code::Invalid,
            message: "Please correct what is marked below.".into(),
            fields: vec![FieldError {
                field: field.into(),
                why: why.into(),
            }],
        }
    }

    /// What is wrong with a field.
    pub fn of_field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|error| error.field == name);
        found.map(|error| error.why.as_str())
    }

    /// The HTTP status.
    pub const fn status(&self) -> http::StatusCode {
        use http::StatusCode as S;
        match self.code {
            Code::SignedOut => S::UNAUTHORIZED,
            Code::StepUp | Code::Forbidden => S::FORBIDDEN,
            Code::NotFound => S::NOT_FOUND,
            Code::Invalid => S::UNPROCESSABLE_ENTITY,
            Code::Changed | Code::NotNow => S::CONFLICT,
            Code::Unavailable => S::SERVICE_UNAVAILABLE,
            Code::Fault => S::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(Denied::Permission(_)) => Self::new(
                Code::Forbidden,
                "Your role does not allow this. Somebody with another role has to do it.",
            ),
            Error::Denied(denied) => Self::new(Code::Forbidden, sentence(&denied.to_string())),
            Error::NotFound(_) => Self::not_found(),
            Error::Invalid { field, why } => Self::field(&field, sentence(&why)),
            Error::Store(StoreError::Conflict(_)) => Self::new(
                Code::Changed,
                "Somebody else changed this while you were looking at it. The page now shows how it stands; please decide again.",
            ),
            Error::Store(StoreError::Exists(what)) => {
                Self::new(Code::Changed, sentence(&format!("{what} exists already")))
            }
            error if error.is_passing() => {
                tracing::warn!(%error, "a page could not be served");
                Self::unavailable()
            }
            error @ Error::WrongCredentials => Self::new(Code::Invalid, sentence(&error.to_string())),
            Error::TooManyAttempts { .. } => Self::new(
                Code::NotNow,
                "There were too many attempts. Please wait a quarter of an hour and try again.",
            ),
            error @ (Error::SignInOver | Error::SpentLink) => {
                Self::new(Code::NotNow, sentence(&error.to_string()))
            }
            Error::NotNow(why) => Self::new(Code::NotNow, sentence(&why)),
            Error::Request(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::Hold(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::Duty(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::Revocation(RevocationError::Explanation) => {
                Self::field("explanation", sentence(&RevocationError::Explanation.to_string()))
            }
            Error::Incident(IncidentError::Explanation) => {
                Self::field("explanation", sentence(&IncidentError::Explanation.to_string()))
            }
            Error::Incident(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::Revocation(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::Nonce(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::Plan(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::Time(error) => Self::new(Code::Invalid, sentence(&error.to_string())),
            Error::Connector(error) => Self::new(Code::Invalid, sentence(&error.to_string())),
            Error::Probe(error) => Self::new(Code::NotNow, sentence(&error.to_string())),
            Error::NotEquipped(what) => Self::new(
                Code::NotNow,
                format!("This server was started without {what}, which this needs."),
            ),
            error => {
                tracing::error!(%error, "a page met a fault");
                Self::fault()
            }
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(why) | ServerFnErrorErr::MissingArg(why) => Self::new(
                Code::Invalid,
                format!("The form came in a shape that is not understood ({why})."),
            ),
            error => {
                tracing::error!(%error, "a server function met a fault");
                Self::new(
                    Code::Fault,
                    "Something went wrong on our side, and it was written down.",
                )
            }
        }
    }
}

/// Errors are written lower case and without a full stop; people read sentences.
pub(crate) fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", crate::text::capital(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_keeps_its_name_and_its_reason() {
        let error = AppError::from(Error::invalid("matter", "must not be empty"));
        assert_eq!(error.of_field("matter"), Some("Must not be empty."));
        assert_eq!(error.of_field("authority"), None);
    }

    #[test]
    fn what_is_not_to_be_seen_reads_like_what_is_not_there() {
        let hidden = AppError::from(Error::NotFound("that hold"));
        assert_eq!(hidden, AppError::not_found());
    }
}
