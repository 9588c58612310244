//! Mail: from an outbox row and its template to a message, and on to the next hop or into a folder.

mod bounce;
mod file;
mod mark;
mod message;
pub mod provider;
mod smtp;
mod template;

pub use bounce::{BounceError, LONGEST as LONGEST_BOUNCE, Report, report};
pub use file::FolderMailer;
pub use message::MailSetupError;
pub use smtp::{Hop, SmtpMailer};
