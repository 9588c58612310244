//! A message as it goes out: text and HTML, and an id that stays the same however often it is sent.

use domain::mail::{Mail, MailError};
use lettre::address::Envelope;
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::mark::{Automatic, Mark};
use super::template;

/// The mail settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// The sender is no address.
    #[error("mail.from is {0:?}: expected an address, such as Lethe <lethe@example.com>")]
    From(String),
    /// Where mails that cannot be delivered come back to.
    #[error("mail.return_path is {0:?}: expected an address, such as bounces@example.com")]
    ReturnPath(String),
    /// The certificate that the next hop is trusted by.
    #[error("mail.ca_file: {0}")]
    Root(String),
    /// The URL of the next hop.
    #[error("mail.url cannot be used: {0}")]
    Url(String),
}

/// Who sends, and from which host.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    from: Mailbox,
    host: String,
    /// Where mails that cannot be delivered come back to; absent: to the sender.
    return_path: Option<Address>,
}

impl Sender {
    pub(super) fn new(from: &str, host: &str) -> Result<Self, MailSetupError> {
        let from = from.parse().map_err(|_| MailSetupError::From(from.to_owned()))?;
        Ok(Self {
            from,
            host: host.to_owned(),
            return_path: None,
        })
    }

    /// Lets mails that cannot be delivered come back to another address.
    pub(super) fn returning_to(self, address: &str) -> Result<Self, MailSetupError> {
        let parsed = address.parse();
        let wrong = |_| MailSetupError::ReturnPath(address.to_owned());
        Ok(Self {
            return_path: Some(parsed.map_err(wrong)?),
            ..self
        })
    }

    /// The message of a mail.
    pub(super) fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|_| MailError::Refused("the recipient's address is none".into()))?;
        let words = template::render(mail.kind, &mail.facts);
        let date = std::time::UNIX_EPOCH
            + std::time::Duration::from_micros(u64::try_from(mail.queued_at.as_microsecond()).unwrap_or(0));
        let back = self
            .return_path
            .clone()
            .unwrap_or_else(|| self.from.email.clone());
        let envelope = Envelope::new(Some(back), vec![to.email.clone()])
            .map_err(|error| MailError::Refused(format!("the message cannot be addressed: {error}")))?;
        Message::builder()
            .envelope(envelope)
            .from(self.from.clone())
            .to(to)
            .header(Mark(mail.id))
            .header(Automatic)
            .subject(words.subject)
            .date(date)
            .message_id(Some(format!("<{}@{}>", mail.id, self.host)))
            .multipart(MultiPart::alternative_plain_html(words.text, words.html))
            .map_err(|error| MailError::Refused(format!("the message cannot be made: {error}")))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use domain::id::MailId;
    use domain::mail::MailKind;
    use domain::time::Timestamp;

    use super::*;

    pub(crate) fn mail(to: &str) -> Mail {
        let facts = [
            ("name", "Ada"),
            ("issuer", "Acme"),
            ("url", "https://lethe.example.com"),
            ("request", "7"),
        ];
        let queued_at = Timestamp::from_microsecond(1_772_366_400_000_000);
        Mail {
            facts: facts
                .into_iter()
                .map(|(name, fact)| (name.to_owned(), fact.to_owned()))
                .collect(),
            ..Mail::queued(
                MailId::new(queued_at, [7; 10]),
                MailKind::CertificateIssued,
                to.into(),
                queued_at,
            )
        }
    }

    #[test]
    fn a_mail_sent_twice_is_one_mail() {
        let sender = Sender::new("Lethe <lethe@example.com>", "lethe.example.com").unwrap();
        let mail = mail("ada@example.com");
        let ids = [sender.message(&mail).unwrap(), sender.message(&mail).unwrap()].map(|message| {
            let text = String::from_utf8(message.formatted()).unwrap();
            text.lines()
                .find(|line| line.starts_with("Message-ID:"))
                .unwrap()
                .to_owned()
        });
        assert_eq!(ids[0], ids[1]);
        assert!(
            ids[0].contains(&format!("{}@lethe.example.com", mail.id)),
            "{}",
            ids[0]
        );
    }

    #[test]
    fn a_recipient_without_address_is_refused_for_good() {
        let sender = Sender::new("lethe@example.com", "x").unwrap();
        assert!(matches!(
            sender.message(&mail("nobody")),
            Err(MailError::Refused(_))
        ));
    }
}
