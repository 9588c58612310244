//! Templates: one folder per mail, with a subject, a text and an HTML body.
//!
//! `{{name}}` stands for a fact. In HTML it is escaped; in a subject it is one line. A fact that a mail does not have is
//! left out with the line it stands in.

use std::collections::BTreeMap;

use domain::mail::MailKind;

/// One mail's templates.
struct Template {
    subject: &'static str,
    text: &'static str,
    html: &'static str,
}

macro_rules! template {
    ($folder:literal) => {
        Template {
            subject: include_str!(concat!("../templates/", $folder, "/subject.txt")),
            text: include_str!(concat!("../templates/", $folder, "/body.txt")),
            html: include_str!(concat!("../templates/", $folder, "/body.html")),
        }
    };
}

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rendered {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

fn template(kind: MailKind) -> Template {
    match kind {
        MailKind::RequestBlocked => template!("request_blocked"),
        MailKind::RequestReceived => template!("request_received"),
        MailKind::RunScheduled => template!("run_scheduled"),
        MailKind::ApproveAgain => template!("approve_again"),
        MailKind::CertificateIssued => template!("certificate_issued"),
        MailKind::CertificateRevoked => template!("certificate_revoked"),
        MailKind::CertificateSuspended => template!("certificate_suspended"),
        MailKind::CertificateReinstated => template!("certificate_reinstated"),
        MailKind::IncidentOpened => template!("incident_opened"),
        MailKind::NeedsAttention => template!("needs_attention"),
        MailKind::KeyEnding => template!("key_ending"),
        MailKind::Checkpoint => template!("checkpoint"),
        MailKind::DeliveryFailed => template!("delivery_failed"),
        MailKind::StorageFailed => template!("storage_failed"),
        MailKind::DrillAlarm => template!("drill_alarm"),
        MailKind::ConfirmRegister => template!("confirm_register"),
        MailKind::Test => template!("test"),
        MailKind::Invitation => template!("invitation"),
        MailKind::PasswordReset => template!("password_reset"),
    }
}

/// Fills in the facts of a mail.
pub(super) fn render(kind: MailKind, facts: &BTreeMap<String, String>) -> Rendered {
    let template = template(kind);
    let subject = fill(template.subject, facts, one_line);
    Rendered {
        subject: subject.trim().to_owned(),
        text: fill(template.text, facts, plain),
        html: fill(template.html, facts, escape),
    }
}

fn fill(template: &str, facts: &BTreeMap<String, String>, written: fn(&str) -> String) -> String {
    template
        .lines()
        .filter_map(|line| fill_line(line, facts, written))
        .map(|line| line + "\n")
        .collect()
}

/// A line with its facts, or nothing when it lacks one.
fn fill_line(line: &str, facts: &BTreeMap<String, String>, written: fn(&str) -> String) -> Option<String> {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}")?;
        filled.push_str(before);
        filled.push_str(&written(facts.get(name)?));
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn plain(fact: &str) -> String {
    fact.to_owned()
}

fn one_line(fact: &str) -> String {
    fact.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn escape(fact: &str) -> String {
    let mut escaped = String::with_capacity(fact.len());
    for character in fact.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [MailKind; 15] = [
        MailKind::RequestBlocked,
        MailKind::RequestReceived,
        MailKind::RunScheduled,
        MailKind::ApproveAgain,
        MailKind::CertificateIssued,
        MailKind::NeedsAttention,
        MailKind::KeyEnding,
        MailKind::Checkpoint,
        MailKind::DeliveryFailed,
        MailKind::StorageFailed,
        MailKind::DrillAlarm,
        MailKind::ConfirmRegister,
        MailKind::Test,
        MailKind::Invitation,
        MailKind::PasswordReset,
    ];

    fn facts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, fact)| ((*name).to_owned(), (*fact).to_owned()))
            .collect()
    }

    #[test]
    fn every_mail_has_a_subject_and_two_bodies_without_open_ends() {
        let facts = facts(&[
            ("name", "Ada"),
            ("issuer", "Acme"),
            ("url", "https://lethe.example.com"),
            ("request", "7"),
            ("what", "The seal of PDFs"),
            ("when", "ends on 2026-03-01, in 7 days"),
            ("day", "2026-03-01"),
            ("size", "7"),
            ("note", "lethe.example.com/log\n7\nroot\n"),
        ]);
        for kind in KINDS {
            let mail = render(kind, &facts);
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(
                    !part.trim().is_empty() && !part.contains("{{"),
                    "{kind:?}: {part}"
                );
            }
        }
    }

    #[test]
    fn facts_cannot_become_markup_or_headers() {
        let facts = facts(&[
            ("name", "<b>Ada</b>"),
            ("issuer", "Acme\r\nBcc: all"),
            ("url", "u"),
            ("request", "7"),
        ]);
        let mail = render(MailKind::CertificateIssued, &facts);
        assert!(mail.html.contains("&lt;b&gt;Ada&lt;/b&gt;") && !mail.html.contains("<b>Ada"));
        assert!(!mail.subject.contains(['\r', '\n']));
    }

    #[test]
    fn the_link_that_sets_a_password_stands_in_both_bodies_and_not_in_the_subject() {
        let facts = facts(&[
            ("name", "Ada"),
            ("issuer", "Acme"),
            ("lasts", "1 hour"),
            ("link", "https://lethe.example.com/reset?token=00ff"),
        ]);
        for kind in [MailKind::Invitation, MailKind::PasswordReset] {
            let mail = render(kind, &facts);
            assert!(
                mail.text.contains("token=00ff")
                    && mail
                        .html
                        .contains("href=\"https://lethe.example.com/reset?token=00ff\"")
            );
            assert!(!mail.subject.contains("00ff") && mail.text.contains("1 hour"));
        }
    }

    #[test]
    fn a_line_whose_fact_is_missing_is_left_out() {
        let all = facts(&[("a", "1")]);
        assert_eq!(
            fill("{{a}} here\nnot {{b}} here\nend", &all, plain),
            "1 here\nend\n"
        );
    }
}
