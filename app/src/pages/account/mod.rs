//! One's own account.

pub mod second_factor;
pub mod show;
pub mod token;
pub mod tokens;
