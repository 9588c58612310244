//! Mail into a folder: one `.eml` file each, for trying out and for demonstrations.

use std::path::PathBuf;

use async_trait::async_trait;
use domain::mail::{Mail, MailError};
use domain::port::mailer::Mailer;

use super::message::{MailSetupError, Sender};
use crate::files;

/// Writes mail to files.
pub struct FolderMailer {
    sender: Sender,
    folder: PathBuf,
}

impl FolderMailer {
    /// A mailer into a folder, which is made with the first mail.
    pub fn new(folder: PathBuf, from: &str, host: &str) -> Result<Self, MailSetupError> {
        Ok(Self {
            sender: Sender::new(from, host)?,
            folder,
        })
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let bytes = self.sender.message(mail)?.formatted();
        let (folder, path) = (self.folder.clone(), self.folder.join(format!("{}.eml", mail.id)));
        let written = tokio::task::spawn_blocking(move || {
            files::make_private_folder(&folder)?;
            files::write_whole(&path, &bytes)
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(MailError::Transient(format!(
                "the mail folder cannot be written: {error}"
            ))),
            Err(_) => Err(MailError::Transient("the mail folder cannot be written".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::tests::mail;
    use super::*;

    #[tokio::test]
    async fn the_same_mail_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let mailer = FolderMailer::new(folder.path().join("mail"), "lethe@example.com", "localhost").unwrap();
        let mail = mail("ada@example.com");
        mailer.send(&mail).await.unwrap();
        mailer.send(&mail).await.unwrap();
        let names: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
            .unwrap()
            .flatten()
            .collect();
        assert_eq!(names.len(), 1);
        assert!(
            std::fs::read_to_string(names[0].path())
                .unwrap()
                .contains("To: ada@example.com")
        );
    }
}
