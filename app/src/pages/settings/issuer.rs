//! Who issues certificates, and the picture on their pages.

use engine::Issuer;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::settings::{RemoveLogo, SetIssuer};
use crate::components::field::Choice;
use crate::components::{Choices, FileField, Form, Notice, Submit, TextArea, TextField, Tone};

/// Where the logo is sent to.
const UPLOAD: &str = "/upload/logo";

/// The issuer as it stands on certificates.
#[component]
pub fn IssuerPart(issuer: Issuer) -> impl IntoView {
    let unnamed = (!issuer.is_named()).then(|| {
        view! {
            <Notice tone=Tone::Warning title="The issuer is not named yet">
                <p>"Certificates wait until a name and an address are set: nobody could say who issued them."</p>
            </Notice>
        }
    });
    let roles = [
        (
            "controller",
            "Controller",
            "You decide yourselves why and how the data is processed (Art. 4(7) GDPR).",
        ),
        (
            "processor",
            "Processor",
            "You process the data for your customers (Art. 4(8) GDPR).",
        ),
    ];
    let choices = roles
        .map(|(value, words, hint)| Choice::new(value, words, hint).chosen(issuer.role == value))
        .into();
    view! {
        <section class="panel" aria-labelledby="issuer">
            <h2 id="issuer">"Issuer"</h2>
            {unnamed}
            <Form action=SetIssuer::PATH>
                <TextField
                    name="name"
                    label="Legal entity"
                    hint="Its registered name, as it stands on certificates. Those that are signed already keep what they say."
                    value=issuer.name
                    width="medium"
                />
                <Choices name="role" label="What it is in these matters" choices />
                <TextArea name="address" label="Postal address" hint="Line by line" value=issuer.address.join("\n") rows=4 />
                <TextField
                    name="dpo_contact"
                    label="Data protection officer"
                    hint="How to reach them: an e-mail address or a telephone number"
                    value=issuer.dpo_contact
                    width="medium"
                />
                <Submit>"Save the issuer"</Submit>
            </Form>
        </section>
    }
}

/// The logo, which is sent as a file.
#[component]
pub fn LogoPart(
    /// How long the present one is, in bytes.
    bytes: Option<usize>,
) -> impl IntoView {
    let present = match bytes {
        Some(bytes) => view! {
            <p>{format!("A logo of {} kB is set.", bytes.div_ceil(1024))}</p>
            <Form action=RemoveLogo::PATH class="inline">
                <Submit tone="secondary">"Remove the logo"</Submit>
            </Form>
        }
        .into_any(),
        None => view! { <p class="muted">"No logo is set. Certificates do without."</p> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="logo">
            <h2 id="logo">"Logo"</h2>
            {present}
            <Form action=UPLOAD files=true>
                <FileField
                    name="logo"
                    label="Picture"
                    hint="A PNG of at most 256 kB and 2000 by 2000 pixels. Wide ones look best."
                    accept="image/png"
                />
                <Submit tone="secondary">"Send the picture"</Submit>
            </Form>
        </section>
    }
}
