//! Results of a search.

use leptos::prelude::*;

use crate::api::ssr;
use crate::components::PageHead;

/// What was found.
#[component]
pub fn Search() -> impl IntoView {
    let sought = ssr::visit().query("q").unwrap_or_default().to_owned();
    view! { <PageHead title=format!("Search: {sought}") /> }
}
