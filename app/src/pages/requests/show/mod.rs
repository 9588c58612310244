//! A request: what happened, what comes next, and every system with what was seen in it.

pub(super) mod grid;
pub(super) mod next_step;
mod story;

use engine::reading::KeeperSeen;
use engine::reading::file::RequestFile;
use leptos::prelude::*;

use self::grid::Grid;
use self::next_step::NextStep;
use self::story::Story;
use super::words;
use crate::api::{requests, ssr};
use crate::components::{Day, DueDay, Fact, Facts, Icon, Moment, PageHead, Tag, load};
use crate::error::AppError;
use crate::islands::Live;
use crate::routes;
use crate::text;

/// The part of the page that follows what happens.
const LIVE: &str = "live";

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let file = engine.request_file(&actor, requests::id(&id)?).await?;
        Ok::<_, AppError>((file, ssr::is_tenant(&actor)))
    };
    load(loading, |(file, tenant)| {
        let id = file.request.id.to_string();
        let title = format!("Request {}", text::tail(&id));
        let issued = file.certificates.iter().any(|record| record.issued_at.is_some());
        let evidence = issued || (!tenant && file.plan.is_some());
        let evidence = evidence.then(|| format!("/requests/{id}/evidence.zip"));
        view! {
            <PageHead title back=(routes::REQUESTS, "Requests")>
                {evidence
                    .map(|href| {
                        view! {
                            <a class="button" data-tone="secondary" href=href download>
                                <Icon name="download" />
                                "Evidence in one file"
                            </a>
                        }
                    })}
            </PageHead>
            <div id=LIVE class="stack">
                <Head file=file.clone() tenant />
                <div class="beside">
                    <div class="stack">
                        <NextStep file=file.clone() tenant />
                        <Grid file=file.clone() tenant />
                        <Certificates file=file.clone() />
                        <Mails file=file.clone() />
                    </div>
                    <Story file=file.clone() />
                </div>
            </div>
            {(!file.request.stage.is_end())
                .then(|| view! { <Live events=format!("/events/requests/{id}") part=LIVE.to_owned() /> })}
        }
    })
}

#[component]
fn Head(file: RequestFile, tenant: bool) -> impl IntoView {
    let request = file.request;
    let answered = request.certificate.is_some() || request.stage.is_end();
    let (about, state, drill) = (words::about(&request), request.state_word(), request.drill);
    let again = request.again.clone();
    let extended = request
        .extension
        .map(|extension| format!(" Extended: {}", extension.reason));
    let opened_by = (!tenant).then(|| text::named(&file.opened_by));
    let approved_by = file.approved_by.as_ref().map(text::named);
    view! {
        <div class="panel">
            <div class="panel-head">
                <h2>{about}</h2>
                <span class="row">{drill.then(|| view! { <Tag state="drill" /> })} <Tag state /></span>
            </div>
            <Facts>
                <Fact term="Tenant">{file.tenant_name} " (" <code>{request.tenant_key.to_string()}</code> ")"</Fact>
                <Fact term="Due">
                    <DueDay on=request.due_on done=answered /> {extended}
                </Fact>
                <Fact term="Received">
                    <Moment at=request.received_at /> " " {words::channel(&request.channel)}
                </Fact>
                {again
                    .map(|again| {
                        view! {
                            <Fact term="Erases again">
                                {format!("What {} brought back from a backup: ", again.system)}
                                <a href=routes::one(routes::REQUESTS, again.of)>"the request that erased it first"</a>
                                ", " <a href=routes::one(routes::RESTORES, again.replay)>"the search"</a>
                            </Fact>
                        }
                    })}
                {opened_by.map(|by| view! { <Fact term="Opened by">{by}</Fact> })}
                {approved_by.map(|by| view! { <Fact term="Approved by">{by}</Fact> })}
                {file
                    .plan
                    .map(|plan| {
                        view! {
                            <Fact term="Inventory">
                                {format!("Version {}, frozen ", plan.inventory)} <Moment at=plan.created_at />
                            </Fact>
                        }
                    })}
                <Fact term="Id">
                    <code>{request.id.to_string()}</code>
                </Fact>
            </Facts>
            <Keepers keepers=file.keepers />
        </div>
    }
    .into_any()
}

/// Holds and duties that keep parts of it, as the reader may see them.
#[component]
fn Keepers(keepers: Vec<KeeperSeen>) -> impl IntoView {
    let rows: Vec<_> = keepers
        .into_iter()
        .map(|keeper| {
            let state = if keeper.stands { "in_force" } else { "released" };
            view! {
                <li>
                    <Tag state /> " " {keeper.disclosed}
                    {keeper.until.map(|until| view! { ", until " <Day on=until /> })}
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="keepers" aria-label="Holds and duties">
                <h3>"What is kept, and why"</h3>
                <ul>{rows}</ul>
            </section>
        }
    })
}

#[component]
fn Certificates(file: RequestFile) -> impl IntoView {
    let rows: Vec<_> = file
        .certificates
        .into_iter()
        .map(|record| {
            view! {
                <li class="task">
                    <p class="task-what">
                        <a href=routes::one(routes::CERTIFICATES, record.id)>{format!("Certificate {}", record.code)}</a>
                    </p>
                    <span class="row">
                        <Tag state=record.kind.word() /> <Tag state=record.state.word() />
                    </span>
                    <p class="task-more">
                        {match record.issued_at {
                            Some(at) => view! { "Issued " <Moment at /> }.into_any(),
                            None => "Not issued yet".into_any(),
                        }}
                    </p>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="certificates">
                <h2 id="certificates">"Certificates"</h2>
                <ul class="tasks">{rows}</ul>
            </section>
        }
    })
}

/// What was told to whom, and what became of it.
#[component]
fn Mails(file: RequestFile) -> impl IntoView {
    // What did not arrive is not hidden.
    let open = file.mails.iter().any(|mail| mail.unreached);
    let rows: Vec<_> = file
        .mails
        .into_iter()
        .map(|mail| {
            view! {
                <li>
                    <Tag state=mail.delivery.word() /> " " {words::mail(mail.kind)} {mail.to.map(|to| format!(" to {to}"))} ", "
                    <Moment at=mail.since /> {mail.trouble.map(|why| view! { <p class="small muted">{why}</p> })}
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <details class="drawer" open=open>
                <summary>"Mails about this request"</summary>
                <ul>{rows}</ul>
            </details>
        }
    })
}
