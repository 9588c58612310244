//! Sending mail.

use async_trait::async_trait;

use crate::mail::{Mail, MailError};

/// Hands a mail to the next hop, or writes it to a file.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail. The same mail twice has the same Message-ID.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
