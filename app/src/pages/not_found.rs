//! The page behind every URL that is not in the table.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;

/// Says that there is no such page; with status 404 when the server renders it.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Page not found" />
        <h1>"There is no such page"</h1>
        <p>"The address may be wrong, or the page is not yours to see. " <a href=routes::HOME>"Go to the front page"</a> "."</p>
    }
}
