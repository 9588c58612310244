//! Every URL of the product, in one table.

use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::path;

use crate::pages::{Home, NotFound};

/// The front page.
pub const HOME: &str = "/";

/// The table: a URL and the page behind it.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=Home />
        </Routes>
    }
}
