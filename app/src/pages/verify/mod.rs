//! The present state of a certificate, for anybody.

pub mod look_up;
mod status;
pub mod show;
