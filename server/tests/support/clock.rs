//! A clock moved by hand and entropy that repeats.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use domain::digest::Digest;
use domain::time::{Clock, Entropy, Timestamp};

/// Stands still until moved; each look is a microsecond later than the one before, so that moments differ.
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Begins at noon of 1 March 2026.
    pub fn new() -> Self {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        Self(AtomicI64::new(start.as_microsecond()))
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap();
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// A stream of SHA-256 over a counter.
pub struct TestEntropy(AtomicU64);

impl TestEntropy {
    /// A fresh stream.
    pub fn new() -> Self {
        Self(AtomicU64::new(u64::from(std::process::id()) << 32))
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, Ordering::SeqCst);
            let block = Digest::of(&count.to_be_bytes());
            chunk.copy_from_slice(&block.as_bytes()[..chunk.len()]);
        }
    }
}
