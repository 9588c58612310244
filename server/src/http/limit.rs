//! Guessing is slow: how often one client may ask within a minute.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderValue;

/// What is counted, is counted within this time.
const WINDOW: Duration = Duration::from_secs(60);
/// The most clients that are remembered.
const MOST_CLIENTS: usize = 10_000;

/// Counts by client. Cheap to clone; counts are of this process.
#[derive(Debug, Clone)]
pub(super) struct Limiter {
    most: u32,
    seen: Arc<Mutex<HashMap<IpAddr, (Instant, u32)>>>,
}

/// There was too much; how long until more is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany(pub(super) Duration);

impl Limiter {
    /// At most so many a minute.
    pub(super) fn a_minute(most: u32) -> Self {
        Self {
            most,
            seen: Arc::default(),
        }
    }

    /// Counts one, and refuses it when there were too many.
    pub(super) fn count(&self, client: Option<IpAddr>) -> Result<(), TooMany> {
        self.counted(client, 1, Instant::now())
    }

    /// Refuses when there were too many, without counting.
    pub(super) fn check(&self, client: Option<IpAddr>) -> Result<(), TooMany> {
        self.counted(client, 0, Instant::now())
    }

    fn counted(&self, client: Option<IpAddr>, how_many: u32, now: Instant) -> Result<(), TooMany> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_CLIENTS {
            seen.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if seen.len() >= MOST_CLIENTS {
            seen.clear();
        }
        let (since, count) = seen.entry(network(client)).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        // What is refused is not counted: a client is never shut out for longer than the window.
        let full = match how_many {
            0 => *count >= self.most,
            more => *count + more > self.most,
        };
        match full {
            true => Err(TooMany(WINDOW.saturating_sub(now.duration_since(*since)))),
            false => {
                *count += how_many;
                Ok(())
            }
        }
    }
}

/// A client with IPv6 has a whole network of addresses.
fn network(client: Option<IpAddr>) -> IpAddr {
    match client {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Some(address) => address,
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }
}

impl TooMany {
    /// The value of `Retry-After`.
    pub(super) fn retry_after(&self) -> HeaderValue {
        HeaderValue::from(self.0.as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_too_many_a_client_waits_and_others_do_not() {
        let limiter = Limiter::a_minute(2);
        let (one, other) = (Some([192, 0, 2, 1].into()), Some([192, 0, 2, 2].into()));
        let now = Instant::now();
        let later = now + Duration::from_secs(20);
        assert_eq!(limiter.counted(one, 1, now), Ok(()));
        assert_eq!(limiter.counted(one, 1, now), Ok(()));
        assert_eq!(
            limiter.counted(one, 1, later),
            Err(TooMany(Duration::from_secs(40)))
        );
        assert_eq!(
            limiter.counted(one, 0, later),
            Err(TooMany(Duration::from_secs(40)))
        );
        assert_eq!(limiter.counted(other, 1, later), Ok(()));
        assert_eq!(limiter.counted(one, 1, now + WINDOW), Ok(()));
    }

    #[test]
    fn a_network_of_addresses_is_one_client() {
        let limiter = Limiter::a_minute(1);
        let address = |text: &str| Some(text.parse().unwrap());
        assert_eq!(limiter.count(address("2001:db8::1")), Ok(()));
        assert!(limiter.count(address("2001:db8::ffff:2")).is_err());
        assert_eq!(limiter.count(address("2001:db8:0:1::1")), Ok(()));
    }
}
