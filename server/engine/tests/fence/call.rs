//! An eraser that deletes nothing and takes notes of when it would have, behaving as a real one must: it never starts
//! after its deadline, and what is not finished by then is undone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Cursor, Erase, EraseError, Erased, Erasers};
use domain::secret::Secret;
use domain::selection::Target;
use domain::time::Timestamp;

use crate::order::{Commits, Gate, Order};
use crate::site::now;

/// How one call will go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Course {
    /// The whole worker stands still before the deletion.
    pub frozen_before: Duration,
    /// How long it takes to get going.
    pub lead: Duration,
    /// The whole worker stands still in the middle of the deletion.
    pub frozen_amid: Duration,
    /// How long the deletion takes.
    pub work: Duration,
    /// What it says in the end.
    pub end: End,
}

/// The end of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum End {
    /// A chunk is gone, and there are more.
    #[default]
    More,
    /// The last chunk is gone.
    Last,
    /// It says that it failed, though it deleted.
    Failed,
    /// It refuses for good, though it deleted.
    Refused,
}

/// What is known of one call. Numbers are those of the order.
#[derive(Debug, Clone)]
pub struct Call {
    /// The mark of its step.
    pub mark: String,
    /// Before the commit that authorised it was asked for.
    pub authorised: u64,
    /// By which moment it had to start.
    pub deadline: Timestamp,
    /// When the deletion started and ended, where there was one that lasted.
    pub deleted: Option<(u64, u64)>,
    /// The moment at which it started, where it did.
    pub started_at: Option<Timestamp>,
}

/// Notes of all calls of all workers.
#[derive(Default)]
pub struct Notes {
    calls: Mutex<Vec<Call>>,
    /// Stops the next call before it deletes, once.
    gate: Mutex<Option<Arc<Gate>>>,
}

impl Notes {
    /// All of them.
    pub fn all(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// A gate before the deletion of the next call.
    pub fn gate(&self) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

/// Makes the note-taking eraser of one worker.
pub struct NoteTaking<F> {
    /// The order in which everything happens.
    pub order: Arc<Order>,
    /// The commits of this worker.
    pub commits: Arc<Commits>,
    /// Where notes go.
    pub notes: Arc<Notes>,
    /// How the next call will go.
    pub course: F,
}

impl<F: Fn() -> Course + Send + Sync + Clone + 'static> Erasers for NoteTaking<F> {
    fn eraser(&self, _: &System, _: &Secret) -> Result<Arc<dyn Erase>, ConnectorError> {
        let (order, commits, notes) = (
            Arc::clone(&self.order),
            Arc::clone(&self.commits),
            Arc::clone(&self.notes),
        );
        Ok(Arc::new(NoteTaking {
            order,
            commits,
            notes,
            course: self.course.clone(),
        }))
    }
}

#[async_trait]
impl<F: Fn() -> Course + Send + Sync> Erase for NoteTaking<F> {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let course = (self.course)();
        let mark = target.selection.tenant.any_of[0].clone();
        let mut call = Call {
            mark,
            authorised: self.commits.asked(),
            deadline: chunk.deadline,
            deleted: None,
            started_at: None,
        };
        std::thread::sleep(course.frozen_before);
        tokio::time::sleep(course.lead).await;
        let gate = self.notes.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.pass().await;
        }
        let lasted = self.delete(&course, &mut call).await;
        self.notes.calls.lock().unwrap().push(call);
        match (lasted, course.end) {
            (false, _) => Err(EraseError::TooLate),
            (true, End::Failed) => Err(EraseError::Transient("the answer was lost".into())),
            (true, End::Refused) => Err(EraseError::Refused("the table is locked for good".into())),
            (true, end) => {
                let next = (end == End::More).then(|| Cursor("on".into()));
                Ok(Erased {
                    reported: 10,
                    next,
                    method: "taking notes".into(),
                })
            }
        }
    }
}

impl<F: Fn() -> Course + Send + Sync> NoteTaking<F> {
    /// Whether something is deleted for good.
    async fn delete(&self, course: &Course, call: &mut Call) -> bool {
        let at = now();
        if at >= call.deadline {
            return false;
        }
        call.started_at = Some(at);
        let start = self.order.next();
        std::thread::sleep(course.frozen_amid);
        tokio::time::sleep(course.work).await;
        // The number is drawn before the clock is read: what lasts was over when the deadline came.
        let end = self.order.next();
        let lasts = now() < call.deadline;
        call.deleted = lasts.then_some((start, end));
        lasts
    }
}
