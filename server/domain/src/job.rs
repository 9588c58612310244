//! Jobs: work that a commit leaves for a worker. A job carries ids only.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{CertificateId, CheckId, HoldId, JobId, MailId, PlanId, ReplayId, RequestId, StepId};
use crate::time::Timestamp;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "job")]
pub enum Job {
    /// Freeze the inventory and make a plan.
    Plan {
        /// Of which request.
        request: RequestId,
    },
    /// Resolve lookups and draw the manifest of a plan through probes.
    DrawManifest {
        /// Of which plan.
        plan: PlanId,
    },
    /// Count again, just before the start, what the manifest counted.
    Recount {
        /// Of which request.
        request: RequestId,
        /// By which plan.
        plan: PlanId,
    },
    /// The grace period is over.
    Start {
        /// Which request.
        request: RequestId,
        /// By which plan.
        plan: PlanId,
    },
    /// Erase the next chunk.
    EraseStep {
        /// Of which step.
        step: StepId,
    },
    /// See whether every step of a round is done.
    Settle {
        /// Of which request.
        request: RequestId,
        /// Which round.
        round: i32,
    },
    /// Look at one dataset.
    RunCheck {
        /// Which check.
        check: CheckId,
    },
    /// All checks of a round are in.
    Conclude {
        /// Which request.
        request: RequestId,
        /// Which round.
        round: i32,
    },
    /// Turn residue into steps.
    Remediate {
        /// Which request.
        request: RequestId,
        /// The round that found it.
        round: i32,
    },
    /// See whether a hold is drained.
    Drain {
        /// Which hold.
        hold: HoldId,
    },
    /// See whether a blocked request may go on.
    Resume {
        /// Which request.
        request: RequestId,
    },
    /// Sign, log, render and issue.
    Issue {
        /// Which certificate.
        certificate: CertificateId,
    },
    /// Sign and log what became of a certificate.
    SignStanding {
        /// Which certificate.
        certificate: CertificateId,
    },
    /// Sign and publish the status list.
    PublishList,
    /// Look again, some days after the issue.
    LookAgain {
        /// Of which certificate.
        certificate: CertificateId,
        /// The first, the second, and so on.
        number: i64,
    },
    /// Search a restored system for what was erased.
    Replay {
        /// Which replay.
        replay: ReplayId,
    },
    /// Send a mail of the outbox.
    SendMail {
        /// Which.
        mail: MailId,
    },
    /// Copy a certificate to the second place.
    CopyDocument {
        /// Which.
        certificate: CertificateId,
    },
    /// Write and read a test object wherever certificates are stored.
    ProbeStorage,
    /// Look for what is overdue.
    Watch,
    /// Delete sessions, links, drafts and counts that are over.
    Sweep,
}

impl Job {
    /// The queue it waits in.
    pub const fn queue(&self) -> Queue {
        match self {
            Self::EraseStep { .. } => Queue::EraseStep,
            Self::Plan { .. }
            | Self::DrawManifest { .. }
            | Self::Recount { .. }
            | Self::RunCheck { .. }
            | Self::LookAgain { .. }
            | Self::Replay { .. } => Queue::Probe,
            Self::Issue { .. }
            | Self::SignStanding { .. }
            | Self::PublishList
            | Self::CopyDocument { .. }
            | Self::ProbeStorage => Queue::Issue,
            Self::SendMail { .. } => Queue::Mail,
            Self::Start { .. }
            | Self::Settle { .. }
            | Self::Conclude { .. }
            | Self::Remediate { .. }
            | Self::Drain { .. }
            | Self::Resume { .. }
            | Self::Watch
            | Self::Sweep => Queue::Process,
        }
    }
}

/// Queues are what workers are allowed: a verifier leases [`Queue::Probe`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Chunks to erase; needs erase credentials.
    EraseStep,
    /// Plans, manifests and checks; needs probe credentials.
    Probe,
    /// Certificates; needs the document key.
    Issue,
    /// Mails.
    Mail,
    /// Everything else.
    Process,
}

impl Queue {
    /// All queues.
    pub const ALL: [Self; 5] = [
        Self::EraseStep,
        Self::Probe,
        Self::Issue,
        Self::Mail,
        Self::Process,
    ];

    /// The word stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EraseStep => "erase_step",
            Self::Probe => "probe",
            Self::Issue => "issue",
            Self::Mail => "mail",
            Self::Process => "process",
        }
    }
}

/// A job taken by a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub job: Job,
    /// The fencing number: grows with each lease; a worker whose number is old may not finish.
    pub fence: i64,
    /// How often it was leased, this time included.
    pub attempt: i32,
    /// When the lease ends.
    pub leased_until: Timestamp,
}

/// How a worker ends its lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// Finished.
    Done,
    /// Again, not before a moment; the attempt counts.
    Retry {
        /// Not before.
        at: Timestamp,
        /// Why, in words.
        why: String,
    },
    /// A person must act.
    Park {
        /// Why and what to do.
        why: String,
    },
    /// Given back untouched (graceful stop, or more to do): ready at a moment, the attempt does not count.
    Again {
        /// Not before.
        at: Timestamp,
    },
}

/// Waits 2, 4, 8 ... seconds, at most an hour.
pub fn backoff(failures: u32) -> Duration {
    Duration::from_secs(2_u64.saturating_pow(failures.clamp(1, 12)).min(3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_from_seconds_to_an_hour() {
        let waits: Vec<u64> = [0, 1, 2, 3, 11, 12, 99].map(|n| backoff(n).as_secs()).into();
        assert_eq!(waits, [2, 2, 4, 8, 2_048, 3_600, 3_600]);
    }
}
