//! What is shown when it is asked for; it opens by itself when its form was refused.

use leptos::prelude::*;

use crate::api::ssr;

/// A form behind a line of text.
#[component]
pub fn Drawer(
    /// The line.
    #[prop(into)]
    summary: String,
    /// Where the form in it posts to.
    action: &'static str,
    /// Words and the form.
    children: Children,
) -> impl IntoView {
    let refused = ssr::visit().draft.is_some_and(|draft| draft.action == action);
    view! {
        <details class="drawer" open=refused>
            <summary>{summary}</summary>
            {children()}
        </details>
    }
}
