//! Drills: the whole process on a synthetic tenant, once a month.

pub mod list;
