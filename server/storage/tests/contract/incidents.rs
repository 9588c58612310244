//! Incidents and later checks.

use domain::digest::Digest;
use domain::incident::{Account, Incident, IncidentState, Refutation, SeenAgain};
use domain::inventory::DatasetRef;
use domain::later::{LaterCheck, LaterLook, LooksAt, Outcome};
use domain::port::store::StoreError;
use domain::register::{CertificateKind, CertificateRecord};
use domain::verification::Verdict;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{certificate, id, later, stored_plan};

async fn certified(world: &World) -> CertificateRecord {
    world
        .write(async |tx| {
            let plan = stored_plan(tx).await;
            let record = certificate(plan.request, plan.id, CertificateKind::Complete);
            tx.certificates().insert(&record).await.unwrap();
            record
        })
        .await
}

fn dataset() -> DatasetRef {
    DatasetRef::try_from("crm.users".to_owned()).unwrap()
}

fn incident(record: &CertificateRecord, n: u64) -> Incident {
    Incident {
        id: id(),
        request: record.request,
        certificate: record.id,
        opened_at: later(n),
        approver: Some(record.certified_by),
        seen: vec![SeenAgain {
            dataset: dataset(),
            remaining: n,
            looked_at: later(n),
        }],
        state: IncidentState::Suspected,
        refutation: None,
        account: Account::default(),
        closed: None,
        version: 1,
    }
}

fn check(record: &CertificateRecord, number: i64, due: u64) -> LaterCheck {
    LaterCheck {
        certificate: record.id,
        looks_at: LooksAt::Records,
        number,
        due_at: later(due),
        ended: None,
        looks: Vec::new(),
        version: 1,
    }
}

on_both! {
    async fn incidents_are_kept_in_order(world) {
        let record = certified(world).await;
        let (first, second) = (incident(&record, 1), incident(&record, 2));
        world.write(async |tx| {
            tx.incidents().insert(&first).await.unwrap();
            tx.incidents().insert(&second).await.unwrap();
        }).await;
        let (found, of, all) = world.read(async |tx| {
            let found = tx.incidents().find(second.id).await.unwrap();
            let of = tx.incidents().of_certificate(record.id).await.unwrap();
            let first = tx.reading().incident_page(None, 1).await.unwrap();
            let rest = tx.reading().incident_page(first.next, 1).await.unwrap();
            assert_eq!(rest.next, None);
            (found, of, [first.rows, rest.rows].concat())
        }).await;
        assert_eq!(found, Some(second.clone()));
        assert_eq!((of, all), (vec![first.clone(), second.clone()], vec![second.clone(), first.clone()]));
        let closed = Incident { closed: Some((record.certified_by, later(5))), ..first };
        world.write(async |tx| tx.incidents().update(&closed).await.unwrap()).await;
        let open = world.read(async |tx| tx.incidents().open().await.unwrap()).await;
        assert_eq!(open, [second]);
    }

    async fn what_was_decided_of_an_incident_stays(world) {
        let record = certified(world).await;
        let open = incident(&record, 1);
        let said = Refutation {
            by: record.certified_by,
            at: later(2),
            evidence: Digest::of(b"evidence"),
            explanation: "these are new records".into(),
        };
        let refuted = Incident { refutation: Some(said), ..open.clone() };
        let confirmed = Incident { state: IncidentState::Confirmed { by: record.certified_by, at: later(3) }, version: 2, ..open.clone() };
        world.write(async |tx| {
            tx.incidents().insert(&open).await.unwrap();
            tx.incidents().update(&refuted).await.unwrap();
            tx.incidents().update(&confirmed).await.unwrap();
        }).await;
        let stale = world.attempt(async |tx| tx.incidents().update(&refuted).await).await;
        assert!(matches!(stale, StoreError::Conflict(_)), "{stale:?}");
        let lifted = Incident { state: IncidentState::Refuted { by: record.certified_by, at: later(4) }, version: 3, ..open };
        let back = world.attempt(async |tx| tx.incidents().update(&lifted).await).await;
        assert!(matches!(back, StoreError::Refused(_)), "{back:?}");
    }

    async fn later_checks_are_planned_once_and_end(world) {
        let record = certified(world).await;
        let (first, second) = (check(&record, 1, 10), check(&record, 2, 20));
        world.write(async |tx| {
            tx.incidents().insert_later(&second).await.unwrap();
            tx.incidents().insert_later(&first).await.unwrap();
        }).await;
        let again = world.attempt(async |tx| tx.incidents().insert_later(&first).await).await;
        assert!(matches!(again, StoreError::Exists(_)), "{again:?}");
        let overdue = async |at| world.read(async |tx| tx.incidents().due_before(later(at)).await.unwrap()).await;
        assert_eq!(overdue(10).await, []);
        assert_eq!(overdue(30).await, [first.clone(), second.clone()]);
        let look = LaterLook { dataset: dataset(), verdict: Verdict::Absent, count: Some(0), looked_up: 3, found: 0, accepted: false, looked_at: later(11) };
        let ended = LaterCheck { ended: Some((later(11), Outcome::Clean)), looks: vec![look], ..first };
        world.write(async |tx| tx.incidents().update_later(&ended).await.unwrap()).await;
        assert_eq!(overdue(30).await, std::slice::from_ref(&second));
        let kept = world.read(async |tx| tx.incidents().later_checks(record.id).await.unwrap()).await;
        assert_eq!(kept, [LaterCheck { version: 2, ..ended.clone() }, second]);
        let stale = world.attempt(async |tx| tx.incidents().update_later(&ended).await).await;
        assert!(matches!(stale, StoreError::Conflict(_)), "{stale:?}");
    }
}
