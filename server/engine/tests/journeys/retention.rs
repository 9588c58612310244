//! Our own copies: what a request asked for, and the samples, are destroyed when nothing and nobody can need them; what was
//! certified stays (C6, A3).

use std::time::Duration;

use domain::id::RequestId;
use domain::register::CertificateState;
use domain::request::RefusalReason;
use domain::revocation::RevocationReason;
use domain::time::Clock as _;
use engine::{Engine, Error, Policy};

use crate::world::{Kind, World, policy};

const DAY: Duration = Duration::from_secs(24 * 3600);
const WHY: &str = "A system that held records was missing from the inventory.";

impl World {
    /// Disputes are possible for so many days.
    pub fn disputed_for(&mut self, days: u32) {
        let policy = Policy {
            dispute_window: DAY * days,
            ..policy()
        };
        self.engine = Engine::new(self.ports.clone(), policy);
    }

    fn destroyed(&self) -> Vec<RequestId> {
        self.destroyed.0.lock().unwrap().clone()
    }

    async fn log_kinds(&self, request: RequestId) -> Vec<String> {
        let mut tx = self.ports.store.read().await.unwrap();
        let entries = tx.log().about(&format!("request:{request}")).await.unwrap();
        entries.into_iter().map(|entry| entry.claims.kind).collect()
    }
}

journeys! {
    /// The latest of the later checks and the time for disputes; once, and written down.
    async fn keys_are_destroyed_when_the_time_for_disputes_is_over(world: World) {
        let mut world = world;
        world.disputed_for(120);
        let (request, id) = world.issued().await;
        world.days_go_by(119).await;
        assert_eq!(world.state(request).await, "closed");
        assert_eq!(world.destroyed(), []);
        assert!(world.request(request).await.key.is_some());
        world.days_go_by(2).await;
        assert_eq!(world.destroyed(), [request]);
        let gone = world.request(request).await;
        assert!(gone.key.is_none() && gone.identifiers.is_none() && gone.destroyed_at.is_some());
        world.days_go_by(3).await;
        assert_eq!(world.destroyed(), [request], "once");
        let kinds = world.log_kinds(request).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "request.key_destroyed").count(), 1);

        let (record, statement, document) = world.engine.certificate(&world.people.auditor, id).await.unwrap();
        assert_eq!(record.state, CertificateState::Issued);
        assert!(statement.is_some() && document.is_some(), "the proof stays");
        let look = world.engine.look_again_now(&world.people.officer, id).await;
        assert!(matches!(&look, Err(Error::NotNow(why)) if why.contains("destroyed")), "{look:?}");
        let (engine, people) = (&world.engine, &world.people);
        engine.propose_revocation(&people.officer, id, RevocationReason::WrongStatement, WHY).await.unwrap();
        engine.confirm_revocation(&people.counsel, id).await.unwrap();
        let correction = engine.begin_correction(&people.officer, request).await;
        assert!(matches!(&correction, Err(Error::NotNow(why)) if why.contains("new request")), "{correction:?}");
    }

    /// The look after 90 days needs the samples, however short the time for disputes.
    async fn a_later_check_that_is_to_come_keeps_the_key(world: World) {
        let mut world = world;
        world.disputed_for(10);
        let (request, _) = world.issued().await;
        world.days_go_by(60).await;
        assert_eq!(world.destroyed(), []);
        world.days_go_by(31).await;
        assert_eq!(world.state(request).await, "closed");
        assert_eq!(world.destroyed(), [request], "nothing else is waited for");
    }

    /// A certificate that is revoked awaits its correction, for which its request must be known.
    async fn a_revoked_certificate_keeps_the_key_until_it_is_corrected(world: World) {
        let mut world = world;
        world.disputed_for(100);
        let (request, id) = world.issued().await;
        world.days_go_by(91).await;
        assert_eq!(world.state(request).await, "closed");
        let (engine, people) = (&world.engine, &world.people);
        engine.propose_revocation(&people.officer, id, RevocationReason::WrongStatement, WHY).await.unwrap();
        engine.confirm_revocation(&people.counsel, id).await.unwrap();
        world.days_go_by(30).await;
        assert_eq!(world.destroyed(), []);
        world.engine.begin_correction(&world.people.officer, request).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.state(request).await, "planned", "a closed request is opened again to be corrected");
    }

    /// A refusal can be disputed as well.
    async fn a_refused_request_is_kept_as_long(world: World) {
        let mut world = world;
        world.disputed_for(20);
        let request = world.open_person_request(&["email=user3@acme.example"]).await.id;
        let reason = RefusalReason::IdentityNotEstablished;
        world.engine.refuse_request(&world.people.officer, request, reason).await.unwrap();
        let refused = world.clock.now();
        world.days_go_by(19).await;
        assert_eq!(world.destroyed(), []);
        world.days_go_by(2).await;
        assert_eq!(world.destroyed(), [request]);
        let gone = world.request(request).await;
        assert!(gone.destroyed_at.unwrap() >= refused.after(20 * DAY));
    }
}
