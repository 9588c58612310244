//! What became of a mail: what the next hop, the recipient's provider and the mails that come back say of it.

use serde::{Deserialize, Serialize};

use super::Mail;
use crate::id::PersonId;
use crate::time::Timestamp;

/// How far a mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It waits to be sent.
    Queued,
    /// The next hop took it. Whether it arrived, nobody has said.
    Sent,
    /// Somebody says that it reached the mailbox.
    Delivered,
    /// It came back.
    Bounced,
    /// The next hop refused it for good, or never answered.
    Failed,
}

impl Delivery {
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Failed => "failed",
        }
    }
}

/// It came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// When that was learnt.
    pub at: Timestamp,
    /// Why, in words of ours: those of others repeat addresses.
    pub why: String,
}

/// Somebody saw to a mail that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// How: sent elsewhere, or told in another way.
    pub how: String,
}

/// What somebody else says became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is in the mailbox.
    Delivered,
    /// It will not arrive. The code is that of RFC 3463 (`5.1.1`), where one is given.
    Bounced {
        /// The code.
        code: Option<String>,
    },
}

impl Fate {
    /// The code of RFC 3463 in a text that others wrote, and nothing else of it.
    pub fn code_in(text: &str) -> Option<String> {
        let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
        let is_code = |word: &&str| {
            let parts: Vec<&str> = word.split('.').collect();
            let number =
                |part: &&str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
            parts.len() == 3 && parts.iter().all(number) && ["2", "4", "5"].contains(&parts[0])
        };
        words.into_iter().find(is_code).map(str::to_owned)
    }

    /// What a code means.
    fn why(code: Option<&str>) -> String {
        let rest = code.and_then(|code| code.split_once('.')).map(|(_, rest)| rest);
        let words = match rest {
            Some("1.1" | "1.3" | "1.6") => "there is no such mailbox",
            Some("1.2" | "1.10" | "4.4" | "4.6") => "there is no such mail domain, or it takes no mail",
            Some("2.1") => "the mailbox is closed",
            Some("2.2") => "the mailbox is full",
            Some("3.4" | "2.3") => "the message is too large for the mailbox",
            Some("4.1" | "4.7") => "the recipient's mail server did not answer in time",
            Some(rest) if rest.starts_with("7.") => "the recipient's mail server refuses our mail",
            _ => "the recipient's mail server did not deliver it",
        };
        match code {
            Some(code) => format!("{words} ({code})"),
            None => words.to_owned(),
        }
    }
}

impl Mail {
    /// How far it came.
    pub const fn delivery(&self) -> Delivery {
        match self {
            Self { failed: Some(_), .. } => Delivery::Failed,
            Self { bounced: Some(_), .. } => Delivery::Bounced,
            Self {
                delivered_at: Some(_),
                ..
            } => Delivery::Delivered,
            Self { sent_at: Some(_), .. } => Delivery::Sent,
            _ => Delivery::Queued,
        }
    }

    /// Why it did not arrive.
    pub fn trouble(&self) -> Option<&str> {
        let bounced = self.bounced.as_ref().map(|bounce| bounce.why.as_str());
        self.failed.as_deref().or(bounced)
    }

    /// It did not arrive, and nobody has seen to it yet.
    pub fn is_unreached(&self) -> bool {
        self.trouble().is_some() && self.settled.is_none()
    }

    /// The next hop took it.
    pub fn sent(self, at: Timestamp) -> Self {
        Self {
            sent_at: Some(at),
            sealed: None,
            ..self
        }
    }

    /// It was refused for good.
    pub fn refused(self, why: String) -> Self {
        Self {
            failed: Some(why),
            sealed: None,
            ..self
        }
    }

    /// What somebody says became of it; absent: that changes nothing. A mail that came back stays one that came back, and one
    /// that never left is not talked about: nobody can know of it.
    pub fn told(self, fate: &Fate, at: Timestamp) -> Option<Self> {
        match (fate, self.delivery()) {
            (Fate::Delivered, Delivery::Sent) => Some(Self {
                delivered_at: Some(at),
                ..self
            }),
            (Fate::Bounced { code }, Delivery::Sent | Delivery::Delivered) => Some(Self {
                bounced: Some(Bounce {
                    at,
                    why: Fate::why(code.as_deref()),
                }),
                ..self
            }),
            _ => None,
        }
    }

    /// Somebody saw to it.
    pub fn settle(self, by: PersonId, at: Timestamp, how: &str) -> Option<Self> {
        let how = how.to_owned();
        self.is_unreached().then_some(Self {
            settled: Some(Settled { by, at, how }),
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::MailKind;
    use super::*;
    use crate::id::MailId;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_microsecond(second * 1_000_000)
    }

    fn mail() -> Mail {
        let id = MailId::from(uuid::Uuid::nil());
        Mail::queued(id, MailKind::CertificateIssued, "ada@example.com".into(), at(0))
    }

    fn bounce() -> Fate {
        Fate::Bounced {
            code: Some("5.1.1".into()),
        }
    }

    #[test]
    fn a_mail_that_never_left_cannot_come_back() {
        assert_eq!(mail().told(&bounce(), at(1)), None);
        assert_eq!(mail().refused("no".into()).told(&bounce(), at(1)), None);
    }

    #[test]
    fn what_came_back_stays_so_and_is_told_once() {
        let back = mail()
            .sent(at(1))
            .told(&Fate::Delivered, at(2))
            .unwrap()
            .told(&bounce(), at(3))
            .unwrap();
        assert_eq!(
            (back.delivery(), back.trouble()),
            (Delivery::Bounced, Some("there is no such mailbox (5.1.1)"))
        );
        assert!(back.is_unreached());
        assert_eq!(back.clone().told(&bounce(), at(4)), None);
        assert_eq!(back.told(&Fate::Delivered, at(5)), None);
    }

    #[test]
    fn somebody_sees_to_it_once() {
        let by = PersonId::from(uuid::Uuid::nil());
        assert_eq!(
            mail().sent(at(1)).settle(by, at(2), "called"),
            None,
            "nothing is the matter"
        );
        let settled = mail().refused("no".into()).settle(by, at(2), "called").unwrap();
        assert!(!settled.is_unreached());
        assert_eq!(settled.settle(by, at(3), "called"), None);
    }

    #[test]
    fn only_the_code_of_what_others_write_is_kept() {
        let code = |text| Fate::code_in(text);
        assert_eq!(
            code("550 5.1.1 <ada@192.0.2.1>: no such user").as_deref(),
            Some("5.1.1")
        );
        assert_eq!(code("smtp; 550 ada@example.com unknown"), None);
        assert_eq!(code("5.7.26 unauthenticated").as_deref(), Some("5.7.26"));
        assert_eq!(code("version 9.1.1"), None);
    }

    #[test]
    fn earlier_rows_read_as_they_were_written() {
        let row = r#"{"id":"00000000-0000-0000-0000-000000000000","kind":"certificate_issued","request":null,"to":"ada@example.com",
            "facts":{},"queued_at":"2026-03-01T12:00:00Z","sent_at":"2026-03-01T12:00:01Z","failed":null,"version":2}"#;
        let mail: Mail = serde_json::from_str(row).unwrap();
        assert_eq!(mail.delivery(), Delivery::Sent);
    }
}
