//! Tables: scroll sideways where they must, keep their head in sight, say what they list.

use leptos::prelude::*;

use crate::api::ssr;

/// A table. Children are `<thead>` and `<tbody>`.
#[component]
pub fn Table(
    /// What it lists, for screen readers.
    #[prop(into)]
    caption: String,
    /// The caption is also seen.
    #[prop(optional)]
    captioned: bool,
    /// On a phone each row is a card: every `<td>` then says by `data-label` what it is.
    #[prop(optional)]
    stacked: bool,
    /// Head and body.
    children: Children,
) -> impl IntoView {
    let class = if captioned { "" } else { "visually-hidden" };
    let label = caption.clone();
    view! {
        <div class="table-frame" data-stacked=stacked.then_some("") role="region" tabindex="0" aria-label=label>
            <table>
                <caption class=class>{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// The head of a column that can be sorted by.
#[component]
pub fn SortLink(
    /// The value of `sort` in the query.
    by: &'static str,
    /// The present value.
    #[prop(into)]
    sorted: String,
    /// The column's name.
    children: Children,
) -> impl IntoView {
    let visit = ssr::visit();
    let present = sorted == by;
    let href = visit.with_query("sort", Some(by));
    view! {
        <th scope="col" aria-sort=present.then_some("ascending")>
            <a href=href>{children()} {present.then_some(" \u{2191}")}</a>
        </th>
    }
}
