//! What pages read and what forms do: one file per noun. A server function is a door: who calls, parse, one use case,
//! where to go next.

pub mod account;
pub mod certificates;
pub mod duties;
pub mod holds;
pub mod incidents;
pub mod inventory;
pub mod jobs;
pub mod keep;
pub mod kept;
pub mod keys;
pub mod links;
pub mod people;
pub mod reference;
pub mod replays;
pub mod requests;
pub mod session;
pub mod settings;
pub mod shown;
pub mod ssr;
pub mod tenants;

pub use leptos::server_fn::ServerFn;
