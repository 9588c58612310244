//! The head of a page: where it is, what it is called, what can be done.

use leptos::prelude::*;
use leptos_meta::Title;

/// Title, way back, lead and actions.
#[component]
pub fn PageHead(
    /// The heading; also the document's title.
    #[prop(into)]
    title: String,
    /// Where it belongs: URL and words.
    #[prop(optional)]
    back: Option<(&'static str, &'static str)>,
    /// One sentence about the page.
    #[prop(optional, into)]
    lead: String,
    /// Links and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let actions = children.map(|children| view! { <div class="page-actions">{children()}</div> });
    view! {
        <Title text=title.clone() />
        <div class="page-head">
            {back
                .map(|(href, words)| {
                    view! {
                        <nav class="page-back" aria-label="Back">
                            <a href=href>{words}</a>
                        </nav>
                    }
                })}
            <div class="page-title">
                <h1>{title}</h1>
                {actions}
            </div>
            {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
        </div>
    }
}
