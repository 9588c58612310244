//! Jobs that were parked because a person must look first.

use domain::actor::Permission;
use domain::archive::StorageHealth;
use domain::id::JobId;
use domain::job::Job;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::jobs::RetryJob;
use crate::api::ssr;
use crate::components::{Empty, Form, Hidden, Moment, PageHead, Submit, Table, Tag, load};
use crate::error::AppError;
use crate::routes::{self, one};

/// The list, each with a way to put it back.
#[component]
pub fn Jobs() -> impl IntoView {
    let loading = async {
        let (engine, actor) = ssr::caller()?;
        let may = actor.require(Permission::RetryStep).is_ok();
        let health = engine.storage_health(&actor).await?;
        Ok::<_, AppError>((engine.parked_jobs(&actor).await?, may, health))
    };
    load(loading, |(jobs, may, health)| {
        view! {
            <PageHead
                title="Parked jobs"
                back=(routes::HOME, "Home")
                lead="Work that failed again and again, or cannot go on by itself. Remove the cause first, then put it back."
            />
            <div class="stack">{list(jobs, may)} {storage(health)}</div>
        }
    })
}

fn list(jobs: Vec<(JobId, Job, String)>, may: bool) -> AnyView {
    if jobs.is_empty() {
        return view! {
            <Empty title="No job is parked">
                <p>"All work goes on by itself. When something cannot, it appears here with the reason."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = jobs
        .into_iter()
        .map(|(id, job, why)| {
            let (what, about) = (what(&job), about(&job));
            let retry = may.then(|| {
                view! {
                    <Form action=RetryJob::PATH class="inline">
                        <Hidden name="job" value=id.to_string() />
                        <Submit tone="secondary">
                            "Put back"
                            <span class="visually-hidden">{format!(": {what}")}</span>
                        </Submit>
                    </Form>
                }
            });
            view! {
                <tr>
                    <th scope="row">
                        {match about {
                            Some(href) => view! { <a href=href>{what}</a> }.into_any(),
                            None => what.into_any(),
                        }}
                    </th>
                    <td data-label="Why it is parked">{why}</td>
                    {may.then(|| view! { <td data-label="What you can do">{retry}</td> })}
                </tr>
            }
        })
        .collect();
    view! {
        <Table stacked=true caption="Parked jobs">
            <thead>
                <tr>
                    <th scope="col">"Work"</th>
                    <th scope="col">"Why it is parked"</th>
                    {may.then(|| view! { <th scope="col">"What you can do"</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// Whether every place of certificates gives back what is written to it.
fn storage(health: Option<StorageHealth>) -> impl IntoView {
    let looks = health.map(|health| {
        let at = health.looked_at;
        let rows: Vec<_> = health
            .looks
            .into_iter()
            .map(|look| {
                let state = if look.failed.is_some() { "failed" } else { "done" };
                let words = if look.failed.is_some() { "Fails" } else { "Works" };
                view! {
                    <li>
                        <Tag state words /> " " {look.place} {look.failed.map(|why| view! { <p class="small">{why}</p> })}
                    </li>
                }
            })
            .collect();
        view! {
            <p>"Looked at " <Moment at /></p>
            <ul>{rows}</ul>
        }
    });
    let none = looks
        .is_none()
        .then(|| view! { <p class="muted">"Nobody has looked yet. The first look is within a minute of the start."</p> });
    view! {
        <section aria-labelledby="storage">
            <h2 id="storage">"Where certificates are kept"</h2>
            <p class="muted">"Each day a test object is written to every place, and read again."</p>
            {looks}
            {none}
        </section>
    }
}

/// What a job does, in words.
const fn what(job: &Job) -> &'static str {
    match job {
        Job::Plan { .. } => "Draw a plan",
        Job::DrawManifest { .. } => "Count and draw samples",
        Job::Start { .. } => "Begin a run",
        Job::EraseStep { .. } => "Erase the next records",
        Job::Settle { .. } => "See whether everything reported",
        Job::RunCheck { .. } => "Look whether anything is left",
        Job::Conclude { .. } => "Conclude a round of checks",
        Job::Remediate { .. } => "Erase again what was left",
        Job::Drain { .. } => "See whether a hold is in force",
        Job::Resume { .. } => "See whether a stopped request may go on",
        Job::Issue { .. } => "Sign, write and issue a certificate",
        Job::CopyDocument { .. } => "Copy a certificate to the second place",
        Job::ProbeStorage => "Look whether certificates can be kept",
        Job::SendMail { .. } => "Send a mail",
        _ => "Look after what is overdue",
    }
}

/// The page of what it is about, where there is one.
fn about(job: &Job) -> Option<String> {
    match job {
        Job::Plan { request }
        | Job::Start { request, .. }
        | Job::Settle { request, .. }
        | Job::Conclude { request, .. }
        | Job::Remediate { request, .. }
        | Job::Resume { request } => Some(one(routes::REQUESTS, request)),
        Job::Drain { hold } => Some(one(routes::HOLDS, hold)),
        Job::Issue { certificate } | Job::CopyDocument { certificate } => {
            Some(one(routes::CERTIFICATES, certificate))
        }
        _ => None,
    }
}
