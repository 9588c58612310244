//! How many certificates one core renders and signs in a second.
//!
//! `cargo run --release -p press --example throughput -- [SECONDS] [SYSTEMS]`

use std::time::{Duration, Instant};

use domain::port::press::Manuscript;
use ed25519_dalek::{Signer as _, SigningKey};

#[path = "../tests/press/samples.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "shared with the tests, which use the other samples")]
mod samples;
#[path = "../tests/press/signed.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "shared with the tests, which use the other signatures")]
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
    let (start, mut rendered) = (Instant::now(), 0_u32);
    while start.elapsed() < Duration::from_secs(seconds) {
        let pdf = press::render(&manuscript).expect("the sample can be rendered");
        std::hint::black_box(key.sign(&pdf));
        rendered += 1;
    }
    let each = start.elapsed() / rendered;
    println!(
        "{systems} systems, {} kB: {:?} each, {:.0} per second and core",
        warm.len() / 1000,
        each,
        1.0 / each.as_secs_f64()
    );
}
