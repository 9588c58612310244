//! Whether the finding holds: one person confirms it, two show it wrong.

use domain::incident::IncidentState;
use domain::register::CertificateState;
use engine::reading::incidents::IncidentFile;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::incidents::{ConfirmFinding, DropRefutation, LiftSuspension, RefuteFinding};
use crate::components::{Drawer, Fact, Facts, Form, Hidden, Notice, Submit, TextArea, TextField, Tone};
use crate::routes::{self, one};
use crate::text;

/// What is to be said of the finding, or what was said.
pub(super) fn decision(file: &IncidentFile) -> AnyView {
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
        <section class="panel">
            <h2>"Does the finding hold?"</h2>
            <p>
                "If these are the records that were erased, or copies of them, it does. Approving the new plan of the request \
                 confirms it as well. From then on the certificate can only be revoked."
            </p>
            <div class="stack">
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
            </div>
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
