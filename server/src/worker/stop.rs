//! Stopping: one word that reaches everything that runs.

use std::time::Duration;

use tokio::sync::watch;

/// Tells when to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// Says stop; dropping it says so as well.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// The two ends.
pub fn stop_pair() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Says stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// It was said.
    pub fn is_said(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until it is said.
    pub async fn said(&mut self) {
        // An error means that the other end is gone, which says the same.
        let _gone = self.0.wait_for(|said| *said).await;
    }

    /// Sleeps so long, or until it is said.
    pub async fn or_after(&mut self, wait: Duration) {
        let _either = tokio::time::timeout(wait, self.said()).await;
    }
}

/// Waits for the operating system to ask for the end (SIGTERM, SIGINT).
pub async fn until_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
