//! A button that puts a text on the clipboard.

use leptos::prelude::*;
use leptos::task::spawn_local;

/// What became of the last press.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    NotPressed,
    Copied,
    Refused,
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Self::NotPressed => "",
            Self::Copied => "Copied",
            Self::Refused => "Your browser did not allow it; please select the text and copy it",
        }
    }
}

/// Copies `text`. Style sheets hide it where scripts do not run; the text itself stands beside it on the page.
#[island]
pub fn CopyButton(text: String) -> impl IntoView {
    let (outcome, set_outcome) = signal(Outcome::NotPressed);
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let copied = write_to_clipboard(&text).await;
            set_outcome.set(if copied { Outcome::Copied } else { Outcome::Refused });
        });
    };
    view! {
        <span class="copy">
            <button type="button" class="copy-button" on:click=copy>
                "Copy"
            </button>
            <span class="copy-outcome" role="status">
                {move || outcome.get().words()}
            </span>
        </span>
    }
}

async fn write_to_clipboard(text: &str) -> bool {
    let window = window();
    // Elsewhere browsers have no clipboard at all, and asking for it would throw.
    if !window.is_secure_context() {
        return false;
    }
    let written = window.navigator().clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(written).await.is_ok()
}
