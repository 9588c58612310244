use super::*;
use crate::time::parse_date;

fn schedule() -> Schedule {
    Schedule {
        tenant: TenantKey::parse("drill").unwrap(),
        day: 5,
        days: 14,
    }
}

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn drill(request: bool, certificate: bool, lacks: Option<&str>) -> Drill {
    let at: Timestamp = "2026-03-06T12:00:00Z".parse().unwrap();
    Drill {
        id: DrillId::new(at, [1; 10]),
        month: Some(month("2026-03")),
        request: request.then(|| RequestId::new(at, [2; 10])),
        opened_at: at,
        due_on: day("2026-03-19"),
        overdue_at: None,
        trouble: None,
        certificate: certificate.then(|| (CertificateId::new(at, [3; 10]), at)),
        systems: vec![DrilledSystem {
            system: crate::inventory::Slug::parse("crm").unwrap(),
            fingerprint: Digest::of(b"crm"),
            datasets: vec![DrilledDataset {
                dataset: crate::inventory::Slug::parse("users").unwrap(),
                before: Some(3),
                lacks: lacks.map(str::to_owned),
            }],
        }],
        ended_at: certificate.then_some(at),
        version: 1,
    }
}

#[test]
fn a_drill_is_owed_once_a_month_from_its_day_on() {
    let schedule = schedule();
    let owed = |after: &str, today: &str| schedule.owed(&month(after), day(today)).unwrap();
    assert!(owed("2026-02", "2026-03-04").is_empty(), "its day has not come");
    assert_eq!(owed("2026-02", "2026-03-05"), [month("2026-03")]);
    assert!(owed("2026-03", "2026-03-31").is_empty(), "once is enough");
    assert_eq!(
        owed("2025-11", "2026-02-07"),
        [month("2025-12"), month("2026-01"), month("2026-02")],
        "what a stopped scheduler missed is owed"
    );
}

#[test]
fn what_was_due_before_the_schedule_was_first_seen_is_owed_by_nobody() {
    let schedule = schedule();
    let begun = |today: &str| schedule.begun(day(today)).unwrap();
    assert_eq!(
        begun("2026-03-10"),
        month("2026-02"),
        "the drill of March can still be in time"
    );
    assert_eq!(begun("2026-03-25"), month("2026-03"), "that of March could not");
    assert_eq!(
        begun("2026-01-02"),
        month("2025-12"),
        "nor that of December, over a turn of the year"
    );
}

#[test]
fn a_drill_passes_only_if_every_dataset_had_something_to_erase() {
    assert_eq!(drill(true, false, None).state(), DrillState::Running);
    assert_eq!(drill(true, true, None).state(), DrillState::Passed);
    assert_eq!(
        drill(true, true, Some("nothing to erase")).state(),
        DrillState::Failed
    );
    assert_eq!(drill(false, false, None).state(), DrillState::NotRun);
    let late = Drill {
        overdue_at: Some("2026-03-20T00:00:00Z".parse().unwrap()),
        ..drill(true, false, None)
    };
    assert_eq!(late.state(), DrillState::Overdue);
}

#[test]
fn a_month_that_is_none_is_refused() {
    for text in ["2026-13", "2026", "March", "2026-3"] {
        assert!(Month::parse(text).is_err(), "{text}");
    }
}
