//! Lethe's vocabulary: the law of erasure in pure types.
//!
//! A *data subject* or a *tenant* asks for *erasure* ([`request`]). *Legal holds* ([`hold`]) and *retention duties*
//! ([`retention`]) keep data that must be kept. The *inventory* ([`inventory`]) names every *system* and *dataset*.
//! A *plan* ([`plan`]) has one entry for every system, and a *manifest* ([`manifest`]) of what was there before.
//! A *check* ([`verification`]) gives each dataset a *verdict*. A *certificate* ([`certificate`]) states what was
//! found; the *log* ([`audit`]) keeps every act. Nothing here does I/O, asks a clock or draws lots: the
//! [`port`]s do.

pub mod actor;
pub mod archive;
pub mod attempt;
pub mod audit;
pub mod canonical;
pub mod certificate;
pub mod digest;
pub mod download;
pub mod drift;
pub mod drill;
pub mod hold;
pub mod id;
pub mod incident;
pub mod inventory;
pub mod job;
pub mod key;
pub mod later;
pub mod link;
pub mod mail;
pub mod manifest;
pub mod nonce;
pub mod password;
pub mod people;
pub mod plan;
pub mod port;
pub mod register;
pub mod replay;
pub mod request;
pub mod retention;
pub mod revocation;
pub mod scope;
pub mod secret;
pub mod selection;
pub mod session;
pub mod signature;
pub mod subject;
pub mod switches;
pub mod time;
pub mod verification;
