//! Ports: what the engine needs of the world, as traits.

pub mod archive;
pub mod connector;
pub mod delivery;
pub mod destroyed;
pub mod erase;
pub mod keeper;
pub mod mailer;
pub mod nonces;
pub mod press;
pub mod probe;
pub mod reading;
pub mod replays;
pub mod replies;
pub mod signer;
pub mod store;
pub mod vault;
