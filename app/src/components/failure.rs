//! The page in place of one that cannot be shown.

use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;

use super::time::Moment;
use crate::api::ssr;
use crate::error::{AppError, Code};
use crate::routes;

/// Says what is the matter and where to go; somebody signed out is led to the sign-in and back.
#[component]
pub fn Failure(error: AppError) -> impl IntoView {
    if error.code == Code::SignedOut {
        let visit = ssr::visit();
        ssr::see_other(&routes::sign_in(&visit.with_query("form", None)));
        return ().into_any();
    }
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(error.status());
    }
    let heading = match error.code {
        Code::NotFound => "There is no such page",
        Code::Forbidden => "Your role does not allow this",
        Code::Unavailable => "This does not answer right now",
        Code::Fault => "Something went wrong on our side",
        _ => "This cannot be shown now",
    };
    let broke = matches!(error.code, Code::Fault | Code::Unavailable);
    view! {
        <Title text=heading />
        <h1>{heading}</h1>
        {(!broke).then(|| view! { <p class="lead">{error.message}</p> })}
        {broke
            .then(|| {
                view! {
                    <p class="lead">"Nothing was changed or lost, and it was written down."</p>
                    <p>
                        "If it lasts, tell whoever runs this server that it was "
                        <Moment at=ssr::engine().now() /> ": its log says what happened then."
                    </p>
                }
            })}
        <p>
            <a href=routes::HOME>"Go to your home page"</a>
        </p>
    }
    .into_any()
}
