//! Which use case does which job: one match.

use domain::actor::Actor;
use domain::job::{Disposition, Job, Leased, backoff};
use domain::port::signer::SignError;
use domain::port::store::StoreError;

use crate::{Engine, Error};

impl Engine {
    /// Runs one leased job and says how the lease ends. Never panics on a bad payload, never swallows: what fails for good is
    /// parked with why.
    pub async fn run(&self, leased: &Leased) -> Disposition {
        let failures = u32::try_from(leased.attempt).unwrap_or(u32::MAX);
        match self.dispatch(leased).await {
            Ok(disposition) => disposition,
            Err(error @ Error::Store(StoreError::Conflict(_))) => Disposition::Retry {
                at: self.now().after(match leased.attempt {
                    ..=50 => std::time::Duration::from_millis(5),
                    _ => backoff(failures),
                }),
                why: error.to_string(),
            },
            // An expired key never signs. What needs it waits, and goes on by itself once a fresh one is there.
            Err(Error::Sign(SignError::NoValidKey { .. })) => Disposition::Again {
                at: self.now().after(std::time::Duration::from_secs(60)),
            },
            Err(error) if error.is_passing() || leased.attempt < 3 => Disposition::Retry {
                at: self.now().after(backoff(failures)),
                why: error.to_string(),
            },
            Err(error) => Disposition::Park {
                why: error.to_string(),
            },
        }
    }

    async fn dispatch(&self, leased: &Leased) -> Result<Disposition, Error> {
        match &leased.job {
            #[cfg(feature = "probe")]
            Job::Plan { request } => self.plan(&Actor::System("planner"), leased, *request).await,
            #[cfg(feature = "probe")]
            Job::DrawManifest { plan } => self.draw_manifest(&Actor::System("prober"), leased, *plan).await,
            #[cfg(feature = "probe")]
            Job::Recount { request, plan } => {
                self.recount(&Actor::System("prober"), leased, *request, *plan)
                    .await
            }
            #[cfg(feature = "probe")]
            Job::RunCheck { check } => self.run_check(&Actor::System("verifier"), *check).await,
            #[cfg(feature = "probe")]
            Job::LookAgain { certificate, number } => {
                self.look_again(&Actor::System("verifier"), leased, *certificate, *number)
                    .await
            }
            #[cfg(feature = "probe")]
            Job::Replay { replay } => {
                self.search_restored(&Actor::System("verifier"), leased, *replay)
                    .await
            }
            #[cfg(feature = "erase")]
            Job::EraseStep { step } => self.erase_step(&Actor::System("eraser"), leased, *step).await,
            Job::Start { request, plan } => self.start(&Actor::System("scheduler"), *request, *plan).await,
            Job::Settle { request, round } => {
                self.settle(&Actor::System("scheduler"), *request, *round).await
            }
            Job::Conclude { request, round } => {
                self.conclude(&Actor::System("verifier"), *request, *round).await
            }
            Job::Remediate { request, round } => {
                self.remediate(&Actor::System("planner"), *request, *round).await
            }
            Job::Drain { hold } => self.drain(&Actor::System("fence"), *hold).await,
            Job::Resume { request } => self.review(&Actor::System("planner"), *request).await,
            Job::Issue { certificate } => self.issue(&Actor::System("issuer"), *certificate).await,
            Job::SignStanding { certificate } => {
                self.sign_standing(&Actor::System("issuer"), *certificate).await
            }
            Job::PublishList => self.publish_list(&Actor::System("issuer")).await,
            Job::CopyDocument { certificate } => {
                self.copy_document(&Actor::System("archivist"), *certificate, leased.attempt)
                    .await
            }
            Job::ProbeStorage => self.probe_storage(&Actor::System("archivist"), leased.id).await,
            Job::SendMail { mail } => {
                self.send_mail(&Actor::System("mailer"), *mail, leased.attempt)
                    .await
            }
            Job::Watch => self.watch(&Actor::System("watch")).await,
            Job::Sweep => self.sweep(&Actor::System("watch")).await,
            #[cfg(not(all(feature = "erase", feature = "probe")))]
            _ => Err(Error::NotEquipped("the half that does this work")),
        }
    }
}
