//! The sign-in.

use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::session::SignIn as Act;
use crate::api::ssr;
use crate::components::{Form, Hidden, PageHead, Submit, TextField};
use crate::routes;

/// E-mail address and password; who is signed in already goes on.
#[component]
pub fn SignIn() -> impl IntoView {
    let visit = ssr::visit();
    let next = visit.query("next").unwrap_or(routes::HOME).to_owned();
    if visit.visitor.is_some() {
        ssr::see_other(ssr::local_path(&next));
        return ().into_any();
    }
    view! {
        <div class="narrow">
            <PageHead title="Sign in" />
            <Form action=Act::PATH>
                <Hidden name="next" value=next />
                <TextField name="email" label="E-mail address" kind="email" autocomplete="username" autofocus=true />
                <TextField name="password" label="Password" kind="password" autocomplete="current-password" />
                <Submit>"Sign in"</Submit>
            </Form>
            <p class="aside-link">
                <a href="/reset">"Forgot your password?"</a>
            </p>
        </div>
    }
    .into_any()
}
