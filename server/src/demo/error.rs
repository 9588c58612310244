//! How the demonstration can fail.

use domain::port::signer::SignError;
use domain::port::store::StoreError;
use samples::SampleError;

/// The demonstration ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// What was seen is not what the story says.
    #[error("not as told: {0}")]
    NotAsTold(String),
    /// A use case was refused that should not have been.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// Our own database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sample system.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The keys.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A file or folder.
    #[error("{what}: {source}")]
    File {
        /// Which.
        what: String,
        /// Why.
        source: std::io::Error,
    },
    /// Something that the demonstration needs could not be made.
    #[error("{what}: {why}")]
    Setup {
        /// What.
        what: &'static str,
        /// Why.
        why: String,
    },
}

impl DemoError {
    /// A file or folder that cannot be used.
    pub(super) fn file(what: impl std::fmt::Display, source: std::io::Error) -> Self {
        Self::File {
            what: what.to_string(),
            source,
        }
    }

    /// Something that could not be made.
    pub(super) fn setup(what: &'static str) -> impl Fn(&dyn std::error::Error) -> Self {
        move |error| {
            let cause = error
                .source()
                .map(|cause| format!(": {cause}"))
                .unwrap_or_default();
            Self::Setup {
                what,
                why: format!("{error}{cause}"),
            }
        }
    }
}
