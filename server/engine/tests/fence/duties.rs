//! Retention duties are in the same fence (H6): from the commit that records one, nothing it covers is authorised.

use std::sync::Arc;
use std::time::Duration;

use domain::attempt::StepState;
use domain::hold::Ground;
use domain::port::store::Store as _;
use domain::retention::KeeperId;
use domain::time::{Clock, Timestamp, days_later};
use engine::Engine;
use tokio::time::timeout;

use crate::call::{Course, NoteTaking, Notes};
use crate::gates::{Desk, state_of};
use crate::order::{Commits, Order};
use crate::plans::{self, Draft};
use crate::scopes::{self, every_kind};
use crate::site::{Site, apply_inventory, counsel, now, policy, ports, run_ready};

/// The time, some days from now.
struct InDays(i32);

impl Clock for InDays {
    fn now(&self) -> Timestamp {
        now().after(Duration::from_secs(24 * 3_600) * u32::try_from(self.0).unwrap())
    }
}

async fn prepared(site: &Site, lead: Duration) -> (Desk, Desk) {
    let order = Arc::new(Order::default());
    let desks = (
        Desk::open(site, &order, lead).await,
        Desk::open(site, &order, lead).await,
    );
    apply_inventory(&desks.1.engine, &scopes::inventory()).await;
    desks
}

on_both! {
    /// Recorded between two chunks, for every kind of scope.
    async fn a_duty_recorded_mid_run_stops_the_next_chunk(site: Site) {
        let (worker, office) = prepared(&site, Duration::from_millis(10)).await;
        let store = &site.database.store;
        let today = now().date();
        for (n, (name, kept)) in every_kind("acme").into_iter().enumerate() {
            if kept.tenant.is_none() {
                // It would stand for the rest of the test.
                continue;
            }
            let tenant = plans::tenant(store, &format!("acme-{n}")).await;
            let datasets = vec![scopes::dataset("crm.users")];
            let draft = Draft { tenant: &tenant, person: None, datasets, kept: Vec::new() };
            let step = draft.start(store, |step| step.to_string()).await.steps[0].0;
            let before = worker.notes.len();
            let work = worker.work();
            while worker.notes.len() < before + 3 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let kept = scopes::Kept { tenant: Some(format!("acme-{n}")), ..kept };
            let actor = counsel();
            let recording = office.engine.record_duty(&actor, "audit trail", Ground::LegalObligation, kept.scope(), today);
            let duty = recording.await.unwrap();
            let recorded = office.commits.durable();
            timeout(Duration::from_secs(20), work).await.expect("the duty stops the step").unwrap();
            let behind = worker.notes.all().into_iter().filter(|call| call.authorised > recorded).count();
            assert_eq!(behind, 0, "chunks authorised behind a duty on {name}");
            let found = store.read().await.unwrap().attempts().find_step(step).await.unwrap().unwrap();
            assert_eq!(found.state, StepState::Stopped { keeper: KeeperId::Duty(duty.id) });
        }
    }

    /// A duty being recorded keeps authorisations waiting, and waits for them.
    async fn a_duty_and_an_authorisation_wait_for_each_other(site: Site) {
        let (worker, office) = prepared(&site, Duration::ZERO).await;
        let store = &site.database.store;
        let tenant = plans::tenant(store, "acme").await;
        let datasets = vec![scopes::dataset("crm.users")];
        let draft = || Draft { tenant: &tenant, person: None, datasets: datasets.clone(), kept: Vec::new() };
        draft().start(store, |step| step.to_string()).await;
        let gate = worker.commits.gate();
        let work = worker.work();
        gate.reached().await;
        let record = || {
            let engine = office.engine.clone();
            tokio::spawn(async move {
                let scope = crate::site::whole("acme");
                engine.record_duty(&counsel(), "audit trail", Ground::LegalObligation, scope, now().date()).await.unwrap()
            })
        };
        let mut recording = record();
        assert!(timeout(Duration::from_millis(120), &mut recording).await.is_err(), "the duty overtook an authorisation");
        gate.open();
        recording.await.unwrap();
        let recorded = office.commits.durable();
        work.await.unwrap();
        let calls = worker.notes.len();
        assert!(calls > 0 && worker.notes.all().iter().all(|call| call.authorised < recorded));

        let step = draft().start(store, |step| step.to_string()).await.steps[0].0;
        let gate = office.commits.gate();
        let recording = record();
        gate.reached().await;
        let mut work = worker.work();
        assert!(timeout(Duration::from_millis(120), &mut work).await.is_err(), "an authorisation overtook the duty");
        gate.open();
        recording.await.unwrap();
        work.await.unwrap();
        assert_eq!((worker.notes.len() - calls, state_of(store, step).await), (0, "stopped"));
    }

    /// The last day of a duty is kept; the day after, the chunk is authorised.
    async fn a_duty_stops_until_its_last_day(site: Site) {
        let (worker, office) = prepared(&site, Duration::ZERO).await;
        let store = &site.database.store;
        let tenant = plans::tenant(store, "acme").await;
        let until = days_later(now().date(), 2).unwrap();
        let scope = crate::site::whole("acme");
        office.engine.record_duty(&counsel(), "audit trail", Ground::LegalObligation, scope, until).await.unwrap();
        for (days, erased) in [(0, false), (1, false), (2, false), (3, true)] {
            let datasets = vec![scopes::dataset("crm.users")];
            let draft = Draft { tenant: &tenant, person: None, datasets, kept: Vec::new() };
            draft.start(store, |step| step.to_string()).await;
            let commits = Arc::new(Commits::default());
            let notes = Arc::new(Notes::default());
            let course = || Course { end: crate::call::End::Last, ..Course::default() };
            let erasers =
                NoteTaking { order: Arc::default(), commits, notes: Arc::clone(&notes), course };
            let mut ports = ports(Arc::clone(worker.engine.store()), Some(Arc::new(erasers)), None);
            ports.clock = Arc::new(InDays(days));
            let engine = Engine::new(ports, policy(Duration::from_secs(30), Duration::from_secs(60)));
            run_ready(&engine, &[domain::job::Queue::EraseStep]).await;
            // The eraser judges by its own clock, which is ours: it is never too late.
            assert_eq!(notes.len() == 1, erased, "{days} days from now");
        }
    }
}
