//! What both halves of a connector can be refused for.

/// A connector cannot be made for a system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// No connector handles the kind (I2).
    #[error("no connector handles systems of kind {0:?}")]
    UnknownKind(String),
    /// The configuration is wrong.
    #[error("setting {field}: {why}")]
    Config {
        /// Which setting, as written in the inventory file.
        field: String,
        /// What is wrong with it and what is expected.
        why: String,
    },
    /// The credential is not of the form that the connector documents.
    #[error("the credential is not of the expected form: {0}")]
    Credential(String),
    /// The kind has no such half (attestation has no eraser, backups have none).
    #[error("systems of kind {kind:?} cannot {what}")]
    NoSuchHalf {
        /// The kind.
        kind: String,
        /// `erase`, `be probed` ...
        what: &'static str,
    },
}
