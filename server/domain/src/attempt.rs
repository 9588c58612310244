//! Steps and attempts: the intent log of erasure. An attempt is written before the call, its outcome after.

use serde::{Deserialize, Serialize};

use crate::id::{AttemptId, PlanId, RequestId, StepId};
use crate::inventory::DatasetRef;
use crate::port::erase::Cursor;
use crate::retention::KeeperId;
use crate::subject::TenantKey;
use crate::time::Timestamp;

/// Where a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum StepState {
    /// The next chunk may be authorised.
    Ready,
    /// Nothing is left by the eraser's own account. A probe will say whether that is true.
    Done,
    /// It failed for good, or too often; a person must act.
    Parked {
        /// What is the matter and what to do.
        why: String,
    },
    /// A hold or duty that the plan did not know covers it now.
    Stopped {
        /// Which.
        keeper: KeeperId,
    },
}

impl StepState {
    /// The word stored and shown.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Parked { .. } => "parked",
            Self::Stopped { .. } => "stopped",
        }
    }
}

/// The erasure of one dataset of one system in one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// Of which request.
    pub request: RequestId,
    /// By which plan.
    pub plan: PlanId,
    /// In which round, from 1.
    pub round: i32,
    /// Which dataset.
    pub dataset: DatasetRef,
    /// Where it is.
    pub state: StepState,
    /// Where the next chunk begins.
    pub cursor: Option<Cursor>,
    /// Records reported as deleted so far. Reported, not deleted.
    pub reported: u64,
    /// Chunks authorised so far.
    pub chunks: u32,
    /// Failures in a row.
    pub failures: u32,
    /// When the first chunk was authorised.
    pub started_at: Option<Timestamp>,
    /// When it was done.
    pub ended_at: Option<Timestamp>,
    /// What was done, in plain words.
    pub method: Option<String>,
    /// Grows with each change.
    pub version: i64,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// The eraser reported.
    Reported {
        /// So many records.
        records: u64,
    },
    /// It failed.
    Failed {
        /// Why.
        why: String,
    },
    /// Nobody reported before the time ran out. What it did is unknown; the chunk is done again.
    TimedOut,
}

/// One authorised chunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Of which step.
    pub step: StepId,
    /// Of which request.
    pub request: RequestId,
    /// Which tenant.
    pub tenant_key: TenantKey,
    /// Which dataset.
    pub dataset: DatasetRef,
    /// The fencing number of the lease it was authorised under.
    pub fence: i64,
    /// When it was authorised.
    pub authorised_at: Timestamp,
    /// No deleting call may start after this.
    pub deadline: Timestamp,
    /// When it can no longer be doing anything, even if nobody reports: the deadline, and as long again.
    pub expires_at: Timestamp,
    /// What came of it, and when; absent while in flight.
    pub outcome: Option<(Timestamp, Outcome)>,
}

impl Attempt {
    /// It may still be at work.
    pub fn in_flight(&self, now: Timestamp) -> bool {
        self.outcome.is_none() && now < self.expires_at
    }
}
