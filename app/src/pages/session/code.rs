//! The second factor.

use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::session::FinishSignIn;
use crate::api::ssr;
use crate::components::{Form, Hidden, PageHead, Submit, TextField};
use crate::routes;

/// A code of the authenticator, or a recovery code.
#[component]
pub fn Code() -> impl IntoView {
    let next = ssr::visit().query("next").unwrap_or(routes::HOME).to_owned();
    view! {
        <div class="narrow">
            <PageHead title="Enter your code" lead="Your password was right. Now the second factor." />
            <Form action=FinishSignIn::PATH>
                <Hidden name="next" value=next />
                <TextField
                    name="code"
                    label="Code"
                    hint="Six digits from your authenticator app, or one of your recovery codes"
                    autocomplete="one-time-code"
                    width="medium"
                    autofocus=true
                />
                <Submit>"Sign in"</Submit>
            </Form>
            <p class="aside-link">
                <a href=routes::SIGN_IN>"Begin again"</a>
            </p>
        </div>
    }
}
