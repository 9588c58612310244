//! What entries of the log are about, and where to see it.

use leptos::prelude::*;

use crate::api::duties::DUTIES;
use crate::routes::{self, one};
use crate::text;

/// Nouns that entries are about, as the filter offers them: what their kinds begin with, and words.
pub const NOUNS: [(&str, &str); 24] = [
    ("request.", "Requests"),
    ("plan.", "Plans"),
    ("manifest.", "Manifests"),
    ("attempt.", "Chunks that were erased"),
    ("step.", "Steps of erasure"),
    ("check.", "Checks"),
    ("spot_check.", "Spot checks"),
    ("attestation.", "Attestations"),
    ("certificate.", "Certificates"),
    ("drill.", "Drills"),
    ("hold.", "Holds"),
    ("duty.", "Duties to keep"),
    ("register.", "The hold register"),
    ("inventory.", "The inventory"),
    ("erasure.", "Pauses"),
    ("person.", "People"),
    ("tenant.", "Tenants"),
    ("token.", "Tokens of programs"),
    ("job.", "Jobs"),
    ("mail.", "Mails"),
    ("issuer.", "The issuer"),
    ("key.", "Signing keys"),
    ("incident.", "Incidents"),
    ("replay.", "Restored systems"),
];

/// The page of an object, where it has one.
fn href(object: &str) -> Option<String> {
    let (noun, id) = object.split_once(':')?;
    let list = match noun {
        "request" => routes::REQUESTS,
        "hold" => routes::HOLDS,
        "certificate" => routes::CERTIFICATES,
        "tenant" => routes::TENANTS,
        "person" => routes::PEOPLE,
        "system" if id != "*" => routes::INVENTORY,
        "drill" => return Some(routes::DRILLS.into()),
        "replay" => routes::RESTORES,
        "register" => return Some(routes::HOLDS.into()),
        "inventory" => return Some(routes::INVENTORY.into()),
        "duty" => DUTIES,
        "incident" => routes::INCIDENTS,
        "key" => return Some(routes::KEYS.into()),
        "storage" => return Some(routes::JOBS.into()),
        "issuer" => return Some(routes::SETTINGS.into()),
        _ => return None,
    };
    Some(one(list, id))
}

/// An object by its noun and the end of its id, as a link where it has a page.
#[component]
pub fn Object(
    /// As the log names it: `request:<id>`.
    name: String,
) -> impl IntoView {
    let (noun, id) = name.split_once(':').unwrap_or((&name, ""));
    let short = if id.len() == 36 {
        text::tail(id)
    } else {
        id.to_owned()
    };
    let words = view! {
        {text::words(noun)}
        " "
        <code title=id.to_owned()>{short}</code>
    };
    match href(&name) {
        Some(href) => view! { <a href=href>{words}</a> }.into_any(),
        None => view! { <span>{words}</span> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_leads_to_its_page() {
        assert_eq!(href("request:17").as_deref(), Some("/requests/17"));
        assert_eq!(href("register:holds").as_deref(), Some("/holds"));
        assert_eq!(href("system:*"), None);
        assert_eq!(href("attempt:17"), None);
    }
}
