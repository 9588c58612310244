//! Mail by SMTP, with TLS where the URL asks for it.

use std::time::Duration;

use async_trait::async_trait;
use domain::mail::{Mail, MailError};
use domain::port::mailer::Mailer;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::message::{MailSetupError, Sender};

/// How long the next hop may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands mail to the next hop.
pub struct SmtpMailer {
    sender: Sender,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpMailer {
    /// A mailer for a URL: `smtp://host:25`, `smtp://host:587?tls=required`, `smtps://user:password@host`.
    pub fn new(url: &str, from: &str, host: &str) -> Result<Self, MailSetupError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport = transport.map_err(|error| MailSetupError::Url(error.to_string()))?;
        Ok(Self {
            sender: Sender::new(from, host)?,
            transport: transport.timeout(Some(PATIENCE)).build(),
        })
    }

    /// Whether the next hop answers.
    pub async fn answers(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer as one".into()),
            Err(error) => Err(said(&error)),
        }
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.sender.message(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused(code_of(&error))),
            Err(error) => Err(MailError::Transient(said(&error))),
        }
    }
}

/// The answer's code only: servers repeat addresses in their words.
fn code_of(error: &lettre::transport::smtp::Error) -> String {
    let code = error
        .status()
        .map_or_else(|| "no code".to_owned(), |code| code.to_string());
    format!("the mail server refused it for good ({code})")
}

fn said(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server put it off ({code})"),
        None => {
            let cause = std::error::Error::source(error)
                .map(|cause| format!(": {cause}"))
                .unwrap_or_default();
            format!("the mail server cannot be reached{cause}")
        }
    }
}
