//! The banner of those who can do something about it: a place of certificates does not give back what is written to it.

use domain::archive::StorageHealth;
use leptos::prelude::*;

use super::{Moment, Notice, Tone};
use crate::api::ssr;
use crate::routes;

/// The banner; nothing while every place works, and for everybody else.
#[component]
pub fn StorageNotice() -> impl IntoView {
    let (visitor, engine) = (ssr::visit().visitor, ssr::engine());
    visitor.map(|visitor| {
        let waiting = Suspend::new(async move {
            // A database that does not answer is told by the page itself.
            let health = engine.failing_storage(&visitor.actor).await.unwrap_or_default();
            health.map(notice)
        });
        view! { <Suspense>{waiting}</Suspense> }
    })
}

fn notice(health: StorageHealth) -> impl IntoView {
    let places: Vec<_> = health
        .failing()
        .map(|look| {
            let why = look.failed.clone().unwrap_or_default();
            view! {
                <li>
                    <code>{look.place.clone()}</code>
                    ": "
                    {why}
                </li>
            }
        })
        .collect();
    view! {
        <aside class="key-notice" aria-label="Storage of certificates">
            <Notice tone=Tone::Danger title="Certificates may not be kept">
                <ul>{places}</ul>
                <p>"Looked at " <Moment at=health.looked_at /> ". " <a href=routes::JOBS>"See where certificates are kept"</a></p>
            </Notice>
        </aside>
    }
}
