//! People: accounts and roles, proving who one is, sessions, second factors, links that set a password.

mod accounts;
mod authentication;
mod drafts;
mod invitations;
mod links;
mod password;
mod proof;
mod second_factor;
mod sessions;
mod step_up;
mod sweeping;
mod tenants;
mod throttle;
mod tokens;

pub use accounts::NewPerson;
pub use authentication::Credentials;
pub use drafts::Holder;
pub use invitations::NewInvitation;
pub use links::OpenLink;
pub use second_factor::TotpEnrolment;
pub use sessions::{SignedIn, Visitor};
