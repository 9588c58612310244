//! Every page of the product in one table: its URL, who may see it, and what draws it.

use std::fmt::Display;

use domain::actor::Role;
use leptos::prelude::*;

use crate::pages;

/// Who may see a page. The engine asks for permission again; this only decides between a page, the sign-in and 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in with one of these roles; for others it is not there.
    Only(&'static [Role]),
    /// Whoever builds Lethe: it is there only while the server takes what the browser loads from a folder.
    Development,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Its URL, with `{placeholders}`.
    pub path: &'static str,
    /// Who may see it.
    pub access: Access,
    /// What draws it.
    pub view: fn() -> AnyView,
}

impl Page {
    /// Anybody may see it, so search engines may too.
    pub fn is_public(&self) -> bool {
        self.access == Access::Public
    }
}

/// Roles that see every request, hold and certificate.
pub const READERS: &[Role] = &[Role::LegalCounsel, Role::ComplianceOfficer, Role::Auditor];
/// Roles that open requests.
pub const OPENERS: &[Role] = &[Role::LegalCounsel, Role::ComplianceOfficer, Role::Tenant];
/// Everybody but tenants.
pub const STAFF: &[Role] = &[
    Role::LegalCounsel,
    Role::ComplianceOfficer,
    Role::Auditor,
    Role::Operator,
    Role::Administrator,
];
/// Roles that place holds, record duties and what parties attest. What others may learn of them, all staff may read.
pub const COUNSEL: &[Role] = &[Role::LegalCounsel];
/// Roles that change the inventory.
pub const INVENTORY_KEEPERS: &[Role] = &[Role::LegalCounsel, Role::Operator];
/// Roles that read the log.
pub const LOG_READERS: &[Role] = &[
    Role::LegalCounsel,
    Role::ComplianceOfficer,
    Role::Auditor,
    Role::Administrator,
];
/// Roles that read certificates.
pub const CERTIFICATE_READERS: &[Role] = &[
    Role::LegalCounsel,
    Role::ComplianceOfficer,
    Role::Auditor,
    Role::Tenant,
];

/// Roles that register tenants.
pub const TENANT_KEEPERS: &[Role] = &[Role::LegalCounsel, Role::ComplianceOfficer];
/// Roles that set who issues certificates.
pub const ISSUER_KEEPERS: &[Role] = &[Role::Administrator, Role::ComplianceOfficer];

/// The home page: what waits for whoever is signed in.
pub const HOME: &str = "/";
/// All requests.
pub const REQUESTS: &str = "/requests";
/// The hold register.
pub const HOLDS: &str = "/holds";
/// The inventory.
pub const INVENTORY: &str = "/inventory";
/// All certificates.
pub const CERTIFICATES: &str = "/certificates";
/// What was seen again after a certificate was issued.
pub const INCIDENTS: &str = "/incidents";
/// Restored systems, and what they brought back.
pub const RESTORES: &str = "/restores";
/// Drills on a synthetic tenant.
pub const DRILLS: &str = "/drills";
/// The log.
pub const LOG: &str = "/log";
/// Parked work.
pub const JOBS: &str = "/jobs";
/// Accounts.
pub const PEOPLE: &str = "/people";
/// Customers of the issuer.
pub const TENANTS: &str = "/tenants";
/// Issuer, keys, mail.
pub const SETTINGS: &str = "/settings";
/// What Lethe itself keeps about people.
pub const PRIVACY: &str = "/privacy";
/// The issuer's signing keys.
pub const KEYS: &str = "/settings/keys";
/// Putting another key in place, by its kind.
pub const ROTATE: &str = "/settings/keys/rotate";
/// Marking a key that somebody else may have had.
pub const COMPROMISED: &str = "/settings/keys/compromised";
/// Results of a search.
pub const SEARCH: &str = "/search";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// One's second factor.
pub const SECOND_FACTOR: &str = "/account/second-factor";
/// Checking a certificate.
pub const VERIFY: &str = "/verify";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";

/// The sign-in that leads to `next` afterwards.
pub fn sign_in(next: &str) -> String {
    with_next(SIGN_IN, next)
}

/// The password once more, then `next`.
pub fn step_up(next: &str) -> String {
    with_next("/step-up", next)
}

/// A page of a noun: `/holds/<id>`.
pub fn one(list: &str, id: impl Display) -> String {
    format!("{list}/{id}")
}

fn with_next(page: &str, next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{page}?next={next}")
}

/// A row of the table: path, access, component.
macro_rules! pages {
    ($($path:literal $access:expr => $component:path;)+) => {
        /// The table.
        pub static PAGES: &[Page] = &[$(Page {
            path: $path,
            access: $access,
            view: || { use $component as Drawn; view! { <Drawn /> }.into_any() },
        }),+];
    };
}

use Access::{Development, Only, Public, SignedIn};

pages! {
    "/" Public => pages::home::Home;
    "/sign-in" Public => pages::session::sign_in::SignIn;
    "/sign-in/code" Public => pages::session::code::Code;
    "/reset" Public => pages::session::reset::Reset;
    "/invitation" Public => pages::session::reset::Invitation;
    "/step-up" SignedIn => pages::session::step_up::StepUp;
    "/api" Public => pages::reference::ApiReference;
    "/requests" SignedIn => pages::requests::list::List;
    "/requests/new" Only(OPENERS) => pages::requests::new::New;
    "/requests/{id}" SignedIn => pages::requests::show::Show;
    "/requests/{id}/identity" SignedIn => pages::requests::identity::Identity;
    "/requests/{id}/nonce" Only(READERS) => pages::requests::nonce::Nonce;
    "/requests/{id}/approve" Only(READERS) => pages::requests::approve::Approve;
    "/requests/{id}/attest" Only(COUNSEL) => pages::requests::attest::Attest;
    "/requests/{id}/spot-check" Only(READERS) => pages::requests::spot_check::SpotCheck;
    "/requests/{id}/certify" Only(READERS) => pages::requests::certify::Certify;
    "/requests/{id}/act" SignedIn => pages::requests::act::Act;
    "/search" SignedIn => pages::search::Search;
    "/verify" Public => pages::verify::look_up::LookUp;
    "/verify/{reference}" Public => pages::verify::show::Show;
    "/certificates" Only(CERTIFICATE_READERS) => pages::certificates::list::List;
    "/certificates/{id}" Only(CERTIFICATE_READERS) => pages::certificates::show::Show;
    "/certificates/{id}/revoke" Only(READERS) => pages::certificates::revoke::Revoke;
    "/certificates/{id}/addendum" Only(READERS) => pages::certificates::addendum::Addendum;
    "/download/{token}" Public => pages::certificates::download::Download;
    "/incidents" Only(READERS) => pages::incidents::list::List;
    "/incidents/{id}" Only(READERS) => pages::incidents::show::Show;
    "/restores" Only(STAFF) => pages::restores::list::List;
    "/restores/{id}" Only(STAFF) => pages::restores::show::Show;
    "/drills" Only(STAFF) => pages::drills::list::List;
    "/log" Only(LOG_READERS) => pages::log::list::List;
    "/log/{entry}" Only(LOG_READERS) => pages::log::show::Show;
    "/jobs" Only(STAFF) => pages::operations::jobs::Jobs;
    "/tenants" Only(STAFF) => pages::tenants::list::List;
    "/tenants/new" Only(TENANT_KEEPERS) => pages::tenants::new::New;
    "/tenants/{id}" Only(STAFF) => pages::tenants::show::Show;
    "/privacy" Only(LOG_READERS) => pages::privacy::Privacy;
    "/settings" Only(ISSUER_KEEPERS) => pages::settings::show::Show;
    "/settings/keys" Only(ISSUER_KEEPERS) => pages::keys::list::List;
    "/settings/keys/rotate/{kind}" Only(&[Role::Administrator]) => pages::keys::rotate::Rotate;
    "/settings/keys/compromised" Only(&[Role::Administrator]) => pages::keys::compromised::Compromised;
    "/styleguide" Development => pages::styleguide::show::Show;
    "/holds" Only(STAFF) => pages::holds::list::List;
    "/holds/new" Only(COUNSEL) => pages::holds::new::New;
    "/holds/new/preview" Only(COUNSEL) => pages::holds::preview::Previewed;
    "/holds/confirm" Only(COUNSEL) => pages::holds::confirm::Confirm;
    "/holds/duties" Only(STAFF) => pages::holds::duties::list::Duties;
    "/holds/duties/new" Only(COUNSEL) => pages::holds::duties::new::New;
    "/holds/duties/{id}" Only(STAFF) => pages::holds::duties::show::Show;
    "/holds/{id}" Only(STAFF) => pages::holds::show::Show;
    "/holds/{id}/release" Only(COUNSEL) => pages::holds::release::Release;
    "/inventory" Only(STAFF) => pages::inventory::list::List;
    "/inventory/connect" Only(INVENTORY_KEEPERS) => pages::inventory::connect::what::What;
    "/inventory/connect/paste" Only(INVENTORY_KEEPERS) => pages::inventory::connect::paste::Paste;
    "/inventory/connect/reach" Only(INVENTORY_KEEPERS) => pages::inventory::connect::reach::Reach;
    "/inventory/connect/datasets" Only(INVENTORY_KEEPERS) => pages::inventory::connect::datasets::Datasets;
    "/inventory/connect/check" Only(INVENTORY_KEEPERS) => pages::inventory::connect::check::Check;
    "/inventory/versions" Only(STAFF) => pages::inventory::versions::list::Versions;
    "/inventory/versions/{number}" Only(STAFF) => pages::inventory::versions::show::Show;
    "/inventory/{name}" Only(STAFF) => pages::inventory::show::Show;
    "/inventory/{name}/retire" Only(INVENTORY_KEEPERS) => pages::inventory::retire::Retire;
    "/people" Only(&[Role::Administrator]) => pages::people::list::List;
    "/people/invite" Only(&[Role::Administrator]) => pages::people::invite::Invite;
    "/people/{id}" Only(&[Role::Administrator]) => pages::people::show::Show;
    "/account" SignedIn => pages::account::show::Show;
    "/account/second-factor" SignedIn => pages::account::second_factor::SecondFactor;
    "/account/recovery-codes" SignedIn => pages::account::second_factor::RecoveryCodes;
    "/account/tokens/new" SignedIn => pages::account::token::New;
    "/account/token" SignedIn => pages::account::token::Shown;
}

/// What stands where no page is.
pub static NOT_FOUND: Page = Page {
    path: "",
    access: SignedIn,
    view: || {
        use pages::not_found::NotFound;
        view! { <NotFound /> }.into_any()
    },
};

/// What stands where somebody asked too often.
pub static TOO_OFTEN: Page = Page {
    path: "",
    access: Public,
    view: || {
        use pages::too_often::TooOften;
        view! { <TooOften /> }.into_any()
    },
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_url_is_one_page() {
        let paths: BTreeSet<_> = PAGES.iter().map(|page| page.path).collect();
        assert_eq!(paths.len(), PAGES.len());
    }

    #[test]
    fn the_way_back_is_encoded() {
        assert_eq!(
            sign_in("/holds?state=a&b"),
            "/sign-in?next=%2Fholds%3Fstate%3Da%26b"
        );
    }
}
