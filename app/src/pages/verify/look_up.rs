//! The place for a file, and the form that asks for an id or code, each with the answer below it.

use leptos::prelude::*;

use super::file::CheckFile;
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
            lead="See whether a file is a genuine certificate, and whether it is in force. You need no account."
        />
        <div class="stack">
            <CheckFile />
            <section class="panel" aria-labelledby="by-code">
                <h2 id="by-code">"A code or id"</h2>
                <form class="form" method="get" action=routes::VERIFY>
                    <TextField
                        name="code"
                        label="Code or id"
                        hint="The code is printed on the first page, such as 7K3M-9QXT-2VHF. Capitals, spaces and hyphens do not matter. You learn nothing here of whose data it was."
                        value=typed
                        width="medium"
                    />
                    <Submit tone="secondary">"Look it up"</Submit>
                </form>
            </section>
            {answer}
            <Offline />
        </div>
    }
}
