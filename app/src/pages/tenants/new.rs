//! Registering a tenant.

use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::tenants::RegisterTenant;
use crate::components::{Checkbox, Form, PageHead, Submit, TextArea, TextField};
use crate::routes;

/// The form.
#[component]
pub fn New() -> impl IntoView {
    view! {
        <PageHead
            title="Register a tenant"
            back=(routes::TENANTS, "Tenants")
            lead="Its key and contacts are on file before any request: that is what makes a call-back worth something."
        />
        <Form action=RegisterTenant::PATH>
            <TextField name="name" label="Legal name" hint="As it will stand on certificates" width="medium" />
            <TextField
                name="key"
                label="Key"
                hint="By which your systems know the tenant, such as acme-gmbh or 4711. It cannot be changed, and is never used again for another."
                width="medium"
            />
            <TextArea
                name="contacts"
                label="Contacts"
                hint="Who is told about requests and can object to them, one a line: Ada Byron <ada@example.com>"
                rows=3
                optional=true
            />
            <Checkbox
                name="synthetic"
                label="It is made of synthetic data"
                hint="For drills: certificates for it say that they prove nothing."
            />
            <div class="row">
                <Submit>"Register the tenant"</Submit>
                <a href=routes::TENANTS>"Cancel"</a>
            </div>
        </Form>
    }
}
