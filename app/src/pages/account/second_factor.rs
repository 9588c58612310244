//! The second factor: begun, confirmed by a code, removed; and the recovery codes, shown once.

use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::account::{BeginTotp, ConfirmTotp, RemoveTotp, ShownCodes, ShownFactor};
use crate::api::{shown, ssr};
use crate::components::{Command, Empty, Form, Notice, PageHead, Qr, Submit, TextField, Tone, load};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The page.
#[component]
pub fn SecondFactor() -> impl IntoView {
    let loading = async {
        let visitor = ssr::visitor()?;
        let left = visitor.person.second_factor.map(|factor| factor.recovery.len());
        Ok::<_, AppError>((left, shown::open::<ShownFactor>().await?))
    };
    load(loading, |(left, begun)| {
        let step = match (left, begun) {
            (Some(left), _) => view! { <Present left /> }.into_any(),
            (None, Some(factor)) => view! { <Begun factor /> }.into_any(),
            (None, None) => view! { <Absent /> }.into_any(),
        };
        view! {
            <PageHead
                title="Second factor"
                back=(routes::ACCOUNT, "Your account")
                lead="A code that changes every half minute, beside your password. A stolen password alone then opens nothing."
            />
            <div class="stack">{step}</div>
        }
    })
}

#[component]
fn Absent() -> impl IntoView {
    view! {
        <p>"You need an authenticator app on your telephone or computer. Any that follows RFC 6238 will do."</p>
        <Form action=BeginTotp::PATH>
            <Submit>"Set up a second factor"</Submit>
        </Form>
    }
}

#[component]
fn Begun(factor: ShownFactor) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="scan">
            <h2 id="scan">"1. Give this to your authenticator"</h2>
            <p>"Scan the picture, or type the text below it."</p>
            <Qr text=factor.uri label="The secret of your second factor, as a picture code" />
            <Command label="The secret, to be typed" text=factor.secret />
        </section>
        <section class="panel" aria-labelledby="confirm">
            <h2 id="confirm">"2. Type the code it shows"</h2>
            <Form action=ConfirmTotp::PATH>
                <TextField name="code" label="Code" hint="Six digits" autocomplete="one-time-code" width="short" />
                <Submit>"Confirm"</Submit>
            </Form>
        </section>
    }
}

#[component]
fn Present(left: usize) -> impl IntoView {
    let codes = text::counted(left as u64, "recovery code is", "recovery codes are");
    view! {
        <Notice tone=Tone::Success title="You have a second factor">
            <p>{format!("{codes} left. To get new ones, remove the second factor and set it up again.")}</p>
        </Notice>
        <Form action=RemoveTotp::PATH>
            <Submit tone="danger">"Remove the second factor"</Submit>
        </Form>
    }
}

/// The recovery codes.
#[component]
pub fn RecoveryCodes() -> impl IntoView {
    load(shown::take::<ShownCodes>(), |kept| {
        let codes = match kept {
            Some(kept) => {
                let all = kept.codes.join("\n");
                view! {
                    <Notice tone=Tone::Warning title="Keep them now, apart from your authenticator">
                        <p>
                            "Each works once in place of a code, when you do not have your authenticator. They cannot be shown again."
                        </p>
                    </Notice>
                    <Command label="Recovery codes" text=all />
                }
                .into_any()
            }
            None => view! {
                <Empty title="They are no longer shown">
                    <p>"If you did not keep them, remove the second factor and set it up again."</p>
                </Empty>
            }
            .into_any(),
        };
        view! {
            <PageHead title="Recovery codes" back=(routes::ACCOUNT, "Your account") />
            <div class="stack">{codes}</div>
        }
    })
}
