//! The form that asks for an id or code, with the answer below it.

use leptos::prelude::*;

use super::status::{Asked, asked};
use crate::api::ssr;
use crate::components::{PageHead, Submit, TextField, load};
use crate::pages::certificates::offline::Offline;
use crate::routes;

/// The page.
#[component]
pub fn LookUp() -> impl IntoView {
    let code = ssr::visit().query("code").map(str::to_owned);
    let typed = code.clone().unwrap_or_default();
    let answer = code.map(|code| load(asked(code), |status| view! { <Asked status /> }));
    view! {
        <PageHead
            title="Check a certificate"
            lead="See whether a certificate is in force. You need no account, and you learn nothing here of whose data it was."
        />
        <div class="stack">
            <form class="form" method="get" action=routes::VERIFY>
                <TextField
                    name="code"
                    label="Code or id"
                    hint="The code is printed on the first page, such as 7K3M-9QXT-2VHF. Capitals, spaces and hyphens do not matter."
                    value=typed
                    width="medium"
                />
                <Submit>"Look it up"</Submit>
            </form>
            {answer}
            <Offline />
        </div>
    }
}
