//! The front page: for the public what Lethe is, for who is signed in what waits for them.

use leptos::prelude::*;
use leptos_meta::Title;

use super::certificates::offline::OPENSSL;
use super::desk::Desk;
use crate::api::ssr;
use crate::components::Command;
use crate::routes;

/// The front page.
#[component]
pub fn Home() -> impl IntoView {
    match ssr::visit().visitor {
        Some(_) => view! { <Desk /> }.into_any(),
        None => view! { <Welcome /> }.into_any(),
    }
}

#[component]
fn Welcome() -> impl IntoView {
    view! {
        <Title text="" />
        <h1>"Was it really erased?"</h1>
        <p class="lead">
            "Lethe runs erasure as a controlled process: legal holds are checked before anything is touched, every \
             system of the inventory is erased, an independent check looks again, and a signed certificate says what \
             was found."
        </p>
        <p>
            <a class="button" data-tone="primary" href=routes::SIGN_IN>
                "Sign in"
            </a>
        </p>
        <section aria-labelledby="check">
            <h2 id="check">"Check a certificate yourself"</h2>
            <p>
                <a href=routes::VERIFY>"Give the file to your browser"</a>
                ", which checks it without sending it anywhere, or look up the present state of a certificate by the code \
                 printed on it."
            </p>
            <p>
                "A certificate does not ask you to trust this site. Its signature is a file beside it, and OpenSSL \
                 verifies it on your own computer:"
            </p>
            <Command label="Command that verifies a certificate" text=OPENSSL />
        </section>
    }
}
