//! Wrappers around any eraser or probe.

#[cfg(any(feature = "erase", feature = "probe"))]
pub mod throttle;
#[cfg(any(feature = "erase", feature = "probe"))]
pub mod timeout;
#[cfg(any(feature = "erase", feature = "probe"))]
pub mod trace;
