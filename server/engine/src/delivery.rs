//! Delivery: how a certificate reaches those it is for, and what is done when it does not (C4).

mod again;
mod downloads;
mod fates;

pub use downloads::OpenDownload;
