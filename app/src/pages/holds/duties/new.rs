//! Recording a retention duty.

use leptos::prelude::*;

use super::super::fields::{Offered, ScopeFields};
use super::super::words;
use crate::api::ServerFn as _;
use crate::api::duties::{DUTIES, RecordDuty};
use crate::api::keep::ScopeForm;
use crate::components::{FieldSet, Form, PageHead, Select, Submit, TextField, load};

/// The form.
#[component]
pub fn New() -> impl IntoView {
    load(Offered::load(), |offered| {
        view! {
            <PageHead
                title="Record a retention duty"
                back=(DUTIES, "Retention duties")
                lead="From this moment what it covers is kept until its last day has passed. It cannot be changed afterwards, only ended: look at it twice."
            />
            <Form action=RecordDuty::PATH>
                <FieldSet legend="The duty">
                    <TextField
                        name="title"
                        label="What it is"
                        hint="In words that tenants and readers of certificates may read: invoices, ten years (tax code)"
                    />
                    <Select name="ground" label="Why the data may be kept" options=words::grounds() />
                    <TextField
                        name="until"
                        label="Last day"
                        hint="The day after, the data may go"
                        kind="date"
                        width="short"
                    />
                </FieldSet>
                <ScopeFields offered typed=ScopeForm::default() />
                <div class="row">
                    <Submit>"Record the duty"</Submit>
                    <a href=DUTIES>"Cancel"</a>
                </div>
            </Form>
        }
    })
}
