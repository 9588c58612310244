//! Keys at work: sealing what must not lie open, signing what outsiders check, and the keys of both at rest.
//!
//! - [`keys`]: symmetric keys, one text per purpose, with retired predecessors;
//! - [`seal`]: the [`KeyRing`] that seals and digests with them;
//! - [`ledger`] and [`pem`]: signing keys on disk, encrypted, with their dates;
//! - [`escrow`]: all of them in one encrypted file, for a safe place outside;
//! - [`pdf_seal`]: roots and seals for viewers of PDFs;
//! - [`signing`]: the [`IssuerKeys`] that sign statements, documents and checkpoints;
//! - [`source`], [`system`]: where secrets come from, the clock and the random bytes of this machine.

pub mod escrow;
mod file;
pub mod keys;
pub mod ledger;
pub mod pdf_seal;
pub mod pem;
pub mod seal;
pub mod signing;
pub mod source;
pub mod system;

pub use keys::{KeyError, PurposeKeys};
pub use ledger::{KeyRecord, Kind};
pub use pdf_seal::SealAlgorithm;
pub use seal::KeyRing;
pub use signing::{IssuerError, IssuerKeys, IssuerSettings};
pub use source::{Source, SourceError};
pub use system::{SystemClock, SystemEntropy};
