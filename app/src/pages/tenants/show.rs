//! One tenant: its contacts, requests and certificates.

use domain::actor::Permission;
use domain::id::TenantId;
use domain::port::reading::{CertificateFilter, RequestFilter};
use domain::request::ErasureRequest;
use domain::subject::{Contact, Tenant};
use engine::reading::certificates::CertificateSeen;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{DueDay, Fact, Facts, Moment, PageHead, Tag, load};
use crate::error::AppError;
use crate::pages::certificates::words;
use crate::routes::{self, one};
use crate::text;

/// What is shown; contacts and certificates are not for those who only operate systems.
struct Shown {
    tenant: Tenant,
    contacts: Option<Vec<Contact>>,
    requests: Vec<ErasureRequest>,
    certificates: Option<Vec<CertificateSeen>>,
}

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    load(found(id), |shown| {
        let requests: Vec<_> = shown.requests.into_iter().map(request).collect();
        let certificates = shown.certificates.map(|certificates| {
            let rows: Vec<_> = certificates.into_iter().map(certificate).collect();
            part("Certificates", "No certificate was made out to it yet.", rows)
        });
        view! {
            <PageHead title=shown.tenant.name.clone() back=(routes::TENANTS, "Tenants") />
            <div class="stack">
                {facts(shown.tenant, shown.contacts)}
                {part("Requests", "No request was opened for it yet.", requests)} {certificates}
            </div>
        }
    })
}

async fn found(id: String) -> Result<Shown, AppError> {
    let (engine, actor) = ssr::caller()?;
    let id: TenantId = ssr::id(&id)?;
    let tenants = engine.tenants(&actor).await?;
    let tenant = tenants.into_iter().find(|tenant| tenant.id == id);
    let mut tenant = tenant.ok_or_else(AppError::not_found)?;
    let contacts = std::mem::take(&mut tenant.contacts);
    let reads = actor.require(Permission::ReadAll).is_ok();
    let requests = RequestFilter {
        tenant: Some(id),
        ..RequestFilter::default()
    };
    let certificates = CertificateFilter {
        tenant: Some(id),
        ..CertificateFilter::default()
    };
    Ok(Shown {
        tenant,
        contacts: reads.then_some(contacts),
        requests: engine.request_page(&actor, requests).await?.rows,
        certificates: match reads {
            true => Some(engine.certificate_page(&actor, certificates).await?.rows),
            false => None,
        },
    })
}

fn facts(tenant: Tenant, contacts: Option<Vec<Contact>>) -> impl IntoView {
    let contacts = contacts.map(|contacts| {
        let rows: Vec<_> = contacts.into_iter().map(contact).collect();
        let list = match rows.is_empty() {
            true => view! { <p class="muted">"No contact is on file: nobody of the tenant is told about requests."</p> }
                .into_any(),
            false => view! { <ul>{rows}</ul> }.into_any(),
        };
        view! {
            <h3>"Contacts"</h3>
            {list}
        }
    });
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">"In short"</h2>
            <Facts>
                <Fact term="Key">
                    <code>{tenant.key.to_string()}</code>
                </Fact>
                <Fact term="Registered">
                    <Moment at=tenant.created_at />
                </Fact>
                <Fact term="Data">
                    {if tenant.synthetic { "Synthetic, for drills" } else { "Real" }}
                </Fact>
            </Facts>
            {contacts}
        </section>
    }
}

fn contact(contact: Contact) -> impl IntoView {
    view! { <li>{contact.name} ", " <a href=format!("mailto:{}", contact.email)>{contact.email.clone()}</a></li> }
}

fn part(title: &'static str, none: &'static str, rows: Vec<impl IntoView + 'static>) -> impl IntoView {
    let list = match rows.is_empty() {
        true => view! { <p class="muted">{none}</p> }.into_any(),
        false => view! { <ul class="tasks">{rows}</ul> }.into_any(),
    };
    view! {
        <section>
            <h2>{title}</h2>
            {list}
        </section>
    }
}

fn request(request: ErasureRequest) -> impl IntoView {
    let answered = request.certificate.is_some() || request.stage.is_end();
    let id = request.id.to_string();
    view! {
        <li class="task">
            <div>
                <p class="task-what">
                    <a href=one(routes::REQUESTS, &id)>"Request " <code title=id.clone()>{text::tail(&id)}</code></a>
                </p>
                <p class="task-more">
                    "Received " <Moment at=request.received_at /> ", due " <DueDay on=request.due_on done=answered />
                </p>
            </div>
            <Tag state=request.state_word() />
        </li>
    }
}

fn certificate(seen: CertificateSeen) -> impl IntoView {
    let record = seen.record;
    view! {
        <li class="task">
            <div>
                <p class="task-what">
                    <a href=one(routes::CERTIFICATES, record.id)>{words::kind(record.kind)} ", " {record.code}</a>
                </p>
                <p class="task-more">"Certified " <Moment at=record.certified_at /></p>
            </div>
            <Tag state=record.state.word() />
        </li>
    }
}
