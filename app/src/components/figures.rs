//! Numbers side by side, each with what it counts and where it leads.

use leptos::prelude::*;

/// A row of [`Figure`]s.
#[component]
pub fn Figures(
    /// The figures.
    children: Children,
) -> impl IntoView {
    view! { <dl class="figures">{children()}</dl> }
}

/// One number.
#[component]
pub fn Figure(
    /// The number, or a few words.
    #[prop(into)]
    figure: String,
    /// What it counts.
    #[prop(into)]
    words: String,
    /// Where its list is.
    #[prop(optional, into)]
    href: String,
) -> impl IntoView {
    let words = match href.is_empty() {
        true => words.into_any(),
        false => view! { <a href=href>{words}</a> }.into_any(),
    };
    view! {
        <div class="figure">
            <dt>{words}</dt>
            <dd>{figure}</dd>
        </div>
    }
}
