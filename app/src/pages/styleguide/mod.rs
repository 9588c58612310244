//! Every component in its states, for whoever builds Lethe.

mod forms;
mod lists;
pub mod show;
