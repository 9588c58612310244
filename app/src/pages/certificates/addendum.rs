//! Certifying that backups have run out: what was seen beside the decision.

use domain::later::LaterCheck;
use engine::addendum::AddendumCase;
use engine::reading::waiting::{Awaited, Waiting};
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::certificates::CertifyAddendum;
use crate::api::{requests, ssr};
use crate::components::{Form, Hidden, Moment, Notice, PageHead, Submit, Table, TextField, Tone, load};
use crate::error::AppError;
use crate::pages::requests::words;
use crate::routes::{self, one};

/// The page.
#[component]
pub fn Addendum() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let case = engine.addendum(&actor, requests::id(&id)?).await?;
        let file = engine.request_file(&actor, case.base.request).await?;
        Ok::<_, AppError>((case, file.waits_for))
    };
    load(loading, |(case, waiting)| {
        let back = one(routes::CERTIFICATES, case.base.id);
        view! {
            <PageHead
                title="Addendum to a certificate"
                back=(back.clone(), format!("Certificate {}", case.base.code))
                lead=format!(
                    "It adds to {}: backups that could hold the data have run out since. It is signed, and falls with the certificate it adds to.",
                    case.base.code,
                )
            />
            <div class="stack">
                {looks("What has run out", &case.run_out)} {looks("What has yet to run out", &case.waiting)}
                {decision(&case, waiting)}
                <p>
                    <a href=back>"Back to the certificate"</a>
                </p>
            </div>
        }
    })
}

/// Backups, and what a probe saw of them.
fn looks(title: &'static str, checks: &[LaterCheck]) -> Option<AnyView> {
    let rows: Vec<_> = checks
        .iter()
        .map(|check| {
            let looked = match check.looks.first() {
                Some(look) => view! { <Moment at=look.looked_at /> }.into_any(),
                None => view! { <span class="muted">"Not yet"</span> }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{super::later::backup_of(check)}</th>
                    <td data-label="Due">
                        <Moment at=check.due_at />
                    </td>
                    <td data-label="Looked at">{looked}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h2>{title}</h2>
                <Table stacked=true caption=title>
                    <thead>
                        <tr>
                            <th scope="col">"Backup"</th>
                            <th scope="col">"Due"</th>
                            <th scope="col">"Looked at"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
        }
        .into_any()
    })
}

fn decision(case: &AddendumCase, waiting: Waiting) -> AnyView {
    if case.run_out.is_empty() || waiting.what != Awaited::Addendum || !waiting.yours {
        let told = match (case.run_out.is_empty(), waiting.not_yours_because) {
            (true, _) => {
                "No backup has run out of which no addendum tells yet. When one does, it waits here.".into()
            }
            (false, Some(because)) => {
                format!("It cannot be you: you {because}. Somebody else has to certify.")
            }
            (false, None) => words::waits_for(&waiting),
        };
        return view! {
            <Notice tone=Tone::Info title="There is nothing for you to certify here">
                <p>{told}</p>
            </Notice>
        }
        .into_any();
    }
    let (certificate, code, digest) = (
        case.base.id.to_string(),
        case.base.code.clone(),
        case.evidence.to_string(),
    );
    view! {
        <section class="panel" aria-labelledby="decision">
            <h2 id="decision">"Your decision"</h2>
            <p>
                "A probe listed every backup set and read the rule that ends them. No set is left that was taken before the \
                 erasure was complete."
            </p>
            <Form action=CertifyAddendum::PATH>
                <Hidden name="certificate" value=certificate />
                <Hidden name="digest" value=digest.clone() />
                <Hidden name="expected" value=code.clone() />
                <p class="muted small">"Digest of the evidence: " <code>{digest}</code></p>
                <TextField
                    name="typed"
                    label=format!("Type {code} to confirm that you mean this certificate")
                    hint="Its short code"
                    width="medium"
                />
                <Submit>"Certify that they have run out"</Submit>
            </Form>
        </section>
    }
    .into_any()
}
