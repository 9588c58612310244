//! Rendering: a signed statement becomes a PDF for people.

use std::sync::Arc;

use async_trait::async_trait;

use crate::port::signer::{SignError, Signer};
use crate::time::Timestamp;

/// Everything that goes into the PDF. The same content gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manuscript {
    /// Canonical bytes of the claims: what the pages render.
    pub statement: Vec<u8>,
    /// The compact JWS over them.
    pub jws: String,
    /// The exact bytes of the log entry.
    pub log_entry: Vec<u8>,
    /// C2SP tlog-proof from the entry to a signed checkpoint.
    pub log_proof: String,
    /// Index of the entry in the log, printed on the face.
    pub log_index: u64,
    /// The issuer's logo, a PNG, printed on the letterhead. It says nothing, so it is no part of the statement.
    pub logo: Option<Vec<u8>>,
}

/// Rendering failed; there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PressError {
    /// No vendored font has the character. Characters are never dropped.
    #[error("no font has the character {character:?} (U+{:04X}) of {field}", *.character as u32)]
    NoGlyph {
        /// The character.
        character: char,
        /// Where it stands.
        field: String,
    },
    /// The statement cannot be read.
    #[error("the statement cannot be read: {0}")]
    Unreadable(String),
    /// The logo is no picture that can be printed.
    #[error("the issuer's logo cannot be printed: {0}")]
    Logo(String),
    /// The PDF could not be made.
    #[error("the document could not be rendered: {0}")]
    Broken(String),
    /// No seal could be set. A document that should be sealed is not issued without.
    #[error("the document could not be sealed: {0}")]
    Unsealed(SignError),
}

/// Makes the PDF.
#[async_trait]
pub trait Press: Send + Sync {
    /// Renders to the bytes of a PDF/A-3b with attachments, sealed with the seals of a moment.
    async fn render(
        &self,
        manuscript: &Manuscript,
        signer: &Arc<dyn Signer>,
        at: Timestamp,
    ) -> Result<Vec<u8>, PressError>;

    /// Refuses a logo that could not be printed.
    fn check_logo(&self, png: &[u8]) -> Result<(), PressError>;
}
