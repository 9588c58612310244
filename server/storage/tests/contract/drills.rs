//! Drills, and months in which none ran.

use domain::digest::Digest;
use domain::drill::{Drill, DrillState, DrilledDataset, DrilledSystem, Month, Trouble};
use domain::id::{CertificateId, RequestId};
use domain::inventory::Slug;
use domain::port::store::{Store as _, StoreError};
use domain::time::date;

use crate::on_both;
use crate::support::nouns::{id, later, stored_plan};

fn drill(month: Option<&str>, request: Option<RequestId>) -> Drill {
    Drill {
        id: id(),
        month: month.map(|month| Month::parse(month).unwrap()),
        request,
        opened_at: later(1),
        due_on: date(2026, 3, 19).unwrap(),
        overdue_at: None,
        trouble: None,
        certificate: None,
        systems: Vec::new(),
        ended_at: None,
        version: 1,
    }
}

fn passed(drill: &Drill) -> Drill {
    let certificate: CertificateId = id();
    Drill {
        certificate: Some((certificate, later(3))),
        systems: vec![DrilledSystem {
            system: Slug::parse("crm").unwrap(),
            fingerprint: Digest::of(b"crm"),
            datasets: vec![DrilledDataset {
                dataset: Slug::parse("users").unwrap(),
                before: Some(3),
                lacks: None,
            }],
        }],
        ended_at: Some(later(3)),
        ..drill.clone()
    }
}

on_both! {
    async fn drills_are_kept_and_found_by_their_request(world) {
        let (first, second) = world.write(async |tx| {
            let request = stored_plan(tx).await.request;
            let first = drill(Some("2026-03"), Some(request));
            let second = drill(None, None);
            tx.drills().insert(&first).await.unwrap();
            tx.drills().insert(&second).await.unwrap();
            (first, second)
        }).await;
        let ended = passed(&first);
        world.write(async |tx| tx.drills().update(&ended).await.unwrap()).await;
        let (found, of, running, all) = world.read(async |tx| {
            let found = tx.drills().find(second.id).await.unwrap();
            let of = tx.drills().of_request(first.request.unwrap()).await.unwrap();
            (found, of, tx.drills().running().await.unwrap(), tx.drills().all().await.unwrap())
        }).await;
        let ended = Drill { version: 2, ..ended };
        assert_eq!((found, of), (Some(second.clone()), Some(ended.clone())));
        assert_eq!((running, all), (vec![second.clone()], vec![second, ended]));
    }

    async fn a_month_has_one_drill(world) {
        let first = drill(Some("2026-04"), None);
        world.write(async |tx| tx.drills().insert(&first).await.unwrap()).await;
        let again = world.attempt(async |tx| tx.drills().insert(&drill(Some("2026-04"), None)).await).await;
        assert!(matches!(again, StoreError::Exists(_)), "{again:?}");
        let besides = [drill(None, None), drill(None, None)];
        world.write(async |tx| {
            for drill in &besides {
                tx.drills().insert(drill).await.unwrap();
            }
        }).await;
    }

    async fn a_drill_that_has_passed_stays_so(world) {
        let ended = world.write(async |tx| {
            let request = stored_plan(tx).await.request;
            let open = drill(Some("2026-05"), Some(request));
            tx.drills().insert(&open).await.unwrap();
            let ended = passed(&open);
            tx.drills().update(&ended).await.unwrap();
            ended
        }).await;
        assert_eq!(ended.state(), DrillState::Passed);
        let stale = world.attempt(async |tx| tx.drills().update(&ended).await).await;
        assert!(matches!(stale, StoreError::Conflict(_)), "{stale:?}");
        let trouble = Some(Trouble { at: later(5), why: "somebody says so".into() });
        let undone = Drill { certificate: None, trouble, version: 2, ..ended };
        let refused = world.attempt(async |tx| tx.drills().update(&undone).await).await;
        assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    }

    async fn a_look_is_noted_without_an_entry(world) {
        let mut tx = world.store.begin().await.unwrap();
        tx.settings().note("watched_at", "now").await.unwrap();
        tx.commit().await.unwrap();
        let noted = world.read(async |tx| tx.settings().text("watched_at").await.unwrap()).await;
        assert_eq!(noted.as_deref(), Some("now"));
    }
}
