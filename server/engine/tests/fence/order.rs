//! One order of everything that happens in a test, whichever worker does it, and a store that takes part in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::job::{Disposition, Leased, Queue};
use domain::port::store::{
    Attempts, Certificates, Copies, Downloads, Drafts, Drills, Findings, Holds, Incidents, Inventory, Jobs,
    Links, Log, Nonces, Outbox, People, Plans, Reading, Replays, Replies, Requests, Sequencer, Sessions,
    Settings, Store, StoreError, Tenants, Tx,
};
use domain::scope::TenantScope;
use domain::subject::TenantKey;
use domain::time::Timestamp;
use storage::Database;
use tokio::sync::Notify;

/// Counts what happens, over all workers: of two numbers taken one after the other, the later is the greater.
#[derive(Default)]
pub struct Order(AtomicU64);

impl Order {
    /// The next number.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// Stops one commit, or one call, until it is let go.
#[derive(Default)]
pub struct Gate {
    reached: Notify,
    opened: Notify,
}

impl Gate {
    /// Waits until somebody stands before the gate.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets it go.
    pub fn open(&self) {
        self.opened.notify_one();
    }

    /// Stands before the gate until it is opened.
    pub async fn pass(&self) {
        self.reached.notify_one();
        let longest = Duration::from_secs(20);
        tokio::time::timeout(longest, self.opened.notified())
            .await
            .expect("somebody opens the gate");
    }
}

/// What is known of the commits of one worker, who does one thing at a time.
#[derive(Default)]
pub struct Commits {
    order: Arc<Order>,
    asked: AtomicU64,
    durable: AtomicU64,
    /// Stops the next commit, once.
    gate: std::sync::Mutex<Option<Arc<Gate>>>,
    /// Before a commit, the whole worker stands still for so long.
    stall: Option<Box<dyn Fn() -> Duration + Send + Sync>>,
}

impl Commits {
    /// In an order.
    pub fn of(order: &Arc<Order>) -> Self {
        Self {
            order: Arc::clone(order),
            ..Self::default()
        }
    }

    /// With a worker that sometimes stands still before it commits.
    pub fn stalling(order: &Arc<Order>, stall: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self {
            stall: Some(Box::new(stall)),
            ..Self::of(order)
        }
    }

    /// Before the last commit was asked for.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// After the last commit was durable.
    pub fn durable(&self) -> u64 {
        self.durable.load(Ordering::SeqCst)
    }

    /// A gate before the next commit.
    pub fn gate(&self) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    async fn commit(&self, tx: Box<dyn Tx>) -> Result<(), StoreError> {
        if let Some(stall) = &self.stall {
            // The thread sleeps, and all that the worker would do with it: as if its process were stopped.
            std::thread::sleep(stall());
        }
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.pass().await;
        }
        self.asked.store(self.order.next(), Ordering::SeqCst);
        let done = tx.commit().await;
        self.durable.store(self.order.next(), Ordering::SeqCst);
        done
    }
}

/// A database whose commits are noted.
pub struct Watched {
    /// The database.
    pub inner: Database,
    /// Its commits.
    pub commits: Arc<Commits>,
}

#[async_trait]
impl Store for Watched {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        let inner = self.inner.begin().await?;
        Ok(Box::new(WatchedTx {
            inner,
            commits: Arc::clone(&self.commits),
        }))
    }

    async fn read(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.inner.read().await
    }

    async fn lease(
        &self,
        queues: &[Queue],
        limit: u32,
        now: Timestamp,
        lease_for: Duration,
    ) -> Result<Vec<Leased>, StoreError> {
        self.inner.lease(queues, limit, now, lease_for).await
    }

    async fn extend(&self, leased: &Leased, until: Timestamp) -> Result<(), StoreError> {
        self.inner.extend(leased, until).await
    }

    async fn finish(&self, leased: &Leased, disposition: &Disposition) -> Result<(), StoreError> {
        self.inner.finish(leased, disposition).await
    }

    async fn wait_for_work(&self, longest: Duration) {
        self.inner.wait_for_work(longest).await;
    }

    async fn next_job_at(&self, queues: &[Queue]) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_job_at(queues).await
    }

    async fn sequencer(&self) -> Result<Option<Box<dyn Sequencer>>, StoreError> {
        self.inner.sequencer().await
    }
}

struct WatchedTx {
    inner: Box<dyn Tx>,
    commits: Arc<Commits>,
}

macro_rules! repositories {
    ($($noun:ident: $repository:ident),+) => {$(
        fn $noun(&mut self) -> &mut dyn $repository {
            self.inner.$noun()
        }
    )+};
}

#[async_trait]
impl Tx for WatchedTx {
    repositories! {
        people: People, sessions: Sessions, links: Links, drafts: Drafts, tenants: Tenants, inventory: Inventory, holds: Holds, requests: Requests, plans: Plans, nonces: Nonces,
        attempts: Attempts, findings: Findings, certificates: Certificates, incidents: Incidents, drills: Drills, log: Log, jobs: Jobs, outbox: Outbox,
        downloads: Downloads, copies: Copies,
        settings: Settings, replays: Replays, reading: Reading, replies: Replies
    }

    async fn fence_authorisation(&mut self, tenant: &TenantKey) -> Result<(), StoreError> {
        self.inner.fence_authorisation(tenant).await
    }

    async fn fence_placement(&mut self, tenant: &TenantScope) -> Result<(), StoreError> {
        self.inner.fence_placement(tenant).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.commits.commit(self.inner).await
    }
}
