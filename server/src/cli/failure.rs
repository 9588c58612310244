//! How a command fails: one clear line, and an exit status.

use std::error::Error;
use std::process::ExitCode;

/// A command failed.
#[derive(Debug)]
pub enum Failure {
    /// Something went wrong, or was refused: exit status 1.
    Failed(String),
    /// Whoever acts may not do it: exit status 1.
    Denied(String),
    /// The arguments do not fit together: exit status 2.
    Usage(String),
    /// The command has said everything itself: exit status 1.
    Told,
}

impl Failure {
    /// A failure in words.
    pub fn failed(why: impl std::fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }

    /// Arguments that do not fit together.
    pub(crate) fn usage(why: impl std::fmt::Display) -> Self {
        Self::Usage(why.to_string())
    }

    /// Says that nobody was named, where that is why it was denied.
    pub(crate) fn said_to_nobody(self) -> Self {
        match self {
            Self::Denied(why) => {
                Self::Denied(format!("{why}; nobody is named, so the system acts (--as EMAIL)"))
            }
            other => other,
        }
    }

    /// What went wrong, in words.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Failed(why) | Self::Denied(why) | Self::Usage(why) => why,
            Self::Told => "it was refused",
        }
    }

    /// Says it on standard error.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Failed(why) | Self::Denied(why) => {
                eprintln!("error: {why}");
                ExitCode::FAILURE
            }
            Self::Usage(why) => {
                eprintln!("error: {why}");
                ExitCode::from(2)
            }
            Self::Told => ExitCode::FAILURE,
        }
    }
}

/// Any error, with its causes where they say more.
impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let any: &(dyn Error + 'static) = &error;
        if let Some(engine::Error::Denied(denied)) = any.downcast_ref() {
            return Self::Denied(denied.to_string());
        }
        let mut said = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let words = error.to_string();
            if !said.contains(&words) {
                said = format!("{said}: {words}");
            }
            cause = error.source();
        }
        Self::Failed(said)
    }
}
