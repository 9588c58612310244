//! Work that machines do.

pub mod jobs;
