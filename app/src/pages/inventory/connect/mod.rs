//! Connecting a system, step by step: what it is, how it is reached, what it keeps, a look through the probe.

pub mod check;
pub mod datasets;
pub mod paste;
pub mod reach;
pub mod what;

use leptos::prelude::*;

use crate::api::inventory::{Connecting, step};
use crate::api::{kept, ssr};
use crate::error::AppError;

/// The steps: address and words.
const STEPS: [(&str, &str); 4] = [
    ("/inventory/connect", "What it is"),
    ("/inventory/connect/reach", "How it is reached"),
    ("/inventory/connect/datasets", "What it keeps"),
    ("/inventory/connect/check", "Look and save"),
];

/// What was typed so far, and under which name it is kept.
async fn begun() -> Result<(Connecting, String), AppError> {
    let draft = ssr::visit().query("draft").unwrap_or_default().to_owned();
    let typed = kept::open(&draft).await?.ok_or_else(kept::gone)?;
    Ok((typed, draft))
}

/// The steps, the present one marked; earlier ones lead back.
#[component]
fn Steps(
    /// The present one, from 0.
    now: usize,
    /// Under which name what was typed is kept; empty at the beginning.
    #[prop(optional, into)]
    draft: String,
) -> impl IntoView {
    let rows: Vec<_> = STEPS
        .iter()
        .enumerate()
        .map(|(place, (page, words))| {
            let words = match place < now {
                true => view! { <a href=step(page, &draft)>{*words}</a> }.into_any(),
                false => view! { <span>{*words}</span> }.into_any(),
            };
            let state = match place {
                place if place < now => "past",
                place if place == now => "now",
                _ => "next",
            };
            view! {
                <li data-when=state aria-current=(place == now).then_some("step")>
                    {words}
                </li>
            }
        })
        .collect();
    view! {
        <ol class="steps" aria-label="Steps">
            {rows}
        </ol>
        <p class="small muted">
            "What you type is kept sealed for a quarter of an hour after each step. Nothing is saved before the last one."
        </p>
    }
}
