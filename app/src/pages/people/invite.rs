//! Inviting a person.

use domain::subject::Tenant;
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::people::InvitePerson;
use crate::api::ssr;
use crate::components::{Choices, Form, PageHead, Select, Submit, TextField, load};
use crate::error::AppError;
use crate::routes;

/// The form.
#[component]
pub fn Invite() -> impl IntoView {
    let loading = async {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.tenants(&actor).await?)
    };
    load(loading, |tenants| {
        view! {
            <PageHead
                title="Invite a person"
                back=(routes::PEOPLE, "People")
                lead="They get a mail with a link to set their own password. For 24 hours they cannot be the second person of anything."
            />
            <Form action=InvitePerson::PATH>
                <TextField name="name" label="Name" width="medium" />
                <TextField name="email" label="E-mail address" kind="email" width="medium" />
                <Choices
                    name="roles[]"
                    label="What they are trusted with"
                    hint="As little as they need. Acts that need two people need two accounts."
                    choices=words::role_choices(&Default::default())
                    many=true
                />
                <Select
                    name="tenant"
                    label="For a tenant's person: which tenant"
                    options=options(tenants)
                    optional=true
                />
                <div class="row">
                    <Submit>"Send the invitation"</Submit>
                    <a href=routes::PEOPLE>"Cancel"</a>
                </div>
            </Form>
        }
    })
}

fn options(tenants: Vec<Tenant>) -> Vec<(String, String)> {
    let none = (String::new(), "None: one of our own people".to_owned());
    let named = tenants
        .into_iter()
        .map(|tenant| (tenant.id.to_string(), format!("{} ({})", tenant.name, tenant.key)));
    std::iter::once(none).chain(named).collect()
}
