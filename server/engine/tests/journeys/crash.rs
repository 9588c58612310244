//! Killed anywhere, restarted, and run twice: the thread ends with the same claims (invariant 5).

pub mod fuse;

use std::sync::Arc;
use std::time::Duration;

use domain::certificate::Claims;
use domain::id::RequestId;
use domain::job::{Disposition, Queue};
use domain::port::store::Store;
use domain::register::CertificateState;
use domain::time::Clock;
use engine::{Engine, Policy, Ports};

use crate::world::{Kind, World, policy};
use fuse::Fuse;

/// How many port calls a run may take before the test is wrong.
const MOST_CALLS: u64 = 5_000;

/// What must be the same however often the engine was killed: the claims without moments, random ids and what the eraser reported.
fn essence(claims: &Claims) -> Vec<String> {
    let systems = claims.systems.iter().flat_map(|system| {
        system.datasets.iter().map(|dataset| {
            format!(
                "{} {} {:?} {:?} {:?}",
                system.name, dataset.name, dataset.before, dataset.after, dataset.verification.verdict
            )
        })
    });
    let withheld = claims.withheld.iter().map(|part| {
        format!(
            "{} {:?} {:?} {}",
            part.system, part.dataset, part.records, part.ground
        )
    });
    let whole = format!(
        "{:?} {:?} {:?}",
        claims.kind, claims.inventory, claims.hold_check.result
    );
    systems.chain(withheld).chain([whole]).collect()
}

/// Works on a request with an engine that may die; gives the claims once a certificate is issued.
struct Run<'a> {
    world: &'a World,
    id: RequestId,
    twice: bool,
}

impl Run<'_> {
    /// Jobs that are ready, with the engine as it is. A dead engine finishes nothing: its leases run out.
    async fn work(&self, engine: &Engine, fuse: &Fuse) {
        let store = &self.world.database.store;
        loop {
            let leased = store
                .lease(&Queue::ALL, 4, self.world.clock.now(), Duration::from_secs(120))
                .await
                .unwrap();
            if leased.is_empty() || fuse.is_blown() {
                return;
            }
            for job in leased {
                let mut disposition = engine.run(&job).await;
                if self.twice {
                    disposition = engine.run(&job).await;
                    let harmless = matches!(disposition, Disposition::Done | Disposition::Again { .. });
                    assert!(harmless, "{:?} run twice: {disposition:?}", job.job);
                }
                if fuse.is_blown() {
                    return;
                }
                store.finish(&job, &disposition).await.unwrap();
            }
        }
    }

    /// Until the certificate is issued. When the fuse blows, the engine is made anew, without one.
    async fn to_the_end(&self, fuse: Arc<Fuse>) -> Claims {
        let mut engine = Engine::new(fused(&self.world.ports, fuse.clone()), hasty());
        let mut fuse = fuse;
        for _ in 0..400 {
            self.work(&engine, &fuse).await;
            if fuse.is_blown() {
                fuse = Arc::new(Fuse::never());
                engine = Engine::new(fused(&self.world.ports, fuse.clone()), hasty());
                continue;
            }
            match self.world.state(self.id).await {
                "planned" => self.world.approve(self.id).await,
                "verified" => {
                    self.world.spot_check(self.id).await;
                    self.world.certify(self.id).await;
                }
                "certified" => {
                    if let Some(claims) = self.issued().await {
                        return claims;
                    }
                }
                _ => {}
            }
            if let Some(at) = self.world.database.store.next_job_at(&Queue::ALL).await.unwrap() {
                self.world.clock.advance_to(at);
            }
        }
        panic!(
            "the thread never came to its end: {:?}",
            self.world.request(self.id).await
        );
    }

    async fn issued(&self) -> Option<Claims> {
        let records = self
            .world
            .engine
            .certificates_of(&self.world.people.auditor, self.id)
            .await
            .unwrap();
        assert!(records.len() <= 1, "two certificates for one request");
        let record = records
            .into_iter()
            .find(|record| record.state == CertificateState::Issued)?;
        let (_, statement, document) = self
            .world
            .engine
            .certificate(&self.world.people.auditor, record.id)
            .await
            .unwrap();
        document.expect("an issued certificate has its document");
        Some(Claims::parse(&statement.unwrap().bytes).unwrap())
    }
}

/// Every port behind one fuse.
pub fn fused(ports: &Ports, fuse: Arc<Fuse>) -> Ports {
    Ports {
        store: Arc::new(fuse::FusedStore {
            inner: ports.store.clone(),
            fuse: fuse.clone(),
        }),
        erasers: ports.erasers.clone().map(|inner| {
            Arc::new(fuse::FusedErasers {
                inner,
                fuse: fuse.clone(),
            }) as _
        }),
        probes: ports.probes.clone().map(|inner| {
            Arc::new(fuse::FusedProbes {
                inner,
                fuse: fuse.clone(),
            }) as _
        }),
        signer: ports.signer.clone().map(|inner| {
            Arc::new(fuse::FusedSigner {
                inner,
                fuse: fuse.clone(),
            }) as _
        }),
        press: ports.press.clone().map(|inner| {
            Arc::new(fuse::FusedPress {
                inner,
                fuse: fuse.clone(),
            }) as _
        }),
        mailer: ports
            .mailer
            .clone()
            .map(|inner| Arc::new(fuse::FusedMailer { inner, fuse }) as _),
        ..ports.clone()
    }
}

/// One whole thread, with `billing` under hold, killed at the n-th port call.
async fn thread(world: &World, fuse: Arc<Fuse>, twice: bool) -> Claims {
    let request = world.open_tenant_request().await;
    world.confirm(request.id).await;
    let claims = Run {
        world,
        id: request.id,
        twice,
    }
    .to_the_end(fuse)
    .await;
    assert_eq!(
        world.systems.census("acme").await,
        [0, 0, 40, 0],
        "erased, and nothing under hold"
    );
    assert_eq!(world.systems.census("globex").await, [40, 40, 40, 40]);
    world.assert_every_chunk_is_accounted_for(request.id).await;
    world
        .engine
        .verify_log(&world.people.auditor, &world.keys.log_keys().unwrap())
        .await
        .unwrap();
    claims
}

/// A grace period of a minute, so that hundreds of threads fit into the life of one key.
fn hasty() -> Policy {
    Policy {
        grace: Duration::from_secs(60),
        ..policy()
    }
}

async fn held_world(kind: Kind) -> World {
    let mut world = World::new(kind).await;
    world.engine = Engine::new(world.ports.clone(), hasty());
    let systems = [domain::inventory::Slug::parse("billing").unwrap()].into();
    world
        .place(engine::holds::NewScope {
            systems,
            ..crate::holds::acme()
        })
        .await;
    world.run_jobs().await;
    world
}

/// Kills at every `stride`-th moment from `first` on; each kill has a request of its own, on systems filled anew.
async fn killed(kind: Kind, first: usize, stride: usize) {
    let world = held_world(kind).await;
    let counting = Arc::new(Fuse::never());
    let reference = essence(&thread(&world, counting.clone(), false).await);
    let moments = counting.calls();
    assert!((100..MOST_CALLS).contains(&moments), "{moments} moments");
    for at in (1..=moments).skip(first).step_by(stride) {
        world.systems.refill(world.folder()).await;
        let claims = thread(&world, Arc::new(Fuse::blows_at(at)), false).await;
        assert_eq!(essence(&claims), reference, "killed at moment {at} of {moments}");
    }
}

/// Shards of one test, so that all cores kill at once.
macro_rules! killed_at_any_moment {
    ($($name:ident: $kind:ident, $first:literal of $stride:literal;)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            killed(Kind::$kind, $first, $stride).await;
        }
    )+};
}

killed_at_any_moment! {
    killed_at_any_port_call_the_thread_ends_the_same_on_sqlite: Sqlite, 0 of 4;
    killed_at_any_port_call_the_thread_ends_the_same_on_sqlite_second_quarter: Sqlite, 1 of 4;
    killed_at_any_port_call_the_thread_ends_the_same_on_sqlite_third_quarter: Sqlite, 2 of 4;
    killed_at_any_port_call_the_thread_ends_the_same_on_sqlite_last_quarter: Sqlite, 3 of 4;
    killed_at_every_fifth_port_call_the_thread_ends_the_same_on_postgres: Postgres, 2 of 5;
}

journeys! {
    /// Each job run twice changes nothing but times and the number of attempts.
    async fn every_job_run_twice_ends_the_same(_fresh: World) {
        let world = held_world(_fresh.database.kind).await;
        let once = essence(&thread(&world, Arc::new(Fuse::never()), false).await);
        world.systems.refill(world.folder()).await;
        let twice = essence(&thread(&world, Arc::new(Fuse::never()), true).await);
        assert_eq!(once, twice);
        assert_eq!(world.repeated_entries().await, [], "what ran twice was logged twice");
    }
}
