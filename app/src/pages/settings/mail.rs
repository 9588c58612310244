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
    /// Where a topic that asked to be subscribed is confirmed.
    subscription: Option<String>,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="mail">
            <h2 id="mail">"Mail"</h2>
            <p>
                "Mail tells tenants of their requests and certificates, and your people of what waits for them. Where it goes is set by whoever runs the server."
            </p>
            {mail.map(outcome)}
            {subscription.map(asked)}
            <Form action=SendTestMail::PATH class="inline">
                <Submit tone="secondary">"Send a mail to myself"</Submit>
            </Form>
        </section>
    }
}

/// A topic wants to tell what becomes of mails: whoever knows it confirms, by opening its address.
fn asked(address: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Info title="A topic of Amazon SNS asked to be subscribed">
            <p>
                "If you set it up, and it is not confirmed yet, "
                <a href=address rel="noreferrer noopener">
                    "confirm it at Amazon"
                </a> ". Lethe does not do that by itself."
            </p>
        </Notice>
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
