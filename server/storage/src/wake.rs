//! Wakes workers of this process when there may be work.

use tokio::sync::Notify;

/// A bell.
#[derive(Debug, Default)]
pub(crate) struct Wake(Notify);

impl Wake {
    /// Wakes everybody who waits, and the next one who is about to.
    pub(crate) fn ring(&self) {
        self.0.notify_waiters();
        self.0.notify_one();
    }

    /// Waits for the bell.
    pub(crate) async fn heard(&self) {
        self.0.notified().await;
    }
}
