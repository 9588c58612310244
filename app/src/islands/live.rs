//! Keeps a part of the page as the server has it: when the server says that something changed, the part is fetched
//! anew. Without scripts the page shows the state at its loading.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Listens to `events` (a stream of server-sent events) and refreshes the element of the id `part`.
#[island]
pub fn Live(events: String, part: String) -> impl IntoView {
    Effect::new(move || {
        let Ok(source) = web_sys::EventSource::new(&events) else {
            return;
        };
        let part = part.clone();
        let heard = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |_| {
            let part = part.clone();
            spawn_local(async move {
                // A refresh that fails is tried again with the next event; the page stays as it was.
                let _refreshed = refresh(&part).await;
            });
        });
        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        // It listens for as long as the page is open.
        heard.forget();
    });
}

async fn refresh(part: &str) -> Result<(), JsValue> {
    let window = window();
    let address = window.location().href()?;
    let response = JsFuture::from(window.fetch_with_str(&address)).await?;
    let response: web_sys::Response = response.dyn_into()?;
    if !response.ok() {
        return Ok(());
    }
    let html = JsFuture::from(response.text()?)
        .await?
        .as_string()
        .unwrap_or_default();
    let parser = web_sys::DomParser::new()?;
    let fresh = parser.parse_from_string(&html, web_sys::SupportedType::TextHtml)?;
    let (Some(old), Some(new)) = (document().get_element_by_id(part), fresh.get_element_by_id(part)) else {
        return Ok(());
    };
    if old.inner_html() != new.inner_html() {
        old.set_inner_html(&new.inner_html());
    }
    Ok(())
}
