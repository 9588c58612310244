//! Workers that are not heard of again: their lease authorises nothing more, and what they began is accounted for (invariants 1
//! and 5). Only verification has something erased again.

use std::time::Duration;

use domain::actor::Actor;
use domain::attempt::{Attempt, Outcome, Step, StepState};
use domain::audit::Event;
use domain::id::{AttemptId, EntryId, RequestId};
use domain::job::{Disposition, Job, Leased, Queue};
use domain::port::store::Store as _;
use domain::time::Clock as _;
use serde_json::json;

use crate::world::{Kind, World};

const LEASE: Duration = Duration::from_secs(120);

impl World {
    /// Approved, and the grace period over: steps are ready, and nobody works on them.
    async fn erasing(&self) -> RequestId {
        let id = self.planned().await;
        self.approve(id).await;
        while self.state(id).await != "erasing" {
            let at = self.database.store.next_job_at(&Queue::ALL).await.unwrap();
            self.clock.advance_to(at.unwrap());
            let queues = [Queue::Probe, Queue::Process, Queue::Mail, Queue::Issue];
            for job in self.leased(&queues).await {
                let disposition = self.engine.run(&job).await;
                self.database.store.finish(&job, &disposition).await.unwrap();
            }
        }
        id
    }

    async fn leased(&self, queues: &[Queue]) -> Vec<Leased> {
        let store = &self.database.store;
        store.lease(queues, 8, self.clock.now(), LEASE).await.unwrap()
    }

    async fn steps(&self, id: RequestId) -> Vec<Step> {
        let mut tx = self.ports.store.read().await.unwrap();
        tx.attempts().steps(id, None).await.unwrap()
    }

    /// Every chunk that was ever authorised for a request.
    async fn chunks(&self, id: RequestId) -> Vec<Attempt> {
        let steps = self.steps(id).await;
        let mut tx = self.ports.store.read().await.unwrap();
        let mut chunks = Vec::new();
        for step in steps {
            chunks.extend(tx.attempts().of_step(step.id).await.unwrap());
        }
        chunks
    }

    /// No chunk reads as started any more.
    pub async fn assert_every_chunk_is_accounted_for(&self, id: RequestId) {
        let chunks = self.chunks(id).await;
        assert!(!chunks.is_empty());
        for chunk in chunks {
            assert!(chunk.outcome.is_some(), "{chunk:?}");
        }
    }

    /// As a worker leaves it that is killed between authorisation and outcome, long ago.
    async fn silent_chunk(&self, step: &Step) -> AttemptId {
        let now = self.clock.now();
        let tenant = self.request(step.request).await.tenant_key;
        let chunk = Attempt {
            id: AttemptId::from(step.id.uuid()),
            step: step.id,
            request: step.request,
            tenant_key: tenant,
            dataset: step.dataset.clone(),
            fence: 1,
            authorised_at: now,
            deadline: now.after(Duration::from_secs(1)),
            expires_at: now.after(Duration::from_secs(2)),
            outcome: None,
        };
        let mut tx = self.ports.store.begin().await.unwrap();
        tx.attempts().start(&chunk).await.unwrap();
        let event = Event::new("attempt.authorised", format!("attempt:{}", chunk.id), json!({}));
        let entry = event.entry(
            EntryId::from(step.id.uuid()),
            &Actor::System("tests"),
            now,
            [6; 16],
        );
        tx.log().append(&entry).await.unwrap();
        tx.commit().await.unwrap();
        self.clock.advance(Duration::from_secs(3));
        chunk.id
    }

    async fn leave(&self, job: Job) {
        let mut tx = self.ports.store.begin().await.unwrap();
        tx.jobs().enqueue(&job, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

journeys! {
    /// The lease was lost and somebody else has the step: the first worker wakes up and authorises nothing.
    async fn a_worker_that_lost_its_lease_authorises_nothing(world: World) {
        let id = world.erasing().await;
        let stale = world.leased(&[Queue::EraseStep]).await;
        assert!(stale.len() > 1);
        world.clock.advance(LEASE + Duration::from_secs(1));
        let before = world.systems.census("acme").await;
        for job in &stale {
            assert_eq!(world.engine.run(job).await, Disposition::Done, "expired");
        }
        let fresh = world.leased(&[Queue::EraseStep]).await;
        assert_eq!(fresh.len(), stale.len());
        for job in &stale {
            assert_eq!(world.engine.run(job).await, Disposition::Done, "somebody else's by now");
        }
        assert_eq!((world.chunks(id).await.len(), world.systems.census("acme").await), (0, before));
        for job in &fresh {
            let disposition = world.engine.run(job).await;
            world.database.store.finish(job, &disposition).await.unwrap();
        }
        assert!(!world.chunks(id).await.is_empty(), "whoever holds the lease does");
    }

    /// A chunk of a killed worker reads as started until it is written off; and nothing is certified before.
    async fn nothing_is_certified_while_a_chunk_reads_as_started(world: World) {
        let id = world.verified().await;
        let step = world.steps(id).await.remove(0);
        assert_eq!(step.state, StepState::Done);
        let silent = world.silent_chunk(&step).await;
        world.spot_check(id).await;
        world.certify(id).await;
        let chunks = world.chunks(id).await;
        let chunk = chunks.iter().find(|chunk| chunk.id == silent).unwrap();
        assert_eq!(chunk.outcome.as_ref().map(|(_, outcome)| outcome), Some(&Outcome::TimedOut));
        world.assert_every_chunk_is_accounted_for(id).await;
    }

    /// Killed, and its job is gone: the watch writes the chunk off and has the step go on.
    async fn a_step_without_a_job_goes_on_once_its_chunk_is_written_off(world: World) {
        let id = world.erasing().await;
        for lost in world.leased(&[Queue::EraseStep]).await {
            world.database.store.finish(&lost, &Disposition::Done).await.unwrap();
        }
        for step in world.steps(id).await {
            world.silent_chunk(&step).await;
        }
        world.run_ready().await;
        assert_eq!(world.state(id).await, "erasing", "nobody works on it");
        world.leave(Job::Watch).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "verified", "{:?}", world.request(id).await.aside);
        world.assert_every_chunk_is_accounted_for(id).await;
        assert_eq!(world.systems.census("acme").await, [0, 0, 0, 0]);
    }

    /// A remediation that verification did not ask for does nothing, in whatever stage it comes.
    async fn only_verification_has_something_erased_again(world: World) {
        let id = world.planned().await;
        let ask = async |round| {
            world.leave(Job::Remediate { request: id, round }).await;
            world.run_ready().await;
        };
        ask(0).await;
        assert_eq!((world.state(id).await, world.steps(id).await.len()), ("planned", 0));
        world.approve(id).await;
        ask(0).await;
        assert_eq!((world.state(id).await, world.steps(id).await.len()), ("scheduled", 0));
        world.run_jobs().await;
        let (request, steps) = (world.request(id).await, world.steps(id).await);
        for round in [0, 1, 2] {
            ask(round).await;
        }
        assert_eq!((world.request(id).await, world.steps(id).await), (request, steps));
        assert_eq!(world.engine.parked_jobs(&world.people.operator).await.unwrap(), []);
    }

    /// What never goes is erased a bounded number of times; then a person is asked, and nobody certifies.
    async fn what_never_goes_is_erased_a_bounded_number_of_times(world: World) {
        let lie = r#"lie = "deletes_nothing""#;
        world.apply_inventory(&world.systems.lying_inventory("crm", lie)).await;
        let id = world.planned().await;
        world.approve(id).await;
        world.run_jobs().await;
        let request = world.request(id).await;
        assert_eq!((request.state_word(), request.round), ("needs_attention", world.engine.policy().max_rounds));
        let rounds = world.steps(id).await.iter().map(|step| step.round).max();
        assert_eq!(rounds, Some(request.round));
        let evidence = world.engine.evidence(&world.people.second_officer, id).await.unwrap();
        assert!(world.engine.certify(&world.people.second_officer, id, evidence.digest()).await.is_err());
    }
}
