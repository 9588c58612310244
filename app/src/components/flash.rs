//! What the last act did, said once.

use leptos::prelude::*;

use super::icon::Icon;
use crate::api::ssr;

/// The message of the last act, if there is one.
#[component]
pub fn Flash() -> impl IntoView {
    let said = ssr::visit().flash?;
    ssr::set_cookie(ssr::FLASH, "", std::time::Duration::ZERO);
    Some(view! {
        <div class="flash" role="status">
            <Icon name="check" />
            <p>{said}</p>
        </div>
    })
}
