//! What a dangerous act will do, in numbers, before it is confirmed.

use leptos::prelude::*;

/// One consequence: a number and what it counts.
#[derive(Debug, Clone)]
pub struct Consequence {
    /// The number, or a few words.
    pub figure: String,
    /// What it counts.
    pub words: String,
}

impl Consequence {
    /// A consequence.
    pub fn new(figure: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            figure: figure.into(),
            words: words.into(),
        }
    }
}

/// The consequences, side by side.
#[component]
pub fn Consequences(
    /// A heading such as "What this will do".
    #[prop(into)]
    title: String,
    /// Which.
    list: Vec<Consequence>,
) -> impl IntoView {
    let rows: Vec<_> = list
        .into_iter()
        .map(|one| {
            view! {
                <div class="consequence">
                    <dd>{one.figure}</dd>
                    <dt>{one.words}</dt>
                </div>
            }
        })
        .collect();
    view! {
        <section class="consequences">
            <h2>{title}</h2>
            <dl>{rows}</dl>
        </section>
    }
}
