//! What providers say became of mails: a plain JSON of our own, and the events of Amazon SES through a topic of SNS.

mod certificate;
mod sns;

use domain::id::MailId;
use domain::mail::Fate;
use serde::Deserialize;
use serde_json::Value;

use super::mark::{NAME, mail_of};

pub use certificate::{CertificateError, FetchCertificate, HttpsFetch};
pub use sns::{Kind, Message, SnsError};

/// One thing a provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Of which mail.
    pub mail: MailId,
    /// What became of it.
    pub fate: Fate,
}

/// The plain JSON: one event, or several under `events`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Plain {
    Many { events: Vec<Event> },
    One(Event),
}

#[derive(Debug, Deserialize)]
struct Event {
    /// The message's Message-ID, or the value of its header X-Lethe-Mail.
    message_id: String,
    /// `delivered`, `bounced` or `failed`; others are read over.
    event: String,
    /// The code of RFC 3463.
    #[serde(default)]
    code: Option<String>,
}

/// Reads the plain JSON. Events about mails that are not ours are left out.
pub fn plain(body: &[u8]) -> Result<Vec<Told>, serde_json::Error> {
    let events = match serde_json::from_slice(body)? {
        Plain::Many { events } => events,
        Plain::One(event) => vec![event],
    };
    let told = events.into_iter().filter_map(|event| {
        let fate = match event.event.as_str() {
            "delivered" => Fate::Delivered,
            "bounced" | "failed" => Fate::Bounced {
                code: event.code.as_deref().and_then(Fate::code_in),
            },
            _ => return None,
        };
        let mail = mail_of(&event.message_id)?;
        Some(Told { mail, fate })
    });
    Ok(told.collect())
}

/// Reads an event of SES (`eventType` of event publishing, `notificationType` of feedback). SES puts an id of its own in place
/// of ours: ours stands in the headers, which the topic must be told to include.
pub fn ses(event: &Value) -> Option<Told> {
    let kind = event.get("eventType").or_else(|| event.get("notificationType"))?;
    let fate = match kind.as_str()? {
        "Delivery" => Fate::Delivered,
        "Bounce" if event["bounce"]["bounceType"] == "Transient" => return None,
        "Bounce" => Fate::Bounced {
            code: event["bounce"]["bouncedRecipients"][0]["status"]
                .as_str()
                .and_then(Fate::code_in),
        },
        "Reject" | "Rendering Failure" => Fate::Bounced { code: None },
        _ => return None,
    };
    let headers = event["mail"]["headers"].as_array().into_iter().flatten();
    let value = |wanted: &str| {
        let mut found = headers.clone().filter(|header| {
            let name = header["name"].as_str();
            name.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        });
        found.find_map(|header| mail_of(header["value"].as_str()?))
    };
    let mail = value(NAME).or_else(|| value("Message-ID"))?;
    Some(Told { mail, fate })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "01937f5e-8a7b-7c3d-9e2f-0123456789ab";

    #[test]
    fn plain_events_come_alone_or_many_and_foreign_ones_are_left_out() {
        let one =
            json!({ "message_id": format!("<{ID}@lethe.example>"), "event": "bounced", "code": "5.1.1" });
        let many = json!({ "events": [one, { "message_id": "<1@x>", "event": "bounced" }, { "message_id": ID, "event": "opened" }] });
        let bounced = Told {
            mail: ID.parse().unwrap(),
            fate: Fate::Bounced {
                code: Some("5.1.1".into()),
            },
        };
        for body in [one, many] {
            assert_eq!(plain(body.to_string().as_bytes()).unwrap(), vec![bounced.clone()]);
        }
        assert!(plain(b"{}").is_err());
    }

    #[test]
    fn an_event_of_ses_leads_back_by_its_headers() {
        let mail = json!({ "messageId": "0100018f", "headers": [{ "name": "x-lethe-mail", "value": ID }] });
        let event = json!({
            "eventType": "Bounce", "mail": mail,
            "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": "ada@x.example", "status": "5.1.1" }] },
        });
        let told = ses(&event).unwrap();
        assert_eq!(told.mail.to_string(), ID);
        assert_eq!(
            told.fate,
            Fate::Bounced {
                code: Some("5.1.1".into())
            }
        );
        let delivered = json!({ "notificationType": "Delivery", "mail": mail });
        assert_eq!(ses(&delivered).unwrap().fate, Fate::Delivered);
        let passing = json!({ "eventType": "Bounce", "mail": mail, "bounce": { "bounceType": "Transient" } });
        assert_eq!(ses(&passing), None);
        assert_eq!(ses(&json!({ "eventType": "Delivery", "mail": {} })), None);
    }
}
