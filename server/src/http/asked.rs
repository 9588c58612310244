//! What a list is asked for, by the names that its page uses in the URL.

use std::collections::BTreeSet;

use app::error::AppError;
use app::visit::Visit;
use domain::port::reading::{CertificateFilter, LogFilter, RequestFilter, RequestSort};
use domain::time::{Date, Timestamp, days_later, parse_date};

/// Which requests.
pub(super) fn requests(visit: &Visit) -> Result<RequestFilter, AppError> {
    Ok(RequestFilter {
        states: all(visit, "state"),
        due_before: date(visit, "due_before")?,
        text: visit.query("text").map(str::to_owned),
        sort: match visit.query("sort") {
            Some("received") => RequestSort::Received,
            _ => RequestSort::Due,
        },
        ..RequestFilter::default()
    })
}

/// Which certificates.
pub(super) fn certificates(visit: &Visit) -> Result<CertificateFilter, AppError> {
    Ok(CertificateFilter {
        states: all(visit, "state"),
        kinds: all(visit, "kind"),
        text: visit.query("text").map(str::to_owned),
        ..CertificateFilter::default()
    })
}

/// Which entries of the log: days are those of a zone, and the last one counts.
pub(super) fn log(visit: &Visit, zone: &str) -> Result<LogFilter, AppError> {
    let text = |name| visit.query(name).map(str::to_owned);
    Ok(LogFilter {
        kind: text("kind"),
        object: text("object"),
        actor: text("actor"),
        from: moment(visit, zone, "from", 0)?,
        until: moment(visit, zone, "until", 1)?,
        ..LogFilter::default()
    })
}

fn all(visit: &Visit, name: &str) -> BTreeSet<String> {
    let values = visit
        .query
        .iter()
        .filter(|(key, value)| key == name && !value.is_empty());
    values.map(|(_, value)| value.clone()).collect()
}

fn date(visit: &Visit, name: &str) -> Result<Option<Date>, AppError> {
    let date = visit.query(name).map(parse_date).transpose();
    date.map_err(|_| AppError::field(name, "Give a day such as 2026-03-31."))
}

/// A moment, or the beginning of the day that lies so many days after the one that is named.
fn moment(visit: &Visit, zone: &str, name: &str, after: i32) -> Result<Option<Timestamp>, AppError> {
    let Some(text) = visit.query(name) else {
        return Ok(None);
    };
    let day = parse_date(text).and_then(|day| Timestamp::start_in(days_later(day, after)?, zone));
    let moment = day.ok().or_else(|| text.parse().ok());
    let wrong = || {
        AppError::field(
            name,
            "Give a day such as 2026-03-31, or a moment such as 2026-03-31T12:00:00Z.",
        )
    };
    moment.map(Some).ok_or_else(wrong)
}
