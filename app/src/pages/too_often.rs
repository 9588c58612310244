//! The page in place of one that was asked for too often.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;

/// Says that it is too often and what to do; whoever draws it answers with status 429.
#[component]
pub fn TooOften() -> impl IntoView {
    let heading = "Please wait a minute";
    view! {
        <Title text=heading />
        <h1>{heading}</h1>
        <p class="lead">
            "There were too many attempts from your network. Nothing is wrong with the certificate; after a minute you can look again."
        </p>
        <p>
            "Whoever is signed in is not slowed down. "
            <a href=routes::SIGN_IN>"Sign in"</a>
        </p>
    }
}
