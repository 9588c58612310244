//! What a tenant looks at: its requests in plain words, and its certificates.

use domain::actor::Actor;
use domain::port::reading::{CertificateFilter, RequestFilter};
use domain::request::ErasureRequest;
use domain::scope::RequestScope;
use engine::Engine;
use engine::reading::certificates::CertificateSeen;
use leptos::prelude::*;

use crate::components::{DueDay, Empty, Moment, Tag};
use crate::error::AppError;
use crate::pages::certificates::words;
use crate::routes::{self, one};

/// So many of each are shown; the lists have them all.
const MOST: u32 = 10;

/// What is the tenant's own.
pub struct Own {
    requests: Vec<ErasureRequest>,
    certificates: Vec<CertificateSeen>,
}

impl Own {
    /// Reads it.
    pub async fn load(engine: &Engine, actor: &Actor) -> Result<Self, AppError> {
        let requests = RequestFilter {
            limit: MOST,
            ..RequestFilter::default()
        };
        let certificates = CertificateFilter {
            limit: MOST,
            ..CertificateFilter::default()
        };
        Ok(Self {
            requests: engine.request_page(actor, requests).await?.rows,
            certificates: engine.certificate_page(actor, certificates).await?.rows,
        })
    }
}

/// The two lists.
#[component]
pub fn TenantRooms(own: Own) -> impl IntoView {
    let requests: Vec<_> = own.requests.into_iter().map(request).collect();
    let certificates: Vec<_> = own.certificates.into_iter().map(certificate).collect();
    let requests = match requests.is_empty() {
        true => view! {
            <Empty title="You have no requests yet">
                <p>"A request asks us to erase the data of one of your people, or all of it when your contract has ended."</p>
                <p>
                    <a class="button" data-tone="primary" href="/requests/new">
                        "Open a request"
                    </a>
                </p>
            </Empty>
        }
        .into_any(),
        false => view! { <ul class="tasks">{requests}</ul> }.into_any(),
    };
    let certificates = match certificates.is_empty() {
        true => view! {
            <Empty title="You have no certificates yet">
                <p>"When a request is carried out and checked, its certificate appears here for you to download."</p>
            </Empty>
        }
        .into_any(),
        false => view! { <ul class="tasks">{certificates}</ul> }.into_any(),
    };
    view! {
        <section aria-labelledby="requests">
            <div class="panel-head">
                <h2 id="requests">"Your requests"</h2>
                <a href=routes::REQUESTS>"See all"</a>
            </div>
            {requests}
        </section>
        <section aria-labelledby="certificates">
            <div class="panel-head">
                <h2 id="certificates">"Your certificates"</h2>
                <a href=routes::CERTIFICATES>"See all"</a>
            </div>
            {certificates}
        </section>
    }
}

fn request(request: ErasureRequest) -> impl IntoView {
    let answered = request.certificate.is_some() || request.stage.is_end();
    let title = match &request.scope {
        RequestScope::Tenant { contract, .. } => format!("Everything of yours, after contract {contract}"),
        RequestScope::Subject => "The data of one person".into(),
    };
    view! {
        <li class="task">
            <div>
                <p class="task-what">
                    <a href=one(routes::REQUESTS, request.id)>{title}</a>
                </p>
                <p>{plain(request.state_word())}</p>
                <p class="task-more">
                    "Received " <Moment at=request.received_at /> ", answer due " <DueDay on=request.due_on done=answered />
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
                {record
                    .issued_at
                    .map(|at| {
                        view! {
                            <p class="task-more">
                                "Issued "
                                <Moment at />
                            </p>
                        }
                    })}
            </div>
            <Tag state=record.state.word() />
        </li>
    }
}

/// What a state means for the tenant.
fn plain(state: &str) -> &'static str {
    match state {
        "received" => "We have it. Somebody now has to confirm who is behind it.",
        "identity_confirmed" => "It is confirmed. We are working out where your data is.",
        "planned" => "We know what is to be erased. A second person looks at it before anything begins.",
        "approved" | "scheduled" => "It is approved and begins soon. Until then you can object.",
        "erasing" => "Your data is being erased, system by system.",
        "settling" => "Everything reported that it is done. We wait before we look.",
        "verifying" => "We look independently whether anything is left.",
        "residue" => "Something was left. It is being erased again.",
        "verified" => "Every system was looked at. An officer now certifies it.",
        "certified" => "The certificate is made. We look at every system again in the coming months.",
        "closed" => "All of it is done.",
        "on_hold" => "Some of the data must be kept for now. The request goes on by itself when that ends.",
        "needs_attention" | "paused" => "It is stopped for the moment, and our people are looking at it.",
        "refused" => "It was refused. You were told why.",
        "withdrawn" => "It was taken back. Nothing was erased.",
        "duplicate" => "It is the same as another request.",
        _ => "It is under way.",
    }
}
