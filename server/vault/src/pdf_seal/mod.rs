//! Seals that viewers of PDFs know: a key under a root of our own, and the CMS that goes into the document (PAdES).
//!
//! ECDSA with P-256 is what mainstream viewers check; Ed25519 is for those who ask for it. Each has a root of its own.
//! A seal signs for a year; its X.509 certificate lasts longer, so that what it sealed stays valid in viewers for as
//! long as certificates of erasure are kept.

mod authority;
mod cms;
mod key;

pub use authority::{Authority, SealRecord};
pub use key::SealAlgorithm;

pub(crate) use authority::{CertificateError, fresh_authority, fresh_seal};
pub(crate) use cms::signed;
pub(crate) use key::SealKey;
