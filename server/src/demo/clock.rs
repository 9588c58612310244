//! A clock that can be moved forward, so that days of grace and cooling-off pass in seconds. It begins in the past and
//! never gets ahead of the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::time::{Clock, Timestamp};
use vault::SystemClock;

/// The machine's clock, set back and moved forward by hand.
#[derive(Debug)]
pub(super) struct DemoClock {
    behind: AtomicI64,
}

impl DemoClock {
    /// A clock that is so far behind the machine's.
    pub(super) fn shared(behind: Duration) -> Arc<Self> {
        Arc::new(Self {
            behind: AtomicI64::new(micros(behind)),
        })
    }

    /// Moves it forward, but not beyond the machine's clock.
    pub(super) fn forward(&self, by: Duration) {
        let behind = self.behind.load(Ordering::SeqCst);
        self.behind
            .store(behind.saturating_sub(micros(by)).max(0), Ordering::SeqCst);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let behind = u64::try_from(self.behind.load(Ordering::SeqCst)).unwrap_or(0);
        SystemClock.now().before(Duration::from_micros(behind))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_moved_forward_to_the_present_and_no_further() {
        let clock = DemoClock::shared(Duration::from_secs(3600));
        let behind = clock.now();
        let present = SystemClock.now();
        assert!(present.since(behind) >= Duration::from_secs(3600));
        clock.forward(Duration::from_secs(7200));
        let moved = clock.now();
        assert!(moved >= present && moved <= SystemClock.now());
    }
}
