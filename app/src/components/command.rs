//! A command or an exact text, with a button that copies it.

use leptos::prelude::*;

use crate::islands::CopyButton;

/// The text as it is, and the button.
#[component]
pub fn Command(
    /// What it is, for screen readers.
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="command">
            <pre tabindex="0" role="region" aria-label=label>
                <code>{text.clone()}</code>
            </pre>
            <CopyButton text />
        </div>
    }
}
