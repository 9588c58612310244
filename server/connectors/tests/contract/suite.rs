//! The sentences that hold for every kind.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::port::erase::{Chunk, EraseError, Erasers as _};
use domain::port::probe::{ProbeError, Probes as _, Question};
use domain::selection::{RecordId, Selection, Side};

use crate::clocks::{Freezes, Jumps, Real};
use crate::place::*;

pub async fn other_tenants_survive(place: &dyn Place) {
    place.put(&records("acme", 25)).await;
    place.put(&records("zeta", 10)).await;
    let acme = of_tenant(&place.system(), "acme");
    assert_eq!(counts(place, &acme).await, (25, 0, 10));
    let mine = scan(place, &acme, Side::Selected, 4).await;
    let others = scan(place, &acme, Side::Others, 4).await;
    assert_eq!((mine.len(), others.len()), (25, 10));

    assert_eq!(erase_all(place, &acme, 4).await, 25);

    assert_eq!(counts(place, &acme).await, (0, 0, 10));
    let question = Question {
        ids: mine.clone(),
        controls: others.clone(),
        count: vec![Side::Selected],
    };
    let seen = probe(place).look(&acme, &question).await.unwrap();
    assert_eq!(seen.found, vec![false; 25]);
    assert_eq!(seen.controls, vec![true; 10]);
    assert_eq!(seen.counts, vec![Some(0)]);
    assert_eq!(scan(place, &acme, Side::Others, 3).await, others);
    let listed = probe(place).scan(&acme, Side::Others, None, 10).await.unwrap();
    assert_eq!(listed.tenants, vec![Some("zeta".to_owned()); 10]);
}

pub async fn each_record_is_scanned_once(place: &dyn Place) {
    place.put(&records("acme", 23)).await;
    place.put(&records("zeta", 5)).await;
    let acme = of_tenant(&place.system(), "acme");
    for size in [1, 7, 23, 100] {
        let ids = scan(place, &acme, Side::Selected, size).await;
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 23);
        assert_eq!(ids.len(), 23);
        let probe = probe(place);
        for (at, id) in ids.iter().enumerate().step_by(5) {
            let Some(behind) = probe.place_behind(&acme, id) else {
                break;
            };
            let rest = probe.scan(&acme, Side::Selected, Some(&behind), 100).await;
            assert_eq!(rest.unwrap().ids, ids[at + 1..]);
        }
    }
}

pub async fn withheld_records_survive(place: &dyn Place) {
    place.put(&records("acme", 30)).await;
    place.put(&records("zeta", 3)).await;
    let held = withholding(of_tenant(&place.system(), "acme"), exact("usr", &["u1"]));
    assert_eq!(counts(place, &held).await, (20, 10, 3));
    let withheld = scan(place, &held, Side::Withheld, 4).await;
    assert_eq!(withheld.len(), 10);

    assert_eq!(erase_all(place, &held, 3).await, 20);

    assert_eq!(counts(place, &held).await, (0, 10, 3));
    assert_eq!(found(place, &held, &withheld).await, vec![true; 10]);
}

pub async fn one_person_goes_and_the_others_of_the_tenant_stay(place: &dyn Place) {
    place.put(&records("acme", 30)).await;
    place
        .put(&[Record {
            tenant: "zeta".into(),
            user: "u2".into(),
        }])
        .await;
    let system = place.system();
    let subject = vec![exact("usr", &["u2", "nobody"])];
    let person = target(
        &system,
        Selection {
            tenant: exact("tenant", &["acme"]),
            subject,
            except: vec![],
        },
    );
    assert_eq!(counts(place, &person).await, (10, 0, 21));

    assert_eq!(erase_all(place, &person, 100).await, 10);

    assert_eq!(counts(place, &of_tenant(&system, "acme")).await, (20, 0, 1));
}

pub async fn the_same_chunk_twice_erases_nothing_else(place: &dyn Place) {
    place.put(&records("acme", 9)).await;
    place.put(&records("zeta", 9)).await;
    let acme = withholding(of_tenant(&place.system(), "acme"), exact("usr", &["u0"]));
    for _ in 0..2 {
        erase_by(place, Arc::new(Real), &acme, &chunk(None, 100))
            .await
            .unwrap();
        assert_eq!(counts(place, &acme).await, (0, 3, 9));
    }
}

pub async fn hostile_and_foreign_names_are_only_names(place: &dyn Place) {
    let names = [
        "o'neil\"; DROP TABLE records; --",
        "' OR '1'='1",
        "ünï çødé 漢字 🦀",
        "100%",
        "a_b",
        "*",
        "a*",
        "[a-z]",
        "a\\b",
        "$1",
        "?",
        "{tenant}",
        "..x",
        "-rf",
        "tab\tnew\nline",
        "x'); --",
        "\u{FFFD}ab",
    ];
    for name in names {
        place
            .put(&[Record {
                tenant: name.into(),
                user: name.into(),
            }])
            .await;
    }
    place.put(&records("bystander", 3)).await;
    let system = place.system();
    for (at, name) in names.iter().enumerate() {
        let left = (names.len() - at - 1 + 3) as u64;
        let one = target(
            &system,
            Selection {
                tenant: exact("tenant", &[name]),
                subject: vec![exact("usr", &[name])],
                except: vec![],
            },
        );
        assert_eq!(counts(place, &one).await, (1, 0, left), "{name}");
        let ids = scan(place, &one, Side::Selected, 10).await;
        assert!(!probe(place).native_query(&one, &ids[0]).is_empty());
        assert_eq!(erase_all(place, &one, 10).await, 1, "{name}");
        assert_eq!(counts(place, &one).await, (0, 0, left), "{name}");
        assert_eq!(found(place, &one, &ids).await, vec![false]);
    }
}

pub async fn letters_of_any_case_are_one_name_where_it_is_said_so(place: &dyn Place) {
    for user in [
        "Ada@Example.COM",
        "ada@example.com",
        " ADA@example.com",
        "Ärger@example.com",
        "bob",
    ] {
        place
            .put(&[Record {
                tenant: "acme".into(),
                user: user.into(),
            }])
            .await;
    }
    let system = place.system();
    let person = |user: &str| {
        let subject = vec![lower("usr", user)];
        target(
            &system,
            Selection {
                tenant: exact("tenant", &["acme"]),
                subject,
                except: vec![],
            },
        )
    };
    assert_eq!(counts(place, &person("ada@example.com")).await.0, 3);
    assert_eq!(counts(place, &person("ärger@example.com")).await.0, 1);
    for size in [1, 10] {
        erase_all(place, &person("ada@example.com"), size).await;
    }
    assert_eq!(erase_all(place, &person("ärger@example.com"), 10).await, 1);
    assert_eq!(counts(place, &of_tenant(&system, "acme")).await.0, 1);
    let held = withholding(of_tenant(&system, "acme"), lower("usr", "bob"));
    assert_eq!(erase_all(place, &held, 10).await, 0);
}

pub async fn values_come_from_selected_and_withheld_records(place: &dyn Place) {
    place.put(&records("acme", 9)).await;
    place
        .put(&[Record {
            tenant: "zeta".into(),
            user: "stranger".into(),
        }])
        .await;
    let held = withholding(of_tenant(&place.system(), "acme"), exact("usr", &["u1"]));
    assert_eq!(
        probe(place).values(&held, "usr").await.unwrap(),
        ["u0", "u1", "u2"]
    );
}

pub async fn many_values_come_whole(place: &dyn Place) {
    let many: Vec<Record> = (0..2_500)
        .map(|n| Record {
            tenant: "acme".into(),
            user: format!("user{n:05}"),
        })
        .collect();
    place.put(&many).await;
    let system = place.system();
    let values = probe(place)
        .values(&of_tenant(&system, "acme"), "usr")
        .await
        .unwrap();
    assert_eq!(values.len(), 2_500);
    let texts: Vec<&str> = values.iter().map(String::as_str).collect();
    let subject = vec![exact("usr", &texts[..2_000])];
    let people = target(
        &system,
        Selection {
            tenant: exact("tenant", &["acme"]),
            subject,
            except: vec![],
        },
    );
    assert_eq!(counts(place, &people).await.0, 2_000);
    assert_eq!(erase_all(place, &people, 700).await, 2_000);
    assert_eq!(counts(place, &of_tenant(&system, "acme")).await.0, 500);
}

pub async fn a_container_that_is_not_there_is_blind_and_refused(place: &dyn Place) {
    place.put(&records("acme", 2)).await;
    let Some(system) = place.without_container() else {
        return;
    };
    let acme = of_tenant(&system, "acme");
    let registry = connectors::registry::Registry::new(Arc::new(Real));
    let probe = registry.probe(&system, &place.probe_secret()).unwrap();
    let question = Question {
        ids: vec![RecordId("1".into())],
        controls: vec![],
        count: vec![Side::Selected],
    };
    assert!(matches!(
        probe.look(&acme, &question).await,
        Err(ProbeError::Blind(_))
    ));
    assert!(matches!(
        probe.scan(&acme, Side::Selected, None, 10).await,
        Err(ProbeError::Blind(_))
    ));
    assert!(matches!(
        probe.values(&acme, "usr").await,
        Err(ProbeError::Blind(_))
    ));
    assert!(!probe.survey(&acme).await.unwrap().container_found);
    let eraser = registry.eraser(&system, &place.erase_secret()).unwrap();
    assert!(matches!(
        eraser.erase(&acme, &chunk(None, 10)).await,
        Err(EraseError::Refused(_))
    ));
}

pub async fn a_survey_finds_the_container(place: &dyn Place) {
    place.put(&records("acme", 2)).await;
    let survey = probe(place)
        .survey(&of_tenant(&place.system(), "acme"))
        .await
        .unwrap();
    assert!(survey.container_found);
    assert!(survey.fields.contains(&"tenant".to_owned()));
}

pub async fn nothing_starts_after_the_deadline(place: &dyn Place) {
    place.put(&records("acme", 5)).await;
    let acme = of_tenant(&place.system(), "acme");
    let late = Chunk {
        deadline: in_millis(0),
        ..chunk(None, 10)
    };
    assert_eq!(
        erase_by(place, Arc::new(Real), &acme, &late).await,
        Err(EraseError::TooLate)
    );
    for asked in 0..60 {
        let outcome = erase_by(place, Arc::new(Jumps::after(asked)), &acme, &chunk(None, 10)).await;
        let left = counts(place, &acme).await.0;
        match outcome {
            Err(EraseError::TooLate) => assert_eq!(left, 5, "nothing was deleted"),
            Ok(erased) => {
                assert!(
                    left >= 5 - erased.reported,
                    "no more was deleted than is reported"
                );
                if erased.next.is_none() {
                    assert_eq!(left, 0);
                    return;
                }
                erase_all(place, &acme, 10).await;
                place.put(&records("acme", 5)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("sixty looks at the clock are enough for one chunk");
}

pub async fn a_process_that_stood_still_deletes_nothing_late(place: &dyn Place) {
    if !place.keeps_deadlines() {
        return;
    }
    place.put(&records("acme", 5)).await;
    let acme = of_tenant(&place.system(), "acme");
    for at in 0..6 {
        let clock = Arc::new(Freezes::new(at, Duration::from_millis(2_000)));
        let short = Chunk {
            deadline: in_millis(1_500),
            ..chunk(None, 10)
        };
        let outcome = erase_by(place, clock.clone(), &acme, &short).await;
        if clock.asked() <= at {
            assert!(outcome.is_ok());
            return;
        }
        assert!(
            matches!(outcome, Err(EraseError::TooLate | EraseError::Transient(_))),
            "{outcome:?}"
        );
        assert_eq!(counts(place, &acme).await.0, 5, "frozen at look {at}");
    }
    panic!("six looks at the clock are enough for one chunk");
}

/// Makes a test of each sentence for a kind.
#[macro_export]
macro_rules! contract {
    ($place:expr; $($sentence:ident),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $sentence() {
            let place = $place.await;
            $crate::suite::$sentence(&place).await;
        }
    )+};
    ($place:expr) => {
        $crate::contract!($place;
            other_tenants_survive,
            each_record_is_scanned_once,
            withheld_records_survive,
            one_person_goes_and_the_others_of_the_tenant_stay,
            the_same_chunk_twice_erases_nothing_else,
            hostile_and_foreign_names_are_only_names,
            letters_of_any_case_are_one_name_where_it_is_said_so,
            values_come_from_selected_and_withheld_records,
            many_values_come_whole,
            a_container_that_is_not_there_is_blind_and_refused,
            a_survey_finds_the_container,
            nothing_starts_after_the_deadline,
            a_process_that_stood_still_deletes_nothing_late,
        );
    };
}
