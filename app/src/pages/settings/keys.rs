//! The keys in short, with the way to the page that has them all.

use engine::reading::keys::KeysSeen;
use leptos::prelude::*;

use super::super::keys::words;
use crate::components::{Day, Fact, Facts};
use crate::routes;

/// Until when each kind signs.
#[component]
pub fn KeysPart(
    /// Absent where this process does not sign.
    keys: Option<KeysSeen>,
) -> impl IntoView {
    let shown = match keys {
        None => words::elsewhere().into_any(),
        Some(keys) => {
            let present: Vec<_> = domain::key::KeyKind::ALL
                .into_iter()
                .map(|kind| {
                    let signs = keys
                        .of(kind)
                        .find(|seen| seen.state == domain::key::KeyState::Signs);
                    let until = match signs {
                        Some(seen) => view! {
                            "until "
                            <Day on=seen.key.not_after.date() />
                        }
                        .into_any(),
                        None => view! { "none signs now" }.into_any(),
                    };
                    view! { <Fact term=words::title(kind)>{until}</Fact> }
                })
                .collect();
            view! {
                <Facts>{present}</Facts>
                <p>
                    <a href=routes::KEYS>"See every key"</a>
                </p>
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="keys">
            <h2 id="keys">"Keys"</h2>
            <div class="stack">{shown}</div>
        </section>
    }
}
