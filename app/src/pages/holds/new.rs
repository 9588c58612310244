//! Placing a hold: the form. The next page shows what the hold would stop.

use leptos::prelude::*;

use super::fields::{Offered, ScopeFields};
use super::words;
use crate::api::ServerFn as _;
use crate::api::holds::{HoldForm, PreviewHold};
use crate::api::{kept, ssr};
use crate::components::{Choices, FieldSet, Form, PageHead, Select, Submit, TextArea, TextField, load};
use crate::error::AppError;
use crate::routes;

/// The form.
#[component]
pub fn New() -> impl IntoView {
    load(begun(), |(typed, offered)| {
        let (matter, scope) = (typed.clone(), typed.scope.clone());
        view! {
            <PageHead
                title="Place a hold"
                back=(routes::HOLDS, "Holds")
                lead="First look at what it would stop; nothing is placed before you have seen that."
            />
            <Form action=PreviewHold::PATH>
                <Matter typed=matter />
                <ScopeFields offered typed=scope />
                <FieldSet legend="What others may learn">
                    <Choices
                        name="disclosure"
                        label="What may be said of the hold?"
                        hint="Operators, the tenant and readers of certificates meet the hold where it keeps something. They read this, and nothing more."
                        choices=words::disclosures(&typed.disclosure)
                    />
                    <TextArea
                        name="wording"
                        label="The sentence"
                        hint="For the third answer, as it will stand on certificates: \u{201c}Retained under instruction of the controller.\u{201d}"
                        value=typed.wording
                        rows=2
                        optional=true
                    />
                </FieldSet>
                <div class="row">
                    <Submit icon="eye">"See what it would stop"</Submit>
                    <a href=routes::HOLDS>"Cancel"</a>
                </div>
            </Form>
        }
    })
}

/// What was typed before, if the person comes back from the preview; else today, and a review in 90 days.
async fn begun() -> Result<(HoldForm, Offered), AppError> {
    let name = ssr::visit().query("draft").unwrap_or_default().to_owned();
    let typed = match kept::open::<HoldForm>(&name).await? {
        Some(typed) => typed,
        None => fresh()?,
    };
    Ok((typed, Offered::load().await?))
}

fn fresh() -> Result<HoldForm, AppError> {
    let engine = ssr::engine();
    let today = engine
        .now()
        .date_in(&engine.policy().zone)
        .map_err(engine::Error::from)?;
    let review = domain::time::days_later(today, 90).map_err(engine::Error::from)?;
    Ok(HoldForm {
        starts_on: today.to_string(),
        review_on: review.to_string(),
        disclosure: "ground".into(),
        ..HoldForm::default()
    })
}

#[component]
fn Matter(typed: HoldForm) -> impl IntoView {
    view! {
        <FieldSet legend="The matter">
            <TextField
                name="matter"
                label="Matter"
                hint="Its name in your own files. Only counsel reads it, unless you decide otherwise below."
                value=typed.matter
            />
            <TextField
                name="authority"
                label="Court, regulator or body"
                hint="Who asks for the data to be kept, with the file number where there is one"
                value=typed.authority
            />
            <Select
                name="basis"
                label="What gives the hold its force"
                options=words::bases()
                value=typed.basis
            />
            <Select
                name="ground"
                label="Why the data may be kept"
                hint="Art. 17(3) GDPR allows these grounds only; the certificate names it unless you write a sentence of your own below"
                options=words::grounds()
                value=typed.ground
            />
            <TextField
                name="custodian"
                label="Who answers for it"
                hint="A person or a department that will know whether it is still needed"
                value=typed.custodian
                width="medium"
            />
            <TextField name="starts_on" label="The matter runs from" kind="date" width="short" value=typed.starts_on />
            <TextField
                name="review_on"
                label="To be looked at again on"
                hint="Counsel is reminded on this day; the hold goes on until two people release it"
                kind="date"
                width="short"
                value=typed.review_on
            />
        </FieldSet>
    }
}
