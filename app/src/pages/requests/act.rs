//! Everything else that may be done with a request, each with what it means.

use domain::actor::Permission as P;
use domain::request::{Aside, Stage};
use engine::reading::file::RequestFile;
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::requests::{
    AcceptNoControl, ExtendDeadline, MarkDuplicate, Object, PauseRequest, RefuseRequest, RetryRound,
    SettleAttention, UnpauseRequest, WithdrawRequest,
};
use crate::api::{requests, ssr};
use crate::components::field::Choice;
use crate::components::{Choices, Empty, Form, Hidden, PageHead, Submit, TextArea, TextField, load};
use crate::error::AppError;
use crate::routes;

/// The page: only what the reader may do, and what can be done now.
#[component]
pub fn Act() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let file = engine.request_file(&actor, requests::id(&id)?).await?;
        Ok::<_, AppError>((file, actor))
    };
    load(loading, |(file, actor)| {
        let may = move |permissions: &[P]| actor.require_any(permissions).is_ok();
        let page = routes::one(routes::REQUESTS, file.request.id);
        let acts = acts(&file, &may);
        let waits = words::waits_for(&file.waits_for);
        let lead = waits.clone();
        let (back, about) = (words::back(file.request.id), words::whose(&file));
        let list = match acts.is_empty() {
            true => view! {
                <Empty title="There is nothing for you to do here">
                    <p>{waits}</p>
                </Empty>
            }
            .into_any(),
            false => view! { <div class="stack">{acts}</div> }.into_any(),
        };
        view! {
            <PageHead title="What can be done" back about lead />
            {list}
            <p class="aside-link">
                <a href=page>"Back to the request"</a>
            </p>
        }
    })
}

fn acts(file: &RequestFile, may: &dyn Fn(&[P]) -> bool) -> Vec<AnyView> {
    let (request, id) = (&file.request, file.request.id.to_string());
    let untouched = !request.touched && !request.stage.is_end();
    let mut acts = Vec::new();
    if let Some(Aside::NeedsAttention { what, .. }) = &request.aside
        && may(&[P::RetryStep, P::AcceptException])
    {
        acts.push(attention(&id, what.clone()));
    }
    if may(&[P::AcceptException]) {
        acts.extend(exceptions(file, &id));
    }
    if matches!(request.aside, Some(Aside::Paused { .. })) && may(&[P::Pause]) {
        acts.push(unpause(&id));
    }
    if request.aside.is_none() && !request.stage.is_end() && may(&[P::Pause]) {
        acts.push(pause(&id));
    }
    if request.stage == Stage::Scheduled && may(&[P::ObjectToRun]) {
        acts.push(objection(&id));
    }
    if request.extension.is_none() && !request.stage.is_end() && may(&[P::ExtendDeadline]) {
        acts.push(extension(&id));
    }
    if untouched && may(&[P::RefuseRequest]) {
        acts.push(refusal(&id));
        acts.push(duplicate(&id));
    }
    if untouched && (file.opened_by.you || may(&[P::OpenOwnRequest, P::OpenRequest])) {
        acts.push(withdrawal(&id));
    }
    acts
}

/// A part of the page: what the act means, and its form.
#[component]
fn Part(title: &'static str, means: String, children: Children) -> impl IntoView {
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <p>{means}</p>
            {children()}
        </section>
    }
}

fn attention(id: &str, what: String) -> AnyView {
    let (settle, retry) = (id.to_owned(), id.to_owned());
    view! {
        <Part title="Something went wrong" means=what>
            <Form action=SettleAttention::PATH>
                <Hidden name="request" value=settle />
                <TextArea name="note" label="What you found and what was mended" rows=3 />
                <Submit>"It is mended: go on"</Submit>
            </Form>
            <hr />
            <Form action=RetryRound::PATH>
                <Hidden name="request" value=retry />
                <TextArea name="note" label="Why another round will help" rows=3 />
                <Submit tone="secondary">"Erase and check once more"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}

/// Inconclusive checks for want of a control can be accepted in writing.
fn exceptions(file: &RequestFile, id: &str) -> Vec<AnyView> {
    let datasets = file.systems.iter().flat_map(|system| &system.datasets);
    let open = datasets.filter_map(|dataset| {
        let check = dataset.check.as_ref()?;
        let waits = check.state == "inconclusive" && check.finding.as_ref()?.accepted_by.is_none();
        waits.then(|| (dataset.dataset.to_string(), check.id.to_string()))
    });
    open.map(|(name, check)| {
        let id = id.to_owned();
        view! {
            <Part
                title="Accept that no control is possible"
                means=format!("The check of {name} is inconclusive. If no record can serve as a control there, you can accept that in writing; the certificate will say so.")
            >
                <Form action=AcceptNoControl::PATH>
                    <Hidden name="request" value=id />
                    <Hidden name="check" value=check />
                    <TextArea name="reason" label="Why this is acceptable" rows=3 />
                    <Submit tone="danger">"Accept the exception"</Submit>
                </Form>
            </Part>
        }
        .into_any()
    })
    .collect()
}

fn pause(id: &str) -> AnyView {
    let id = id.to_owned();
    view! {
        <Part title="Pause" means="Chunks under way end; none follows until somebody lets it go on. The deadline keeps running.".into()>
            <Form action=PauseRequest::PATH>
                <Hidden name="request" value=id />
                <TextArea name="reason" label="Why" rows=2 />
                <Submit tone="secondary">"Pause the request"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}

fn unpause(id: &str) -> AnyView {
    let id = id.to_owned();
    view! {
        <Part title="Let it go on" means="It goes on where it was.".into()>
            <Form action=UnpauseRequest::PATH>
                <Hidden name="request" value=id />
                <Submit>"Let it go on"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}

fn objection(id: &str) -> AnyView {
    let id = id.to_owned();
    view! {
        <Part title="Object" means="While the grace period runs you can object. Nothing is erased until somebody has looked at your objection.".into()>
            <Form action=Object::PATH>
                <Hidden name="request" value=id />
                <TextArea name="reason" label="Why you object" rows=3 />
                <Submit tone="danger">"Object to the erasure"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}

fn extension(id: &str) -> AnyView {
    let id = id.to_owned();
    view! {
        <Part
            title="Extend the deadline"
            means="Once, by two months, where complexity or number of requests make it necessary (Art. 12(3)). The reasons are told inside the first month.".into()
        >
            <Form action=ExtendDeadline::PATH>
                <Hidden name="request" value=id />
                <TextArea name="reason" label="Reasons, as they will be told" rows=3 />
                <Submit tone="secondary">"Extend the deadline"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}

fn refusal(id: &str) -> AnyView {
    let id = id.to_owned();
    let choices = vec![
        Choice::new(
            "identity_not_established",
            "Identity not established",
            "Art. 12(6)",
        ),
        Choice::new(
            "not_covered",
            "Not covered",
            "None of the grounds of Art. 17(1) applies.",
        ),
        Choice::new(
            "manifestly_unfounded_or_excessive",
            "Manifestly unfounded or excessive",
            "Art. 12(5)",
        ),
        Choice::new("legal_obligation", "Legal obligation", "Art. 17(3)(b)"),
        Choice::new("legal_claims", "Legal claims", "Art. 17(3)(e)"),
        Choice::new("other", "Another reason", "In words below."),
    ];
    view! {
        <Part title="Refuse" means="Ends the request without erasing anything. The person can complain to a supervisory authority.".into()>
            <Form action=RefuseRequest::PATH>
                <Hidden name="request" value=id />
                <Choices name="reason" label="Reason" choices />
                <TextField name="other" label="Another reason, in words" optional=true />
                <Submit tone="danger">"Refuse the request"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}

fn duplicate(id: &str) -> AnyView {
    let id = id.to_owned();
    view! {
        <Part title="Mark as a duplicate" means="Where another request already asks for the same. The other one goes on.".into()>
            <Form action=MarkDuplicate::PATH>
                <Hidden name="request" value=id />
                <TextField name="of" label="Id of the other request" />
                <Submit tone="secondary">"Mark as a duplicate"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}

fn withdrawal(id: &str) -> AnyView {
    let id = id.to_owned();
    view! {
        <Part title="Withdraw" means="Takes the request back. Possible until the first record is released for erasure.".into()>
            <Form action=WithdrawRequest::PATH>
                <Hidden name="request" value=id />
                <Submit tone="danger">"Withdraw the request"</Submit>
            </Form>
        </Part>
    }
    .into_any()
}
