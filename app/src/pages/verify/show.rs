//! The page that the address and the picture code on a certificate lead to.

use leptos::prelude::*;

use super::status::{Asked, asked};
use crate::api::ssr;
use crate::components::{PageHead, load};
use crate::pages::certificates::offline::Offline;
use crate::routes;

/// The state of one certificate.
#[component]
pub fn Show() -> impl IntoView {
    let reference = ssr::visit().param("reference").to_owned();
    load(asked(reference), |status| {
        view! {
            <PageHead title="State of a certificate" back=(routes::VERIFY, "Check another certificate") />
            <div class="stack">
                <Asked status />
                <Offline />
            </div>
        }
    })
}
