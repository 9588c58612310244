//! Wording for people: dates, counts, states.

use domain::time::{Date, Timestamp};
use engine::reading::Named;
use jiff::tz::TimeZone;

/// A moment in a zone: `25 November 2026, 14:03`.
pub fn moment(at: Timestamp, zone: &str) -> String {
    zoned(at, zone).strftime("%-d %B %Y, %H:%M").to_string()
}

/// A moment in UTC, to the second, for tooltips and machines.
pub fn moment_utc(at: Timestamp) -> String {
    zoned(at, "UTC").strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A date: `25 November 2026`.
pub fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// How far a date is from today: `in 3 days`, `today`, `4 days ago`.
pub fn days_away(date: Date, today: Date) -> String {
    let days = today.until(date).map_or(0, |span| span.get_days());
    match days {
        0 => "today".into(),
        1 => "tomorrow".into(),
        -1 => "yesterday".into(),
        2.. => format!("in {days} days"),
        _ => format!("{} days ago", -days),
    }
}

/// A number with thousands apart: `12 345` (narrow no-break spaces).
pub fn count(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    if number < 0 {
        format!("-{grouped}")
    } else {
        grouped
    }
}

/// `1 request`, `2 requests`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", count(number)),
    }
}

/// A length of time in the largest unit that fits: `3 days`, `30 seconds`, `none`.
pub fn duration(duration: std::time::Duration) -> String {
    let units = [
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "minute", "minutes"),
    ];
    match duration.as_secs() {
        0 => "none".into(),
        seconds => units.iter().find(|(unit, ..)| seconds % unit == 0).map_or_else(
            || counted(seconds, "second", "seconds"),
            |(unit, one, many)| counted(seconds / unit, one, many),
        ),
    }
}

/// The first characters of a digest or id: enough to compare by eye, the whole is one click away.
pub fn short(text: &str) -> String {
    text.chars().take(12).collect()
}

/// The last characters of an id: its beginning is a time and alike for all of a day.
pub fn tail(id: &str) -> String {
    let tail: String = id.chars().rev().take(8).collect();
    tail.chars().rev().collect()
}

/// A stored word as people read it: `on_hold` becomes `On hold`.
pub fn words(word: &str) -> String {
    capital(&word.replace(['_', '-'], " "))
}

/// With a capital at its beginning.
pub fn capital(text: &str) -> String {
    beginning(text, |letter| letter.to_uppercase().to_string())
}

/// With a small letter at its beginning, to go on after a colon.
pub fn going_on(text: &str) -> String {
    beginning(text, |letter| letter.to_lowercase().to_string())
}

/// With its first letter changed.
fn beginning(text: &str, change: fn(char) -> String) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(change);
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// `a, b or c`.
pub fn listed(parts: &[&str], last: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., end] => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// What an entry of the log says happened: `request.identity_confirmed` becomes `Identity confirmed`.
pub fn happened(kind: &str) -> String {
    let (noun, verb) = kind.split_once('.').unwrap_or(("", kind));
    match kind {
        "request.opened" => "Request opened".into(),
        "request.planned" => "Plan and manifest ready for approval".into(),
        "request.approval_stands" => "The same plan was approved before: the approval stands".into(),
        "request.blocked" => "Stopped by a hold or duty".into(),
        "request.resumed" => "Resumed after the last hold".into(),
        "request.started" => "Erasure began".into(),
        "request.settling" => "Everything reported; systems settle".into(),
        "request.verifying" => "The independent check began".into(),
        "request.residue" => "The check found records that remain".into(),
        "request.erased_again" => "What remained is erased again".into(),
        "request.verified" => "Every dataset has its verdict".into(),
        "request.needs_attention" => "Somebody has to look".into(),
        "request.attention_settled" => "Looked at; it goes on".into(),
        "manifest.drawn" => "Manifest drawn by probes".into(),
        "plan.made" | "plan.drawn" => "Plan drawn on the frozen inventory".into(),
        "mail.sent" => "Mail sent".into(),
        "mail.bounced" => "Mail came back".into(),
        "mail.settled" => "The recipient was told in another way".into(),
        "certificate.certified" => "Statement put together for signing".into(),
        "certificate.standing_signed" => "State of the certificate signed".into(),
        "check.found" => "A dataset was checked".into(),
        "person.stepped_up" => "Person gave the password once more".into(),
        "attempt.authorised" => "Records released for erasure".into(),
        "attempt.reported" => "Erasure of records reported".into(),
        "manifest.recounted" => "Records counted again before the start".into(),
        "certificate.taken_up" => "Certificate taken up by hand".into(),
        "certificate.copied" => "Certificate copied to the second place".into(),
        "storage.probed" => "Every place of certificates looked at".into(),
        "mail.subscription_asked" => "A topic asks to be subscribed".into(),
        "spot_check.shown" => "Records shown for a spot check".into(),
        "spot_check.recorded" => "Spot check recorded".into(),
        _ if noun == "request" => words(verb),
        _ => format!("{} {}", words(noun), verb.replace('_', " ")),
    }
}

/// Somebody, as far as the reader may know.
pub fn named(who: &Named) -> String {
    match (&who.name, who.you) {
        (_, true) => "you".into(),
        (Some(name), false) => name.clone(),
        (None, false) => who.role.clone(),
    }
}

/// The first moment of a day in a zone.
pub fn start_of_day(date: Date, zone: &str) -> Timestamp {
    Timestamp::start_in(date, zone).unwrap_or_else(|_| Timestamp::start_of(date))
}

fn zoned(at: Timestamp, zone: &str) -> jiff::Zoned {
    let moment = jiff::Timestamp::from_microsecond(at.as_microsecond()).unwrap_or_default();
    moment.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_the_zone_and_in_utc() {
        let at: Timestamp = "2026-07-01T22:30:05Z".parse().unwrap();
        assert_eq!(moment(at, "Europe/Berlin"), "2 July 2026, 00:30");
        assert_eq!(moment_utc(at), "2026-07-01 22:30:05 UTC");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(1_234_567_u64), "1\u{202f}234\u{202f}567");
        assert_eq!(count(999_u64), "999");
        assert_eq!(counted(1, "request", "requests"), "1 request");
    }

    #[test]
    fn a_length_of_time_is_told_in_the_largest_unit_that_fits() {
        let told = [0, 30, 90, 3_600, 86_400, 259_200]
            .map(|seconds| duration(std::time::Duration::from_secs(seconds)));
        assert_eq!(
            told,
            ["none", "30 seconds", "90 seconds", "1 hour", "1 day", "3 days"]
        );
    }

    #[test]
    fn a_deadline_is_told_in_days() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(days_away(date("2026-11-28"), date("2026-11-25")), "in 3 days");
        assert_eq!(days_away(date("2026-11-21"), date("2026-11-25")), "4 days ago");
    }

    #[test]
    fn a_stored_word_reads_as_words() {
        assert_eq!(words("on_hold"), "On hold");
    }
}
