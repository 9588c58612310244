//! The present state of a certificate, for anybody.

pub mod look_up;
pub mod show;
mod status;
