//! Tenants: the issuer's customers.

pub mod list;
pub mod new;
pub mod show;
