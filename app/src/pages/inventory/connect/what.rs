//! The first step: what the system is.

use leptos::prelude::*;

use super::Steps;
use crate::api::ServerFn as _;
use crate::api::inventory::kinds::KINDS;
use crate::api::inventory::{ConnectWhat, Connecting};
use crate::api::{kept, ssr};
use crate::components::field::Choice;
use crate::components::{Choices, Form, Hidden, PageHead, Submit, TextField, load};
use crate::error::AppError;
use crate::pages::inventory::words;
use crate::routes;

/// Name, kind, owner, place.
#[component]
pub fn What() -> impl IntoView {
    load(begun(), |(typed, draft)| {
        let kinds = KINDS
            .iter()
            .map(|kind| {
                Choice::new(kind.name, kind.title, words::handling(kind.handling))
                    .chosen(kind.name == typed.kind)
            })
            .collect();
        let title = if typed.on_file {
            "Change a system"
        } else {
            "Connect a system"
        };
        view! {
            <PageHead title back=(routes::INVENTORY, "Inventory")>
                <a class="button" data-tone="secondary" href="/inventory/connect/paste">
                    "Paste a file instead"
                </a>
            </PageHead>
            <div class="stack">
                <Steps now=0 />
                <Form action=ConnectWhat::PATH>
                    <Hidden name="draft" value=draft />
                    {name(&typed)}
                    <TextField
                        name="title"
                        label="What people call it"
                        hint="As it will stand on certificates"
                        value=typed.title
                    />
                    <Choices name="kind" label="What kind of system is it?" choices=kinds />
                    <TextField
                        name="owner"
                        label="Who answers for it"
                        hint="A team or a person"
                        value=typed.owner
                        width="medium"
                    />
                    <TextField
                        name="location"
                        label="Where the data is"
                        hint="A country or a region"
                        value=typed.location
                        width="medium"
                    />
                    <TextField
                        name="processor"
                        label="Who runs it, where it is not you"
                        hint="The processor or partner by its legal name. Whoever attests must be named: the certificate says so."
                        value=typed.processor
                        width="medium"
                        optional=true
                    />
                    <div class="row">
                        <Submit>"Go on"</Submit>
                        <a href=routes::INVENTORY>"Cancel"</a>
                    </div>
                </Form>
            </div>
        }
    })
}

/// Its short name, while it has none. A field is made inside its form, else it does not know what was refused.
fn name(typed: &Connecting) -> AnyView {
    if typed.on_file {
        return view! { <p>"Its name in files and in the log stays " <code>{typed.name.clone()}</code> "."</p> }.into_any();
    }
    view! {
        <TextField
            name="name"
            label="Short name"
            hint="For files, the log and certificates; it never changes: a to z, 0 to 9, _ and -, such as crm"
            value=typed.name.clone()
            width="medium"
        />
    }
    .into_any()
}

/// What was typed before, where the person comes back; else nothing.
async fn begun() -> Result<(Connecting, String), AppError> {
    let draft = ssr::visit().query("draft").unwrap_or_default().to_owned();
    match kept::open(&draft).await? {
        Some(typed) => Ok((typed, draft)),
        None => Ok((Connecting::default(), String::new())),
    }
}
