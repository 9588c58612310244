//! Signatures that outsiders can check: JWS, SSHSIG, signed notes and their cosignatures.
//!
//! Pure formats over Ed25519 (RFC 8032): what is to be signed, how a signature is written, and whether it holds.
//! Private keys are elsewhere. Verification is always strict (no small-order keys, canonical encodings only).

pub mod cosignature;
pub mod jwk;
pub mod jws;
pub mod note;
pub mod sshsig;

pub use ed25519_dalek::{Signature, VerifyingKey};

/// The namespace of SSHSIG signatures over certificates: a signature made for another purpose does not count.
pub const NAMESPACE: &str = "lethe-certificate";
