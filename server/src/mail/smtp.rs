//! Mail by SMTP, with TLS where the URL asks for it.

use std::time::Duration;

use async_trait::async_trait;
use domain::mail::{Mail, MailError};
use domain::port::mailer::Mailer;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::message::{MailSetupError, Sender};

/// How long the next hop may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The next hop.
#[derive(Clone, Copy, Default)]
pub struct Hop<'a> {
    /// `smtp://host:25`, `smtp://host:587?tls=required`, `smtps://user:password@host`.
    pub url: &'a str,
    /// A certificate (PEM) by which it is trusted, beside those of the machine.
    pub root: Option<&'a [u8]>,
    /// Where mails that cannot be delivered come back to; absent: to the sender.
    pub return_path: Option<&'a str>,
}

impl Hop<'_> {
    /// The same as the URL says, with a further root.
    fn tls(&self) -> Result<Option<Tls>, MailSetupError> {
        let Some(root) = self.root else {
            return Ok(None);
        };
        let wrong = |error: lettre::transport::smtp::Error| MailSetupError::Root(error.to_string());
        let parameters = TlsParameters::builder(self.server().to_owned())
            .add_root_certificate(Certificate::from_pem(root).map_err(wrong)?)
            .build()
            .map_err(wrong)?;
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        Ok(match query {
            _ if self.url.starts_with("smtps:") => Some(Tls::Wrapper(parameters)),
            query if query.contains("tls=required") => Some(Tls::Required(parameters)),
            query if query.contains("tls=opportunistic") => Some(Tls::Opportunistic(parameters)),
            _ => None,
        })
    }

    /// The server's name, which its certificate must have.
    fn server(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url, |(_, rest)| rest);
        let rest = rest.split(['/', '?']).next().unwrap_or(rest);
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        place.split(':').next().unwrap_or(place)
    }
}

/// Hands mail to the next hop.
pub struct SmtpMailer {
    sender: Sender,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpMailer {
    /// A mailer from a sender through a next hop; `host` is that of the messages' ids.
    pub fn new(hop: &Hop<'_>, from: &str, host: &str) -> Result<Self, MailSetupError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(hop.url);
        let mut transport = transport.map_err(|error| MailSetupError::Url(error.to_string()))?;
        if let Some(tls) = hop.tls()? {
            transport = transport.tls(tls);
        }
        let sender = Sender::new(from, host)?;
        Ok(Self {
            sender: match hop.return_path {
                Some(address) => sender.returning_to(address)?,
                None => sender,
            },
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
            Err(error) if error.is_permanent() && !is_about_us(&error) => {
                Err(MailError::Refused(code_of(&error)))
            }
            Err(error) => Err(MailError::Transient(said(&error))),
        }
    }
}

/// The next hop asks for TLS or for another sign-in: that is no fault of the mail, and a person can mend it.
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(|code| code.to_string());
    code.is_some_and(|code| ["530", "534", "535", "538"].contains(&code.as_str()))
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
        Some(code) if is_about_us(error) => {
            format!("the mail server asks for TLS or for another sign-in ({code}): see mail.url")
        }
        Some(code) => format!("the mail server put it off ({code})"),
        None if cause_of(error).contains("certificate") => {
            format!(
                "the mail server's certificate is not trusted (mail.ca_file){}",
                cause_of(error)
            )
        }
        None => format!("the mail server cannot be reached{}", cause_of(error)),
    }
}

fn cause_of(error: &lettre::transport::smtp::Error) -> String {
    let cause = std::error::Error::source(error);
    cause.map(|cause| format!(": {cause}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_the_certificate_must_have_is_that_of_the_server() {
        for url in [
            "smtp://mail.example.com",
            "smtps://user:p%40ss@mail.example.com:465",
            "smtp://mail.example.com:587?tls=required",
            "smtp://u:p@mail.example.com/?tls=opportunistic",
        ] {
            let hop = Hop {
                url,
                ..Hop::default()
            };
            assert_eq!(hop.server(), "mail.example.com", "{url}");
        }
    }
}
