//! The password once more, before a dangerous act.

use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::session::StepUp as Act;
use crate::api::ssr;
use crate::components::{Form, Hidden, PageHead, Submit, TextField};
use crate::routes;

/// Password, and code where the account has a second factor.
#[component]
pub fn StepUp() -> impl IntoView {
    let visit = ssr::visit();
    let next = visit.query("next").unwrap_or(routes::HOME).to_owned();
    let back = ssr::local_path(&next).to_owned();
    let has_code = visit
        .visitor
        .is_some_and(|visitor| visitor.person.second_factor.is_some());
    view! {
        <div class="narrow">
            <PageHead
                title="Confirm that it is you"
                lead="What you are about to do cannot be undone, so your password is needed once more. What you typed is kept."
            />
            <Form action=Act::PATH>
                <Hidden name="next" value=next />
                <TextField name="password" label="Password" kind="password" autocomplete="current-password" autofocus=true />
                {has_code
                    .then(|| {
                        view! {
                            <TextField
                                name="code"
                                label="Code"
                                hint="Six digits from your authenticator app"
                                autocomplete="one-time-code"
                                width="short"
                            />
                        }
                    })}
                <Submit>"Continue"</Submit>
            </Form>
            <p class="aside-link">
                <a href=back>"Go back without doing it"</a>
            </p>
        </div>
    }
}
