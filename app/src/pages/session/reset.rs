//! A new password: asked for by mail, and set by the link of that mail or of an invitation.

use domain::secret::Secret;
use engine::people::OpenLink;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::links::{RequestReset, SetPassword};
use crate::api::ssr;
use crate::components::{Form, Hidden, Notice, PageHead, Submit, TextField, Tone, load};
use crate::error::AppError;
use crate::routes;

/// Asks for a link; with the token of one, sets the password.
#[component]
pub fn Reset() -> impl IntoView {
    match ssr::visit().query("token").map(str::to_owned) {
        Some(token) => by_link("Set a new password", token),
        None => view! { <Ask /> }.into_any(),
    }
}

/// Accepts an invitation with a first password.
#[component]
pub fn Invitation() -> impl IntoView {
    let token = ssr::visit().query("token").unwrap_or_default().to_owned();
    by_link("Accept your invitation", token)
}

#[component]
fn Ask() -> impl IntoView {
    view! {
        <div class="narrow">
            <PageHead
                title="Forgot your password?"
                lead="Give your address. If there is an account with it, we send a link to set a new password."
            />
            <Form action=RequestReset::PATH>
                <TextField name="email" label="E-mail address" kind="email" autocomplete="username" autofocus=true />
                <Submit>"Send the link"</Submit>
            </Form>
            <p class="aside-link">
                <a href=routes::SIGN_IN>"Back to the sign-in"</a>
            </p>
        </div>
    }
}

fn by_link(title: &'static str, token: String) -> AnyView {
    let secret = Secret::new(token.clone());
    let loading = async move {
        match ssr::engine().link(&secret).await {
            Ok(link) => Ok(Some(link)),
            Err(engine::Error::SpentLink) => Ok(None),
            Err(error) => Err(AppError::from(error)),
        }
    };
    load(loading, move |link| match link {
        Some(link) => view! { <Set title token link /> }.into_any(),
        None => view! { <Spent /> }.into_any(),
    })
}

#[component]
fn Set(title: &'static str, token: String, link: OpenLink) -> impl IntoView {
    view! {
        <div class="narrow">
            <PageHead title lead=format!("For {}. The link works once.", link.name) />
            <Form action=SetPassword::PATH>
                <Hidden name="token" value=token />
                <TextField
                    name="password"
                    label="New password"
                    hint="At least 12 characters. A few words in a row are easy to keep in mind."
                    kind="password"
                    autocomplete="new-password"
                    autofocus=true
                />
                <TextField name="password_again" label="New password again" kind="password" autocomplete="new-password" />
                <Submit>"Set the password"</Submit>
            </Form>
        </div>
    }
}

#[component]
fn Spent() -> impl IntoView {
    view! {
        <div class="narrow">
            <PageHead title="This link does not work any more" />
            <Notice tone=Tone::Warning title="It was used, has expired, or a newer one took its place">
                <p>
                    "Ask for a new link "
                    <a href="/reset">"here"</a>
                    ". If you were invited and never had a password, ask whoever invited you to send the invitation again."
                </p>
            </Notice>
        </div>
    }
}
