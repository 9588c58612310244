//! Confirming who is behind a request.

use domain::scope::RequestScope;
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::requests::ConfirmIdentity;
use crate::api::{requests, ssr};
use crate::components::field::Choice;
use crate::components::{Choices, DueDay, Fact, Facts, Form, Hidden, PageHead, Submit, TextArea, load};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The ways that are strong enough, and where the evidence is.
#[component]
pub fn Identity() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let file = engine.request_file(&actor, requests::id(&id)?).await?;
        Ok::<_, AppError>((file, ssr::is_tenant(&actor)))
    };
    load(loading, |(file, tenant)| {
        let whole = matches!(file.request.scope, RequestScope::Tenant { .. });
        let id = file.request.id.to_string();
        let (cancel, about) = (routes::one(routes::REQUESTS, &id), words::about(&file.request));
        let back = words::back(file.request.id);
        let (opener, due_on) = (text::named(&file.opened_by), file.request.due_on);
        view! {
            <PageHead
                title="Confirm the identity"
                back
                lead="One stolen login must not erase anything: whoever opened the request cannot confirm it."
            />
            <div class="beside">
                <Form action=ConfirmIdentity::PATH>
                    <Hidden name="request" value=id.clone() />
                    <Choices name="method" label="How was the identity confirmed?" choices=methods(whole, tenant) />
                    <TextArea
                        name="evidence"
                        label="Evidence"
                        hint="Where it is kept, such as the number of the call record; or the SHA-256 of the document. Only a SHA-256 is stored here."
                        rows=2
                    />
                    <div class="row">
                        <Submit>"Confirm the identity"</Submit>
                        <a href=cancel>"Cancel"</a>
                    </div>
                </Form>
                <aside class="panel">
                    <h2>"The request"</h2>
                    <Facts>
                        <Fact term="Tenant">{file.tenant_name}</Fact>
                        <Fact term="About">{about}</Fact>
                        <Fact term="Opened by">{opener}</Fact>
                        <Fact term="Due">
                            <DueDay on=due_on />
                        </Fact>
                    </Facts>
                </aside>
            </div>
        }
    })
}

fn methods(whole: bool, tenant: bool) -> Vec<Choice> {
    if tenant {
        let own = Choice::new(
            "second_tenant_person",
            "I am a second authorised person of the tenant",
            "I know of the request and want it carried out.",
        );
        return vec![own.chosen(true)];
    }
    let mut methods = vec![Choice::new(
        "call_back",
        "Call-back",
        "Staff called a contact that was on file before the request.",
    )];
    if !whole {
        methods.extend([
            Choice::new(
                "account_sign_in",
                "Sign-in",
                "The person signed in to their account.",
            ),
            Choice::new("document", "Document", "The person showed a document."),
        ]);
    }
    methods
}
