//! A new token: asked for, then shown once.

use domain::people::TokenScope;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::account::{CreateToken, ShownToken};
use crate::api::shown;
use crate::components::field::Choice;
use crate::components::{Choices, Command, Empty, Form, Notice, PageHead, Submit, TextField, Tone, load};
use crate::pages::people::words;
use crate::routes;
use crate::text;

/// The form.
#[component]
pub fn New() -> impl IntoView {
    let scopes = TokenScope::ALL
        .iter()
        .map(|scope| {
            Choice::new(
                scope.word(),
                text::words(scope.word()),
                words::scope_means(*scope),
            )
        })
        .collect();
    view! {
        <PageHead
            title="Make a token"
            back=(routes::ACCOUNT, "Your account")
            lead="For a program that calls our interface. It can do what you may do, as far as you choose here; approving, releasing and certifying stay with people."
        />
        <Form action=CreateToken::PATH>
            <TextField name="label" label="What it is for" hint="Such as: ticket system" width="medium" />
            <Choices name="scopes[]" label="What it opens" choices=scopes many=true />
            <TextField
                name="expires_at"
                label="Last day"
                hint="Within a year. Shorter is safer."
                kind="date"
                width="short"
            />
            <div class="row">
                <Submit>"Make the token"</Submit>
                <a href=routes::ACCOUNT>"Cancel"</a>
            </div>
        </Form>
    }
}

/// The token that was made.
#[component]
pub fn Shown() -> impl IntoView {
    load(shown::take::<ShownToken>(), |kept| {
        let token = match kept {
            Some(kept) => view! {
                <Notice tone=Tone::Warning title="Copy it now">
                    <p>"We keep only a digest of it. Once you leave this page it cannot be shown again."</p>
                </Notice>
                <Command label="The token" text=kept.token />
            }
            .into_any(),
            None => view! {
                <Empty title="It is no longer shown">
                    <p>"A token is shown once. If you did not copy it, revoke it and make another."</p>
                </Empty>
            }
            .into_any(),
        };
        view! {
            <PageHead title="Your token" back=(routes::ACCOUNT, "Your account") />
            <div class="stack">{token}</div>
        }
    })
}
