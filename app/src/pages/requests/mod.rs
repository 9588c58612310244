//! Requests.

pub mod act;
pub mod approve;
pub mod attest;
pub mod certify;
pub mod identity;
pub mod list;
pub mod new;
pub mod nonce;
pub mod show;
pub mod spot_check;
pub(super) mod words;
