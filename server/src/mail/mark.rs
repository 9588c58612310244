//! Headers of our own: the id of the outbox row, which survives where a provider puts a Message-ID of its own in place of
//! ours, and the word that keeps programs from answering.

use domain::id::MailId;
use lettre::message::header::{Header, HeaderName, HeaderValue};

/// The name of the header with the id.
pub(super) const NAME: &str = "X-Lethe-Mail";

/// The id of the outbox row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(pub(super) MailId);

type Wrong = Box<dyn std::error::Error + Send + Sync>;

impl Header for Mark {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(NAME)
    }

    fn parse(text: &str) -> Result<Self, Wrong> {
        Ok(Self(text.trim().parse()?))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_string())
    }
}

/// No person wrote this (RFC 3834).
#[derive(Debug, Clone, Copy)]
pub(super) struct Automatic;

impl Header for Automatic {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Wrong> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The mail that an id of a message leads to: `<id@host>`, or the id alone.
pub(super) fn mail_of(message_id: &str) -> Option<MailId> {
    let inner = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    inner.split('@').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_mail() {
        let id: MailId = "01937f5e-8a7b-7c3d-9e2f-0123456789ab".parse().unwrap();
        for text in [
            format!("<{id}@lethe.example>"),
            format!(" {id}@x "),
            id.to_string(),
        ] {
            assert_eq!(mail_of(&text), Some(id), "{text}");
        }
        for foreign in ["", "<0100018f@email.amazonses.com>", "<@>"] {
            assert_eq!(mail_of(foreign), None, "{foreign}");
        }
    }
}
