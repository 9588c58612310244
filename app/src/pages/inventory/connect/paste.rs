//! Connecting a system from the text of an inventory file.

use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::inventory::{PasteSystem, WHAT};
use crate::components::{FieldSet, Form, PageHead, Submit, TextArea, TextField};

/// What such a text looks like.
const EXAMPLE: &str = r#"name = "billing"
title = "Billing database"
kind = "postgres"
owner = "Finance systems"
location = "Germany"
handling = "erase"

[[datasets]]
name = "invoices"
categories = ["billing"]
[datasets.locator]
container = "public.invoices"
id = "id"
tenant = { identifier = "tenant_key", field = "tenant_id" }
subject = [{ identifier = "email", field = "email", normalise = "lower" }]
created = "issued_on""#;

/// The text, and the credentials beside it.
#[component]
pub fn Paste() -> impl IntoView {
    view! {
        <PageHead
            title="Paste a system"
            back=(WHAT, "Connect a system")
            lead="One system as an inventory file has it, in TOML. You can look through the probe before it is saved."
        />
        <div class="beside">
            <Form action=PasteSystem::PATH>
                <TextArea
                    name="file"
                    label="The system"
                    hint="Without credentials: they are typed below, and never read from where a file points"
                    rows=16
                />
                <FieldSet legend="Credentials">
                    <TextField
                        name="erase_credential"
                        label="Credential that can delete"
                        hint="Where the kind needs one; empty keeps the one on file"
                        kind="password"
                        optional=true
                    />
                    <TextField
                        name="probe_credential"
                        label="Credential that can only look"
                        hint="Where the kind needs one; empty keeps the one on file"
                        kind="password"
                        optional=true
                    />
                </FieldSet>
                <div class="row">
                    <Submit>"Go on"</Submit>
                    <a href=WHAT>"Fill in a form instead"</a>
                </div>
            </Form>
            <aside class="panel">
                <h2>"An example"</h2>
                <pre tabindex="0" aria-label="Example of a system in TOML">
                    <code>{EXAMPLE}</code>
                </pre>
            </aside>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_can_be_pasted() {
        let read: Result<engine::inventory::SystemDraft, _> = toml::from_str(EXAMPLE);
        assert!(read.is_ok());
    }
}
