//! Recording what a named party attests: the only evidence of a system that nobody here can look into.

use domain::inventory::Handling;
use engine::reading::file::RequestFile;
use leptos::prelude::*;

use super::words;
use crate::api::{requests, ssr};
use crate::components::{
    Empty, Fact, Facts, FileField, Form, Hidden, PageHead, Select, Submit, TextField, load,
};
use crate::error::AppError;
use crate::routes;

/// Where an attestation is sent to.
const UPLOAD: &str = "/upload/attestation";

/// Who attests, of what, when, and the document.
#[component]
pub fn Attest() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.request_file(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let id = file.request.id.to_string();
        let (page, about) = (routes::one(routes::REQUESTS, &id), words::about(&file.request));
        let form = match awaited(&file) {
            datasets if datasets.is_empty() => view! {
                <Empty title="No attestation is awaited">
                    <p>
                        <a href=page>"Back to the request"</a>
                    </p>
                </Empty>
            }
            .into_any(),
            datasets => view! {
                <Form action=UPLOAD files=true>
                    <Hidden name="request" value=id />
                    <Select name="dataset" label="What the document is about" options=datasets />
                    <TextField name="party" label="Who attests the erasure" hint="The legal name of the party" width="medium" />
                    <TextField name="dated_on" label="Date of the document" kind="date" width="short" />
                    <FileField
                        name="document"
                        label="Document"
                        hint="A PDF, PNG, JPEG or text file of at most 1 MB. Only its SHA-256 is stored: keep the document yourself."
                        accept="application/pdf,image/png,image/jpeg,text/plain"
                    />
                    <div class="row">
                        <Submit>"Record the attestation"</Submit>
                        <a href=page>"Cancel"</a>
                    </div>
                </Form>
            }
            .into_any(),
        };
        view! {
            <PageHead
                title="Record an attestation"
                back=words::back(file.request.id)
                lead="The certificate will name the party and say that nobody here looked inside."
            />
            <div class="beside">
                {form} <aside class="panel">
                    <h2>"The request"</h2>
                    <Facts>
                        <Fact term="Tenant">{file.tenant_name}</Fact>
                        <Fact term="About">{about}</Fact>
                    </Facts>
                </aside>
            </div>
        }
    })
}

/// Datasets of the plan that a party has yet to attest: name, and name for people.
pub(super) fn awaited(file: &RequestFile) -> Vec<(String, String)> {
    let attested = file
        .systems
        .iter()
        .filter(|system| system.handling == Handling::Attest);
    let datasets = attested.flat_map(|system| {
        let awaited = system
            .datasets
            .iter()
            .filter(|dataset| dataset.attestation.is_none());
        awaited.map(|dataset| {
            let words = format!("{}, {}", system.title, dataset.dataset.dataset);
            (dataset.dataset.to_string(), words)
        })
    });
    datasets.collect()
}
