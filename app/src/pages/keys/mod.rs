//! The issuer's signing keys.

pub mod compromised;
pub mod list;
pub mod rotate;
pub mod words;
