//! How much of something is done.

use leptos::prelude::*;

use crate::text;

/// A bar with its numbers.
#[component]
pub fn Progress(
    /// Done.
    done: u64,
    /// Of so many.
    of: u64,
    /// Of what.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let said = format!("{} of {}", text::count(done), text::count(of));
    view! {
        <div class="progress">
            <progress max=of.max(1) value=done aria-label=label.clone()></progress>
            <p>
                {said} " " <span class="progress-label">{label}</span>
            </p>
        </div>
    }
}
