//! Whether mail works.

use domain::mail::Mail;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::settings::SendTestMail;
use crate::components::{Form, Moment, Notice, Submit, Tone};
use crate::routes;

/// A button that sends one, and what became of the last.
#[component]
pub fn MailPart(
    /// The test that was sent.
    mail: Option<Mail>,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="mail">
            <h2 id="mail">"Mail"</h2>
            <p>
                "Mail tells tenants of their requests and certificates, and your people of what waits for them. Where it goes is set by whoever runs the server."
            </p>
            {mail.map(outcome)}
            <Form action=SendTestMail::PATH class="inline">
                <Submit tone="secondary">"Send a mail to myself"</Submit>
            </Form>
        </section>
    }
}

fn outcome(mail: Mail) -> AnyView {
    match (mail.sent_at, mail.failed) {
        (Some(at), _) => view! {
            <Notice tone=Tone::Success title="The mail was sent">
                <p>"The mail server took it on " <Moment at /> ". Look into your inbox, also among unwanted mail."</p>
            </Notice>
        }
        .into_any(),
        (None, Some(why)) => view! {
            <Notice tone=Tone::Danger title="The mail was refused">
                <p>"The mail server said: " {why}</p>
            </Notice>
        }
        .into_any(),
        (None, None) => view! {
            <Notice tone=Tone::Info title="The mail waits to be sent">
                <p>
                    "It is tried again by itself until the mail server takes it. "
                    <a href=format!("{}?mail={}", routes::SETTINGS, mail.id)>"Look again"</a>
                </p>
            </Notice>
        }
        .into_any(),
    }
}
