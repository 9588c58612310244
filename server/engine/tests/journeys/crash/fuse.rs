//! Ports behind a fuse: at the n-th call it blows, before or after the call, and from then on nothing answers: what a
//! killed process looks like to everything around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::inventory::System;
use domain::job::{Disposition, Leased, Queue};
use domain::mail::{Mail, MailError};
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Erase, EraseError, Erased, Erasers};
use domain::port::mailer::Mailer;
use domain::port::press::{Manuscript, Press, PressError};
use domain::port::probe::{
    BackupProbe, Capabilities, Page, Probe, ProbeError, Probes, Question, Sighting, Survey,
};
use domain::port::signer::{Detached, PublicKeys, Seal, SignError, Signer};
use domain::port::store::{
    Attempts, Certificates, Copies, Downloads, Drafts, Drills, Findings, Holds, Incidents, Inventory, Jobs,
    Links, Log, Nonces, Outbox, People, Plans, Reading, Replays, Replies, Requests, Sequencer, Sessions,
    Settings, Store, StoreError, Tenants, Tx,
};
use domain::scope::TenantScope;
use domain::secret::Secret;
use domain::selection::{RecordId, Side, Target};
use domain::signature::jws::Typ;
use domain::subject::TenantKey;
use domain::time::Timestamp;

/// Counts port calls, and blows at one of them. Odd numbers blow before the call, even ones after it.
pub struct Fuse {
    calls: AtomicU64,
    at: u64,
}

impl Fuse {
    /// Only counts.
    pub fn never() -> Self {
        Self::blows_at(u64::MAX)
    }

    /// Blows at a moment: every call has two, before and after.
    pub fn blows_at(at: u64) -> Self {
        Self {
            calls: AtomicU64::new(0),
            at,
        }
    }

    /// Moments so far.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// It blew.
    pub fn is_blown(&self) -> bool {
        self.calls() >= self.at
    }

    /// One moment passes.
    fn pass(&self) -> bool {
        self.calls.fetch_add(1, Ordering::SeqCst) + 1 < self.at
    }
}

/// Makes a call between two moments; a blown fuse answers with the error.
macro_rules! between {
    ($self:ident, $dead:expr, $call:expr) => {{
        if !$self.fuse.pass() {
            return Err($dead);
        }
        let answer = $call;
        if !$self.fuse.pass() {
            return Err($dead);
        }
        answer
    }};
}

fn dead_store() -> StoreError {
    StoreError::Unavailable("killed".into())
}

pub struct FusedStore {
    pub inner: Arc<dyn Store>,
    pub fuse: Arc<Fuse>,
}

struct FusedTx {
    inner: Box<dyn Tx>,
    fuse: Arc<Fuse>,
}

#[async_trait]
impl Store for FusedStore {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        let inner = between!(self, dead_store(), self.inner.begin().await)?;
        Ok(Box::new(FusedTx {
            inner,
            fuse: self.fuse.clone(),
        }))
    }

    async fn read(&self) -> Result<Box<dyn Tx>, StoreError> {
        let inner = between!(self, dead_store(), self.inner.read().await)?;
        Ok(Box::new(FusedTx {
            inner,
            fuse: self.fuse.clone(),
        }))
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
        between!(self, dead_store(), self.inner.sequencer().await)
    }
}

#[async_trait]
impl Tx for FusedTx {
    fn people(&mut self) -> &mut dyn People {
        self.inner.people()
    }
    fn sessions(&mut self) -> &mut dyn Sessions {
        self.inner.sessions()
    }
    fn links(&mut self) -> &mut dyn Links {
        self.inner.links()
    }
    fn drafts(&mut self) -> &mut dyn Drafts {
        self.inner.drafts()
    }
    fn tenants(&mut self) -> &mut dyn Tenants {
        self.inner.tenants()
    }
    fn inventory(&mut self) -> &mut dyn Inventory {
        self.inner.inventory()
    }
    fn holds(&mut self) -> &mut dyn Holds {
        self.inner.holds()
    }
    fn requests(&mut self) -> &mut dyn Requests {
        self.inner.requests()
    }
    fn plans(&mut self) -> &mut dyn Plans {
        self.inner.plans()
    }
    fn attempts(&mut self) -> &mut dyn Attempts {
        self.inner.attempts()
    }
    fn findings(&mut self) -> &mut dyn Findings {
        self.inner.findings()
    }
    fn certificates(&mut self) -> &mut dyn Certificates {
        self.inner.certificates()
    }
    fn nonces(&mut self) -> &mut dyn Nonces {
        self.inner.nonces()
    }
    fn incidents(&mut self) -> &mut dyn Incidents {
        self.inner.incidents()
    }
    fn drills(&mut self) -> &mut dyn Drills {
        self.inner.drills()
    }
    fn log(&mut self) -> &mut dyn Log {
        self.inner.log()
    }
    fn jobs(&mut self) -> &mut dyn Jobs {
        self.inner.jobs()
    }
    fn outbox(&mut self) -> &mut dyn Outbox {
        self.inner.outbox()
    }
    fn downloads(&mut self) -> &mut dyn Downloads {
        self.inner.downloads()
    }
    fn copies(&mut self) -> &mut dyn Copies {
        self.inner.copies()
    }
    fn settings(&mut self) -> &mut dyn Settings {
        self.inner.settings()
    }
    fn replays(&mut self) -> &mut dyn Replays {
        self.inner.replays()
    }
    fn reading(&mut self) -> &mut dyn Reading {
        self.inner.reading()
    }
    fn replies(&mut self) -> &mut dyn Replies {
        self.inner.replies()
    }

    async fn fence_authorisation(&mut self, tenant: &TenantKey) -> Result<(), StoreError> {
        between!(self, dead_store(), self.inner.fence_authorisation(tenant).await)
    }

    async fn fence_placement(&mut self, tenant: &TenantScope) -> Result<(), StoreError> {
        between!(self, dead_store(), self.inner.fence_placement(tenant).await)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { inner, fuse } = *self;
        if !fuse.pass() {
            return Err(dead_store());
        }
        let answer = inner.commit().await;
        match fuse.pass() {
            true => answer,
            false => Err(dead_store()),
        }
    }
}

pub struct FusedErasers {
    pub inner: Arc<dyn Erasers>,
    pub fuse: Arc<Fuse>,
}

struct FusedErase {
    inner: Arc<dyn Erase>,
    fuse: Arc<Fuse>,
}

impl Erasers for FusedErasers {
    fn eraser(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Erase>, ConnectorError> {
        let inner = self.inner.eraser(system, credential)?;
        Ok(Arc::new(FusedErase {
            inner,
            fuse: self.fuse.clone(),
        }))
    }
}

#[async_trait]
impl Erase for FusedErase {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        between!(
            self,
            EraseError::Transient("killed".into()),
            self.inner.erase(target, chunk).await
        )
    }
}

pub struct FusedProbes {
    pub inner: Arc<dyn Probes>,
    pub fuse: Arc<Fuse>,
}

struct FusedProbe {
    inner: Arc<dyn Probe>,
    fuse: Arc<Fuse>,
}

fn dead_probe() -> ProbeError {
    ProbeError::Unreachable("killed".into())
}

impl Probes for FusedProbes {
    fn check(&self, system: &System) -> Result<(), ConnectorError> {
        self.inner.check(system)
    }

    fn probe(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
        let inner = self.inner.probe(system, credential)?;
        Ok(Arc::new(FusedProbe {
            inner,
            fuse: self.fuse.clone(),
        }))
    }

    fn backups(&self, system: &System, credential: &Secret) -> Result<Arc<dyn BackupProbe>, ConnectorError> {
        self.inner.backups(system, credential)
    }

    fn version(&self, kind: &str) -> String {
        self.inner.version(kind)
    }
}

#[async_trait]
impl Probe for FusedProbe {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        between!(self, dead_probe(), self.inner.survey(target).await)
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        between!(
            self,
            dead_probe(),
            self.inner.scan(target, side, after, limit).await
        )
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        between!(self, dead_probe(), self.inner.look(target, question).await)
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        between!(self, dead_probe(), self.inner.values(target, field).await)
    }

    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String> {
        self.inner.place_behind(target, id)
    }

    fn native_query(&self, target: &Target, id: &RecordId) -> String {
        self.inner.native_query(target, id)
    }
}

pub struct FusedSigner {
    pub inner: Arc<dyn Signer>,
    pub fuse: Arc<Fuse>,
}

#[async_trait]
impl Signer for FusedSigner {
    fn document_key(&self, at: Timestamp) -> Result<String, SignError> {
        self.inner.document_key(at)
    }

    async fn sign_statement(&self, typ: Typ, statement: &[u8], at: Timestamp) -> Result<String, SignError> {
        between!(
            self,
            SignError::Broken("killed".into()),
            self.inner.sign_statement(typ, statement, at).await
        )
    }

    async fn sign_document(&self, pdf: &[u8], at: Timestamp) -> Result<Detached, SignError> {
        between!(
            self,
            SignError::Broken("killed".into()),
            self.inner.sign_document(pdf, at).await
        )
    }

    fn seals(&self, at: Timestamp) -> Result<Vec<Seal>, SignError> {
        self.inner.seals(at)
    }

    fn seal(&self, seal: &Seal, covered: &[&[u8]], at: Timestamp) -> Result<Vec<u8>, SignError> {
        self.inner.seal(seal, covered, at)
    }

    async fn sign_checkpoint(&self, text: &str, at: Timestamp) -> Result<String, SignError> {
        between!(
            self,
            SignError::Broken("killed".into()),
            self.inner.sign_checkpoint(text, at).await
        )
    }

    fn log_origin(&self) -> &str {
        self.inner.log_origin()
    }

    fn public_keys(&self, at: Timestamp) -> Result<PublicKeys, SignError> {
        self.inner.public_keys(at)
    }
}

pub struct FusedPress {
    pub inner: Arc<dyn Press>,
    pub fuse: Arc<Fuse>,
}

#[async_trait]
impl Press for FusedPress {
    async fn render(
        &self,
        manuscript: &Manuscript,
        signer: &Arc<dyn Signer>,
        at: Timestamp,
    ) -> Result<Vec<u8>, PressError> {
        between!(
            self,
            PressError::Broken("killed".into()),
            self.inner.render(manuscript, signer, at).await
        )
    }

    fn check_logo(&self, png: &[u8]) -> Result<(), PressError> {
        self.inner.check_logo(png)
    }
}

pub struct FusedMailer {
    pub inner: Arc<dyn Mailer>,
    pub fuse: Arc<Fuse>,
}

#[async_trait]
impl Mailer for FusedMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        between!(
            self,
            MailError::Transient("killed".into()),
            self.inner.send(mail).await
        )
    }
}
