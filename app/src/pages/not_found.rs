//! The page behind every URL that is not in the table.

use leptos::prelude::*;

use crate::components::failure::Failure;
use crate::error::AppError;

/// Says that there is no such page, with status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <Failure error=AppError::not_found() /> }
}
