//! The key `/` goes to the search box, from anywhere but a field.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Listens for the key.
#[island]
pub fn SearchKey() -> impl IntoView {
    Effect::new(|| {
        let listening = window_event_listener(ev::keydown, |event| {
            if event.key() != "/" || event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing() {
                return;
            }
            let search = document().get_element_by_id("search");
            if let Some(search) = search.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
                event.prevent_default();
                // A box that cannot take the focus is no loss: the key then does nothing.
                let _focused = search.focus();
            }
        });
        on_cleanup(move || listening.remove());
    });
}

/// The keyboard belongs to a field at the moment.
fn is_typing() -> bool {
    document()
        .active_element()
        .is_some_and(|element| ["INPUT", "TEXTAREA", "SELECT"].contains(&element.tag_name().as_str()))
}
