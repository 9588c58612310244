//! Mails that come back: delivery status notifications (RFC 3464) say in fields what became of a mail. What they say in
//! words, and to whom, is left alone.

use domain::id::MailId;
use domain::mail::Fate;
use mail_parser::{MessageParser, MimeHeaders as _};

use super::mark::{NAME, mail_of};

/// The longest mail that is read, in bytes: notifications may carry the whole of what came back.
pub const LONGEST: u64 = 16 * 1024 * 1024;

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of which mail.
    pub mail: MailId,
    /// What became of it; absent: it is still under way.
    pub fate: Option<Fate>,
}

/// A mail says nothing of a mail of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BounceError {
    /// Another kind of mail.
    #[error("this is no delivery status notification (RFC 3464)")]
    NotANotification,
    /// Nothing in it names one of our mails.
    #[error("the notification names no mail of this installation")]
    NotOurs,
}

/// Reads a notification.
pub fn report(mail: &[u8]) -> Result<Report, BounceError> {
    let message = MessageParser::default()
        .parse(mail)
        .ok_or(BounceError::NotANotification)?;
    let is = |part: &mail_parser::MessagePart<'_>, subtypes: &[&str]| {
        let kind = part.content_type();
        kind.is_some_and(|kind| {
            let subtype = kind.subtype().unwrap_or_default();
            let either = ["message", "text"]
                .iter()
                .any(|main| kind.ctype().eq_ignore_ascii_case(main));
            either && subtypes.iter().any(|one| subtype.eq_ignore_ascii_case(one))
        })
    };
    let status = message
        .parts
        .iter()
        .find(|part| is(part, &["delivery-status", "global-delivery-status"]))
        .ok_or(BounceError::NotANotification)?;
    let fate = fate(&String::from_utf8_lossy(status.contents()));
    let returned = ["rfc822", "rfc822-headers", "global", "global-headers"];
    let mail = message
        .parts
        .iter()
        .filter(|part| is(part, &returned))
        .find_map(|part| named(part.contents()));
    Ok(Report {
        mail: mail.ok_or(BounceError::NotOurs)?,
        fate,
    })
}

/// The mail that headers which came back name.
fn named(headers: &[u8]) -> Option<MailId> {
    let parsed = MessageParser::default().parse_headers(headers)?;
    let mark = parsed
        .header(NAME)
        .and_then(|value| value.as_text())
        .and_then(mail_of);
    mark.or_else(|| parsed.message_id().and_then(mail_of))
}

/// What the fields of the first recipient say: each mail of ours has one.
fn fate(fields: &str) -> Option<Fate> {
    let unfolded = fields
        .replace("\r\n", "\n")
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let field = |name: &str| {
        unfolded.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found
                .trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    match field("Action")?.to_ascii_lowercase().as_str() {
        "failed" => Some(Fate::Bounced {
            code: field("Status").and_then(|status| Fate::code_in(&status)),
        }),
        "delivered" => Some(Fate::Delivered),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01937f5e-8a7b-7c3d-9e2f-0123456789ab";

    fn notification(action: &str, status: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry, ada@example.com is unknown.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ada@example.com\r\n\
             Action: {action}\r\nStatus: {status}\r\n\
             --b\r\n{returned}\r\n--b--\r\n"
        )
    }

    #[test]
    fn a_failure_leads_back_by_the_mark_or_by_the_message_id() {
        for returned in [
            format!(
                "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{ID}@lethe.example>\r\nSubject: x\r\n"
            ),
            format!(
                "Content-Type: message/rfc822\r\n\r\nMessage-ID: <other@ses>\r\nX-Lethe-Mail: {ID}\r\nSubject: x\r\n\r\nBody\r\n"
            ),
        ] {
            let read = report(notification("failed", "5.1.1", &returned).as_bytes()).unwrap();
            let code = Some("5.1.1".to_owned());
            assert_eq!(
                (read.mail.to_string(), read.fate),
                (ID.to_owned(), Some(Fate::Bounced { code }))
            );
        }
    }

    #[test]
    fn one_that_is_still_under_way_has_no_fate_yet() {
        let returned =
            format!("Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{ID}@lethe.example>\r\n");
        let read = report(notification("delayed", "4.4.1", &returned).as_bytes()).unwrap();
        assert_eq!(read.fate, None);
        let read = report(notification("delivered", "2.1.5", &returned).as_bytes()).unwrap();
        assert_eq!(read.fate, Some(Fate::Delivered));
    }

    #[test]
    fn other_mails_are_told_apart() {
        let answer = b"From: ada@example.com\r\nSubject: On holiday\r\n\r\nBack on Monday.\r\n";
        assert_eq!(report(answer), Err(BounceError::NotANotification));
        let foreign = "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <1@elsewhere>\r\n";
        let read = report(notification("failed", "5.1.1", foreign).as_bytes());
        assert_eq!(read, Err(BounceError::NotOurs));
        assert!(report(b"").is_err());
    }
}
