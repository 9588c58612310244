//! A certificate that cannot be made is tried three times; then an officer has it finished from the same evidence (C5).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use domain::id::CertificateId;
use domain::port::press::{Manuscript, Press, PressError};
use domain::port::signer::Signer;
use domain::register::{CertificateState, Statement};
use domain::time::Timestamp;
use engine::{Engine, Error, Ports};

use crate::world::{Kind, World, policy};

/// A press that jams until it is mended.
struct Jammed {
    inner: Arc<dyn Press>,
    mended: AtomicBool,
}

#[async_trait]
impl Press for Jammed {
    async fn render(
        &self,
        manuscript: &Manuscript,
        signer: &Arc<dyn Signer>,
        at: Timestamp,
    ) -> Result<Vec<u8>, PressError> {
        match self.mended.load(Ordering::SeqCst) {
            true => self.inner.render(manuscript, signer, at).await,
            false => Err(PressError::Broken("the press is jammed".into())),
        }
    }

    fn check_logo(&self, png: &[u8]) -> Result<(), PressError> {
        self.inner.check_logo(png)
    }
}

impl World {
    /// The same world with a press that jams.
    fn with_jammed_press(mut self) -> (Self, Arc<Jammed>) {
        let inner = self.ports.press.clone().unwrap();
        let press = Arc::new(Jammed {
            inner,
            mended: AtomicBool::new(false),
        });
        self.ports = Ports {
            press: Some(press.clone()),
            ..self.ports
        };
        self.engine = Engine::new(self.ports.clone(), policy());
        (self, press)
    }

    async fn made_so_far(&self, id: CertificateId) -> (CertificateState, u32) {
        let (record, ..) = self.engine.certificate(&self.people.auditor, id).await.unwrap();
        (record.state, record.failures)
    }

    async fn signed(&self, id: CertificateId) -> Statement {
        let (_, statement, _) = self.engine.certificate(&self.people.auditor, id).await.unwrap();
        statement.expect("it is signed")
    }
}

journeys! {
    /// Three tries, then it waits visibly; the officer's act uses the bytes that were signed.
    async fn a_certificate_that_cannot_be_made_is_finished_by_hand(fresh: World) {
        let (world, press) = fresh.with_jammed_press();
        let people = &world.people;
        let request = world.verified().await;
        world.spot_check(request).await;
        let id = world.certify(request).await.id;
        let early = world.engine.finish_certificate(&people.officer, id, "mended").await;
        assert!(matches!(early, Err(Error::NotNow(_))), "it is being made: {early:?}");
        world.run_jobs().await;
        assert_eq!(world.made_so_far(id).await, (CertificateState::Signed, 3));
        let signed = world.signed(id).await;
        let stuck = world.engine.certificate_stuck(&people.auditor, id).await.unwrap().unwrap();
        assert!(stuck.signed && stuck.why.as_deref().is_some_and(|why| why.contains("jammed")), "{stuck:?}");
        let home = world.engine.home(&people.officer).await.unwrap();
        assert!(home.iter().any(|task| task.what.word() == "issue" && !task.only_told), "{home:?}");

        for actor in [&people.counsel, &people.operator, &people.auditor, &people.administrator, &people.tenant] {
            let tried = world.engine.finish_certificate(actor, id, "mended").await;
            assert!(matches!(tried, Err(Error::Denied(_))), "{tried:?}");
        }
        let silent = world.engine.finish_certificate(&people.officer, id, " ").await;
        assert!(matches!(silent, Err(Error::Invalid { .. })), "{silent:?}");
        world.engine.finish_certificate(&people.officer, id, "the disk was full").await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.made_so_far(id).await, (CertificateState::Signed, 3), "not mended: three tries again");

        press.mended.store(true, Ordering::SeqCst);
        world.engine.finish_certificate(&people.officer, id, "the press is mended").await.unwrap();
        world.run_ready().await;
        assert_eq!(world.made_so_far(id).await.0, CertificateState::Issued);
        assert_eq!(world.signed(id).await, signed, "byte for byte");
        assert!(world.engine.parked_jobs(&people.operator).await.unwrap().is_empty());
        assert_eq!(world.engine.certificate_stuck(&people.auditor, id).await.unwrap(), None);
    }
}
