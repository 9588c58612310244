//! The present state of a certificate, and the check of a file, for anybody.

mod file;
pub mod look_up;
pub mod show;
mod status;
