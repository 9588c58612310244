//! One incident: what was seen, whether it holds, and what is known of it.

use domain::incident::{Incident, IncidentState, SeenAgain};
use domain::register::CertificateState;
use engine::reading::incidents::{IncidentFile, IncidentSeen};
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::incidents::{
    CloseIncident, ConfirmFinding, DescribeIncident, DropRefutation, LiftSuspension, RefuteFinding,
};
use crate::api::{requests, ssr};
use crate::components::{
    Drawer, Fact, Facts, Form, Hidden, Moment, Notice, PageHead, Submit, Table, Tag, TextArea, TextField,
    Tone, load,
};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.incident(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let title = format!("Incident with certificate {}", file.seen.certificate.code);
        let lead = format!(
            "Records of {} were seen again that the certificate says are gone.",
            file.seen.tenant_name
        );
        let state = file.seen.incident.state.word();
        view! {
            <PageHead title back=(routes::INCIDENTS, "Incidents") lead>
                <Tag state />
            </PageHead>
            <div class="beside">
                <div class="stack">
                    {decision(&file)} {places(&file.seen.incident)} {account(&file)}
                </div>
                <aside class="stack">{facts(file.seen)}</aside>
            </div>
        }
    })
}

fn places(incident: &Incident) -> impl IntoView + use<> {
    let rows: Vec<_> = incident.seen.iter().cloned().map(place).collect();
    view! {
        <section aria-labelledby="seen">
            <h2 id="seen">"What was seen"</h2>
            <Table stacked=true caption="What was seen">
                <thead>
                    <tr>
                        <th scope="col">"Where"</th>
                        <th scope="col">"Records"</th>
                        <th scope="col">"Looked at"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

fn place(seen: SeenAgain) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{seen.dataset.to_string()}</th>
            <td data-label="Records">{text::count(seen.remaining)}</td>
            <td data-label="Looked at">
                <Moment at=seen.looked_at />
            </td>
        </tr>
    }
}

fn facts(seen: IncidentSeen) -> impl IntoView {
    let (incident, certificate) = (seen.incident, seen.certificate);
    let decided = seen.decided_by.map(|(by, at)| {
        let term = match incident.state {
            IncidentState::Refuted { .. } => "Shown wrong, second",
            _ => "Confirmed by",
        };
        view! {
            <Fact term=term>{text::named(&by)} ", " <Moment at /></Fact>
        }
    });
    let closed = seen.closed_by.map(|(by, at)| {
        view! {
            <Fact term="Record closed by">{text::named(&by)} ", " <Moment at /></Fact>
        }
    });
    view! {
        <section class="panel" aria-labelledby="short">
            <h2 id="short">"In short"</h2>
            <Facts>
                <Fact term="Certificate">
                    <a href=one(routes::CERTIFICATES, certificate.id)>
                        <code>{certificate.code}</code>
                    </a>
                    " "
                    <Tag state=certificate.state.word() />
                </Fact>
                <Fact term="Tenant">{seen.tenant_name} " (" <code>{seen.tenant_key.to_string()}</code> ")"</Fact>
                <Fact term="Request">
                    <a href=one(routes::REQUESTS, incident.request)>
                        <code>{text::tail(&incident.request.to_string())}</code>
                    </a>
                </Fact>
                <Fact term="Known since">
                    <Moment at=incident.opened_at />
                </Fact>
                {decided}
                {closed}
            </Facts>
        </section>
    }
}

/// What is to be said of the finding, or what was said.
fn decision(file: &IncidentFile) -> AnyView {
    let incident = &file.seen.incident;
    match (&incident.state, &incident.refutation) {
        (IncidentState::Confirmed { .. }, _) => confirmed(file),
        (IncidentState::Refuted { .. }, said) => {
            let explanation = said.as_ref().map(|said| said.explanation.clone());
            view! {
                <Notice tone=Tone::Success title="The finding was wrong">
                    <p>"Two people showed it, and the certificate stands again."</p>
                    {explanation.map(|explanation| view! { <p>{explanation}</p> })}
                </Notice>
            }
            .into_any()
        }
        (IncidentState::Suspected, Some(_)) => second(file),
        (IncidentState::Suspected, None) => first(file),
    }
}

fn confirmed(file: &IncidentFile) -> AnyView {
    let (id, suspended) = (
        file.seen.certificate.id,
        file.seen.certificate.state == CertificateState::Suspended,
    );
    let next = match suspended {
        true => {
            let href = format!("{}/revoke", one(routes::CERTIFICATES, id));
            view! {
                <p>
                    "The suspension cannot be lifted any more: " <a href=href>"the certificate is revoked"</a>
                    " by two people, and a corrected one takes its place once what was found is erased."
                </p>
            }
            .into_any()
        }
        false => view! { <p>"The certificate did not stand again."</p> }.into_any(),
    };
    view! {
        <Notice tone=Tone::Danger title="The finding is confirmed">{next}</Notice>
    }
    .into_any()
}

fn waits() -> AnyView {
    view! {
        <Notice tone=Tone::Warning title="The certificate is suspended">
            <p>
                "It waits for a compliance officer to say whether what was seen is what the certificate says is gone. The \
                 request is planned afresh meanwhile; nothing is erased before somebody approves."
            </p>
        </Notice>
    }
    .into_any()
}

fn first(file: &IncidentFile) -> AnyView {
    if !file.may_decide {
        return waits();
    }
    let id = file.seen.incident.id.to_string();
    let other = id.clone();
    view! {
        {waits()}
        <section class="panel stack">
            <h2>"Does the finding hold?"</h2>
            <p>
                "If these are the records that were erased, or copies of them, it does. Approving the new plan of the request \
                 confirms it as well. From then on the certificate can only be revoked."
            </p>
            <Form action=ConfirmFinding::PATH>
                <Hidden name="incident" value=id />
                <Submit tone="danger">"Confirm the finding"</Submit>
            </Form>
            <Drawer summary="The finding is wrong" action=RefuteFinding::PATH>
                <Form action=RefuteFinding::PATH>
                    <Hidden name="incident" value=other />
                    <TextArea
                        name="explanation"
                        label="Why is the finding wrong?"
                        hint="The tenant is told. For example: a new contract was signed, and these are new records. Name nobody."
                        rows=4
                    />
                    <TextArea
                        name="evidence"
                        label="Evidence"
                        hint="Where it is kept; or its SHA-256. Only a SHA-256 is stored here."
                        rows=2
                    />
                    <Submit tone="secondary">"Say that it is wrong"</Submit>
                </Form>
            </Drawer>
        </section>
    }
    .into_any()
}

fn second(file: &IncidentFile) -> AnyView {
    let id = file.seen.incident.id.to_string();
    let said = file.seen.incident.refutation.clone();
    let (by, said) = (
        file.seen.refuted_by.clone(),
        said.map(|said| (said.explanation, said.evidence)),
    );
    let said = by.zip(said).map(|(by, (explanation, evidence))| {
        view! {
            <section class="panel">
                <h2>"The finding is said to be wrong"</h2>
                <Facts>
                    <Fact term="By">{text::named(&by)}</Fact>
                    <Fact term="Why">{explanation}</Fact>
                    <Fact term="SHA-256 of the evidence">
                        <code>{evidence.to_string()}</code>
                    </Fact>
                </Facts>
            </section>
        }
    });
    let word = file.seen.certificate.code.clone();
    let decide = match (file.may_lift, file.not_yours_because) {
        (false, _) => waits(),
        (true, Some(because)) => view! {
            <Notice tone=Tone::Info title="You cannot be the second person">
                <p>{format!("Whoever lifts a suspension is somebody else than who {because}.")}</p>
            </Notice>
        }
        .into_any(),
        (true, None) => {
            let id = id.clone();
            view! {
                <Form action=LiftSuspension::PATH>
                    <Hidden name="incident" value=id />
                    <Hidden name="expected" value=word.clone() />
                    <p>
                        "Look at the evidence yourself. The certificate then stands again, the tenant is told why, and the run \
                         that would erase again is given up."
                    </p>
                    <TextField
                        name="typed"
                        label=format!("Type {word} to confirm that you mean this certificate")
                        hint="Its short code"
                        width="medium"
                    />
                    <Submit>"Lift the suspension"</Submit>
                </Form>
            }
            .into_any()
        }
    };
    let otherwise = file.may_decide.then(|| {
        let (confirm, drop) = (id.clone(), id);
        view! {
            <div class="row">
                <Form action=ConfirmFinding::PATH>
                    <Hidden name="incident" value=confirm />
                    <Submit tone="danger">"Confirm the finding instead"</Submit>
                </Form>
                <Form action=DropRefutation::PATH>
                    <Hidden name="incident" value=drop />
                    <Submit tone="secondary">"Take it back"</Submit>
                </Form>
            </div>
        }
    });
    view! {
        {said}
        {decide}
        {otherwise}
    }
    .into_any()
}

/// Cause, remedy and lessons, and closing the record.
fn account(file: &IncidentFile) -> AnyView {
    let incident = &file.seen.incident;
    let (id, account) = (incident.id.to_string(), incident.account.clone());
    if incident.closed.is_some() || !file.may_describe {
        let told = |text: String| match text.is_empty() {
            true => "Not written down yet".to_owned(),
            false => text,
        };
        return view! {
            <section class="panel">
                <h2>"The record"</h2>
                <Facts>
                    <Fact term="Cause">{told(account.cause)}</Fact>
                    <Fact term="Remedy">{told(account.remedy)}</Fact>
                    <Fact term="Lessons">{told(account.lessons)}</Fact>
                </Facts>
            </section>
        }
        .into_any();
    }
    let decided = incident.state != IncidentState::Suspected;
    let over = decided && file.seen.certificate.state != CertificateState::Suspended;
    let close = (over && file.may_decide).then(|| {
        let id = id.clone();
        view! {
            <Form action=CloseIncident::PATH>
                <Hidden name="incident" value=id />
                <Submit tone="secondary">"Close the record"</Submit>
            </Form>
        }
    });
    view! {
        <section class="panel">
            <h2>"The record"</h2>
            <Form action=DescribeIncident::PATH>
                <Hidden name="incident" value=id />
                <TextArea name="cause" label="Cause" hint="Why the data was there" value=account.cause rows=3 />
                <TextArea name="remedy" label="Remedy" hint="What was done about it" value=account.remedy rows=3 />
                <TextArea
                    name="lessons"
                    label="Lessons"
                    hint="What is done so that it does not happen again"
                    value=account.lessons
                    rows=3
                />
                <Submit>"Keep the record"</Submit>
            </Form>
            {close}
        </section>
    }
    .into_any()
}
