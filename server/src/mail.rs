//! Mail: from an outbox row and its template to a message, and on to the next hop or into a folder.

mod file;
mod message;
mod smtp;
mod template;

pub use file::FolderMailer;
pub use message::MailSetupError;
pub use smtp::SmtpMailer;
