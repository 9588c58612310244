//! The certificate: what it claims, in which words, and how a stranger checks a file.

pub mod answer;
pub mod case;
pub mod check;
pub mod claims;
pub mod code;
pub mod given;
mod kept;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod registered;
pub mod report;
pub mod sampling;
pub mod standing;
pub mod told;
mod validate;
pub mod wording;
mod words;

pub use answer::{Answer, Confirmed, Facts, KeyMark, Logged, Pages, Present};
pub use case::{
    Act, ActKind, Extension, Ground, HoldCheck, HoldResult, HoldWait, Inventory, Issuer, LogReference,
    Notified, Recipient, Request,
};
pub use check::{Attachments, Beside, File, check};
pub use claims::{Claims, ClaimsError, Earlier, Kind, SCHEMA};
pub use code::PrintedCode;
pub use given::{Given, GivenError, Published};
pub use registered::{Registered, RegisteredDocument};
pub use report::{
    Acceptance, Attestation, Backup, Control, Dataset, Handling, Neighbours, Rehearsal, Sample, SeedSource,
    SpotCheck, System, Until, Verdict, Verification, Withheld, WithheldBy,
};
pub use sampling::{NonceKept, Sampling};
pub use standing::{
    AttestedAgain, MarkedKey, MarkedOtherKey, Standing, StandingState, StatusError, StatusList, StatusRow,
};
pub use told::{Mood, Outcome, Told};
pub use validate::Contradiction;

#[cfg(test)]
mod check_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod told_tests;
