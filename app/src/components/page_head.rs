//! The head of a page: where it is, what it is called, what can be done.

use leptos::prelude::*;
use leptos_meta::Title;

/// Where a page belongs: URL and words.
#[derive(Debug, Clone)]
pub struct Back {
    href: String,
    words: String,
}

impl<H: Into<String>, W: Into<String>> From<(H, W)> for Back {
    fn from((href, words): (H, W)) -> Self {
        Self {
            href: href.into(),
            words: words.into(),
        }
    }
}

/// Title, way back, lead and actions.
#[component]
pub fn PageHead(
    /// The heading; also the document's title.
    #[prop(into)]
    title: String,
    /// Where it belongs.
    #[prop(optional, into)]
    back: Option<Back>,
    /// What it is about, where the title does not say so.
    #[prop(optional, into)]
    about: String,
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
                .map(|back| {
                    view! {
                        <nav class="page-back" aria-label="Back">
                            <a href=back.href>{back.words}</a>
                        </nav>
                    }
                })}
            <div class="page-title">
                <h1>{title}</h1>
                {actions}
            </div>
            {(!about.is_empty()).then(|| view! { <p class="page-about">{about}</p> })}
            {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
        </div>
    }
}
