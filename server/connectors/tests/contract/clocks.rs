//! Clocks that tests hold in their hands.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::time::{Clock, Timestamp};

/// The machine's clock.
pub struct Real;

fn machine() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp::from_microsecond(i64::try_from(since.as_micros()).unwrap())
}

impl Clock for Real {
    fn now(&self) -> Timestamp {
        machine()
    }
}

/// Jumps an hour ahead after it was asked so many times.
pub struct Jumps {
    asked: AtomicU32,
    after: u32,
}

impl Jumps {
    pub fn after(after: u32) -> Self {
        Self {
            asked: AtomicU32::new(0),
            after,
        }
    }
}

impl Clock for Jumps {
    fn now(&self) -> Timestamp {
        match self.asked.fetch_add(1, Ordering::SeqCst) < self.after {
            true => machine(),
            false => machine().after(Duration::from_secs(3_600)),
        }
    }
}

/// Reads the time and then stands still for a while, as a process does that is frozen between looking at the clock
/// and acting: once, the given time that it is asked.
pub struct Freezes {
    asked: AtomicU32,
    at: u32,
    how_long: Duration,
}

impl Freezes {
    pub fn new(at: u32, how_long: Duration) -> Self {
        Self {
            asked: AtomicU32::new(0),
            at,
            how_long,
        }
    }

    /// How often it was asked.
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Clock for Freezes {
    fn now(&self) -> Timestamp {
        let read = machine();
        if self.asked.fetch_add(1, Ordering::SeqCst) == self.at {
            std::thread::sleep(self.how_long);
        }
        read
    }
}
