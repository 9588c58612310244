//! Opening a request.

use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::requests::OpenRequest;
use crate::api::ssr;
use crate::components::field::Choice;
use crate::components::{
    Choices, FieldSet, Form, Hidden, PageHead, Select, Submit, TextArea, TextField, load,
};
use crate::error::AppError;
use crate::routes;

/// Who is asked about, and by what they are known.
#[component]
pub fn New() -> impl IntoView {
    load(tenants(), |(tenants, own)| {
        let tenant = match own {
            Some(key) => view! { <Hidden name="tenant" value=key /> }.into_any(),
            None => view! {
                <Select
                    name="tenant"
                    label="Tenant"
                    hint="The customer whose data, or whose person's data, is to be erased"
                    options=std::iter::once((String::new(), "Choose a tenant".to_owned()))
                        .chain(tenants)
                        .collect()
                />
            }
            .into_any(),
        };
        view! {
            <PageHead
                title="Open a request"
                back=(routes::REQUESTS, "Requests")
                lead="The clock starts when you send this: the answer is due within one month. Nothing is erased before the identity is confirmed, the hold register is checked, and a second person approves the plan."
            />
            <Form action=OpenRequest::PATH>
                {tenant}
                <Choices
                    name="about"
                    label="Whose data is to be erased?"
                    choices=vec![
                        Choice::new("person", "One person", "Somebody asked for it under Art. 17 GDPR."),
                        Choice::new(
                            "tenant",
                            "The whole tenant",
                            "The contract ended (Art. 28(3)(g) GDPR). A second authorised person has to confirm it.",
                        ),
                    ]
                />
                <FieldSet legend="For one person">
                    <TextArea
                        name="identifiers"
                        label="How systems know this person"
                        hint="One a line: an e-mail address, or kind=value such as user_id=4711. A system whose identifier is missing stops the plan and is named."
                        optional=true
                    />
                </FieldSet>
                <FieldSet legend="For a whole tenant">
                    <TextField
                        name="contract"
                        label="Contract"
                        hint="Its number or title, as it will stand on the certificate"
                        width="medium"
                        optional=true
                    />
                    <TextField name="ended_on" label="Ended on" kind="date" width="short" optional=true />
                </FieldSet>
                <div class="row">
                    <Submit>"Open the request"</Submit>
                    <a href=routes::REQUESTS>"Cancel"</a>
                </div>
            </Form>
        }
    })
}

/// Tenants by key and name, or the one that the reader acts for.
async fn tenants() -> Result<(Vec<(String, String)>, Option<String>), AppError> {
    let (engine, actor) = ssr::caller()?;
    if ssr::is_tenant(&actor) {
        return Ok((Vec::new(), Some(engine.own_tenant(&actor).await?.key.to_string())));
    }
    let tenants = engine.tenants(&actor).await?;
    let named = tenants.into_iter().map(|tenant| {
        (
            tenant.key.to_string(),
            format!("{} ({})", tenant.name, tenant.key),
        )
    });
    Ok((named.collect(), None))
}
