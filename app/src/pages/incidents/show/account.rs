//! The record of an incident: cause, remedy and lessons.

use domain::incident::IncidentState;
use domain::register::CertificateState;
use engine::reading::incidents::IncidentFile;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::incidents::{CloseIncident, DescribeIncident};
use crate::components::{Fact, Facts, Form, Hidden, Submit, TextArea};

/// Cause, remedy and lessons, and closing the record.
pub(super) fn account(file: &IncidentFile) -> AnyView {
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
                <Submit tone="secondary">"Keep the record"</Submit>
            </Form>
            {close}
        </section>
    }
    .into_any()
}
