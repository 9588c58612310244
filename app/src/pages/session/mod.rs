//! Signing in.

pub mod code;
pub mod reset;
pub mod sign_in;
pub mod step_up;
