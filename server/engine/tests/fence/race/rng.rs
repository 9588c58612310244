//! Chance that can be drawn again from its seed (splitmix64).

use std::time::Duration;

/// A stream of chance.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// Of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of one worker.
    pub const fn of(seed: u64, worker: u64) -> Self {
        Self(seed ^ worker.wrapping_mul(0xA076_1D64_78BD_642F))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True so often.
    pub fn chance(&mut self, often: f64) -> bool {
        (self.below(1_000_000) as f64) < often * 1_000_000.0
    }

    /// One of several.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize].clone()
    }

    /// A time between two, in microseconds.
    pub fn micros(&mut self, from: u64, until: u64) -> Duration {
        Duration::from_micros(from + self.below(until - from))
    }
}
