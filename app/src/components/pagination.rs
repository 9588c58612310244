//! Pages of a long list, by cursor.

use leptos::prelude::*;

use crate::api::ssr;

/// Links to the beginning and to what follows.
#[component]
pub fn Pagination(
    /// The cursor of the next page, where there is one.
    next: Option<String>,
) -> impl IntoView {
    let visit = ssr::visit();
    let first = visit
        .query("after")
        .is_some()
        .then(|| visit.with_query("after", None));
    let next = next.map(|cursor| visit.with_query("after", Some(&cursor)));
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pagination" aria-label="Pages of this list">
                {first.map(|href| view! { <a class="button" data-tone="secondary" href=href>"Back to the beginning"</a> })}
                {next.map(|href| view! { <a class="button" data-tone="secondary" rel="next" href=href>"Show more"</a> })}
            </nav>
        }
    })
}
