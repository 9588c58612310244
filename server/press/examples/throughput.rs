//! How many certificates one core renders and signs in a second.
//!
//! `cargo run --release -p press --example throughput -- [SECONDS] [SYSTEMS]`

use std::time::{Duration, Instant};

use domain::port::press::Manuscript;
use ed25519_dalek::{Signer as _, SigningKey};

#[path = "../tests/press/samples.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "shared with the tests, which use the other samples"
)]
mod samples;
#[path = "../tests/press/signed.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "shared with the tests, which use the other signatures"
)]
mod signed;

#[expect(clippy::print_stdout, reason = "a measurement is told on standard output")]
fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u64>().expect("a number"));
    let (seconds, systems) = (numbers.next().unwrap_or(5), numbers.next().unwrap_or(1));
    let manuscript: Manuscript = signed::manuscript(&samples::complete(systems));
    let key = SigningKey::from_bytes(&[7; 32]);
    let warm = press::render(&manuscript).expect("the sample can be rendered");
    let (start, before, mut rendered) = (Instant::now(), processor_time(), 0_u32);
    while start.elapsed() < Duration::from_secs(seconds) {
        let pdf = press::render(&manuscript).expect("the sample can be rendered");
        std::hint::black_box(key.sign(&pdf));
        rendered += 1;
    }
    let rate = |time: Duration| f64::from(rendered) / time.as_secs_f64();
    println!(
        "{systems} systems, {} kB: {:.0} per second of wall time",
        warm.len() / 1000,
        rate(start.elapsed())
    );
    if let (Some(before), Some(after)) = (before, processor_time()) {
        println!("{:.0} per second of processor time", rate(after - before));
    }
}

/// What this process has used of a processor, where the system tells (Linux): other processes do not disturb it as
/// they do the clock. Ticks are hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<_> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}
