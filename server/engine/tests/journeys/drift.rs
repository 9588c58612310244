//! Drift: what an approver saw is counted again just before the start; what changed too much is approved again.

use std::sync::Arc;
use std::time::Duration;

use domain::drift::{Drift, Tolerance};
use domain::id::RequestId;
use domain::job::Queue;
use domain::mail::MailKind;
use domain::port::store::Store;
use domain::request::Aside;
use domain::selection::Side;
use domain::time::Clock;
use engine::{Engine, Policy};

use crate::crash::fuse::Fuse;
use crate::crash::fused;
use crate::world::{Kind, World, policy};

const A_HUNDRED_MORE: &str = "WITH RECURSIVE n(i) AS (SELECT 101 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
     INSERT INTO users (id, tenant, email, made) SELECT i, 'acme', 'late' || i || '@acme.example', '2025-01-01' FROM n";
const A_HUNDRED_FEWER: &str = "DELETE FROM users WHERE id BETWEEN 101 AND 200";

impl World {
    /// A request whose grace period runs.
    async fn scheduled(&self) -> RequestId {
        let id = self.planned().await;
        self.approve(id).await;
        id
    }

    /// Entries of a kind about a request.
    async fn logged(&self, id: RequestId, kind: &str) -> usize {
        let mut tx = self.ports.store.read().await.unwrap();
        let entries = tx.log().about(&format!("request:{id}")).await.unwrap();
        entries.iter().filter(|entry| entry.claims.kind == kind).count()
    }

    /// What an approver is told.
    async fn drifted(&self, id: RequestId) -> Vec<Drift> {
        self.engine
            .proposal(&self.people.officer, id)
            .await
            .unwrap()
            .drifted
    }

    /// It waits for another approval, and nothing was erased.
    async fn assert_asked_again(&self, id: RequestId, acme: [i64; 4]) {
        assert_eq!(
            self.state(id).await,
            "planned",
            "{:?}",
            self.request(id).await.aside
        );
        assert_eq!(self.request(id).await.approval, None);
        assert_eq!(self.logged(id, "request.drifted").await, 1);
        assert_eq!(self.logged(id, "request.started").await, 0);
        assert_eq!(
            self.mails.sent(MailKind::ApproveAgain),
            2,
            "both officers are told"
        );
        assert_eq!(self.systems.census("acme").await, acme);
    }

    /// Runs what is ready in one queue, once.
    async fn run_once(&self, queue: Queue) {
        let store = &self.database.store;
        let leased = store
            .lease(&[queue], 8, self.clock.now(), Duration::from_secs(120))
            .await
            .unwrap();
        assert!(!leased.is_empty(), "nothing is ready in {}", queue.word());
        for job in leased {
            let disposition = self.engine.run(&job).await;
            store.finish(&job, &disposition).await.unwrap();
        }
    }
}

journeys! {
    /// Somebody adds records: the approval was of fewer.
    async fn many_more_records_than_approved_are_approved_again(world: World) {
        let id = world.scheduled().await;
        let old = world.engine.proposal(&world.people.officer, id).await.unwrap();
        assert_eq!(old.drifted, []);
        world.systems.run("crm", A_HUNDRED_MORE).await;
        world.run_jobs().await;
        world.assert_asked_again(id, [140, 40, 40, 40]).await;
        let told = world.drifted(id).await;
        assert_eq!(told.iter().map(|drift| (drift.dataset.to_string(), drift.side, drift.before, drift.now)).collect::<Vec<_>>(),
            [("crm.users".to_owned(), Side::Selected, 40, 140)]);
        let stale = world.engine.approve_request(&world.people.officer, id, old.digest, Vec::new(), None).await;
        assert!(stale.is_err(), "what was approved is not what is there");
        assert_ne!(world.request(id).await.plan, Some(old.plan.id), "the plan is a fresh one");

        world.approve(id).await;
        assert_eq!(world.drifted(id).await, []);
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "verified", "{:?}", world.request(id).await.aside);
        assert_eq!(world.systems.census("acme").await, [0; 4]);
    }

    /// Somebody else deletes: what is gone without us would be certified as erased by us.
    async fn many_fewer_records_than_approved_are_approved_again(world: World) {
        let id = world.scheduled().await;
        world.systems.run("billing", "DELETE FROM invoices WHERE customer = 'acme' AND no < 'acme-3'").await;
        let [.., invoices, _] = world.systems.census("acme").await;
        world.run_jobs().await;
        world.assert_asked_again(id, [40, 40, invoices, 40]).await;
    }

    /// Work goes on at a tenant until the contract ends: a few records are no reason to ask again.
    async fn a_few_records_more_are_erased_as_approved(world: World) {
        let id = world.scheduled().await;
        world.systems.run("crm", "INSERT INTO users (id, tenant, email, made) VALUES (101, 'acme', 'a@acme.example', '2025-01-01')").await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "verified", "{:?}", world.request(id).await.aside);
        assert_eq!(world.logged(id, "request.drifted").await, 0);
        assert_eq!(world.systems.census("acme").await, [0; 4]);
    }

    /// Who wants to be asked about every record is asked.
    async fn with_no_tolerance_one_record_is_approved_again(fresh: World) {
        let mut world = fresh;
        let drift = Tolerance { percent: 0, records: 0 };
        world.engine = Engine::new(world.ports.clone(), Policy { drift, ..policy() });
        let id = world.scheduled().await;
        world.systems.run("crm", "INSERT INTO users (id, tenant, email, made) VALUES (101, 'acme', 'a@acme.example', '2025-01-01')").await;
        world.run_jobs().await;
        world.assert_asked_again(id, [41, 40, 40, 40]).await;
    }

    /// One withheld record that is missing is evidence that is missing.
    async fn one_withheld_record_that_is_missing_stops_the_start(world: World) {
        let subject = ["user3", "user4"].map(|user| domain::subject::Identifier::parse(&format!("email={user}@acme.example")).unwrap());
        world.place(engine::holds::NewScope { subject: subject.into(), ..crate::holds::acme() }).await;
        let id = world.scheduled().await;
        world.systems.run("billing", "DELETE FROM invoices WHERE no = 'acme-3'").await;
        world.run_jobs().await;
        world.assert_asked_again(id, [40, 40, 39, 40]).await;
        let told = world.drifted(id).await;
        assert_eq!(told.iter().map(|drift| (drift.side, drift.before, drift.now)).collect::<Vec<_>>(), [(Side::Withheld, 2, 1)]);
    }

    /// A recount does not keep for ever: a run that was paused after it is counted once more.
    async fn a_run_paused_between_recount_and_start_is_counted_again(world: World) {
        let id = world.scheduled().await;
        world.run_ready().await;
        world.clock.advance_to(world.request(id).await.starts_at.unwrap());
        world.run_once(Queue::Process).await;
        world.run_once(Queue::Probe).await;
        world.engine.pause_request(&world.people.officer, id, "a question").await.unwrap();
        world.run_ready().await;
        world.systems.run("crm", A_HUNDRED_MORE).await;
        world.clock.advance(Duration::from_secs(7_200));
        world.engine.unpause_request(&world.people.officer, id).await.unwrap();
        world.run_jobs().await;
        world.assert_asked_again(id, [140, 40, 40, 40]).await;
    }

    /// A probe that finds nothing at the start has not seen what was approved.
    async fn a_probe_that_sees_nothing_at_the_start_is_not_believed(world: World) {
        let lie = r#"lie = "sees_nothing", lie_looks = 1"#;
        world.apply_inventory(&world.systems.lying_inventory("billing", lie)).await;
        let id = world.scheduled().await;
        world.run_jobs().await;
        world.assert_asked_again(id, [40; 4]).await;
    }

    /// A probe that cannot look at the start: nothing starts, and the operator is told where and what to do.
    async fn a_probe_that_goes_blind_at_the_start_stops_it_and_is_named(world: World) {
        let lie = r#"lie = "goes_blind", lie_looks = 1"#;
        world.apply_inventory(&world.systems.lying_inventory("billing", lie)).await;
        let id = world.scheduled().await;
        world.run_jobs().await;
        let request = world.request(id).await;
        let Some(Aside::NeedsAttention { what, who, .. }) = &request.aside else { panic!("{:?}", request.aside) };
        assert!(what.contains("billing.invoices: the credential was refused") && what.contains("settle"), "{what}");
        assert_eq!((who.as_str(), request.state_word()), ("operator", "needs_attention"));
        assert_eq!(world.systems.census("acme").await, [40; 4]);
        assert_eq!(world.logged(id, "request.started").await, 0);

        world.apply_inventory(&world.systems.inventory()).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "planned", "mended, it is planned on the mended inventory");
    }

    /// Killed at any moment of the recount, or run twice, it asks again once: one entry, one mail to each officer.
    async fn killed_anywhere_in_a_recount_it_asks_again_once(world: World) {
        let id = world.planned().await;
        let (mut more, mut rounds) = (false, 0);
        for moment in 1.. {
            world.approve(id).await;
            more = !more;
            world.systems.run("crm", if more { A_HUNDRED_MORE } else { A_HUNDRED_FEWER }).await;
            world.run_ready().await;
            world.clock.advance_to(world.request(id).await.starts_at.unwrap());
            world.run_once(Queue::Process).await;
            let fuse = Arc::new(Fuse::blows_at(moment));
            let mortal = Engine::new(fused(&world.ports, fuse.clone()), policy());
            let store = &world.database.store;
            let leased = store.lease(&[Queue::Probe], 1, world.clock.now(), Duration::from_secs(120)).await.unwrap();
            mortal.run(&leased[0]).await;
            let whole = !fuse.is_blown();
            if whole {
                mortal.run(&leased[0]).await;
            }
            // The killed process finishes nothing: its lease runs out.
            world.run_jobs().await;
            rounds += 1;
            assert_eq!(world.state(id).await, "planned", "killed at moment {moment}");
            assert_eq!(world.logged(id, "request.drifted").await, rounds, "killed at moment {moment}");
            assert_eq!(world.mails.sent(MailKind::ApproveAgain), 2 * rounds, "killed at moment {moment}");
            assert_eq!(world.logged(id, "request.started").await, 0);
            if whole {
                break;
            }
        }
        assert!(rounds > 12, "the recount has more moments than {rounds}");
    }
}
