//! Committing to the nonce of a sampling seed, and bringing the one that was kept outside.

use engine::reading::file::RequestFile;
use engine::reading::waiting::Awaited;
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::requests::{CommitNonce, OpenNonce};
use crate::api::{requests, ssr};
use crate::components::field::Choice;
use crate::components::{
    Choices, DueDay, Fact, Facts, Form, Hidden, Notice, PageHead, Submit, TextField, Tone, load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The page.
#[component]
pub fn Nonce() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.request_file(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let (opener, due_on, about) = (
            text::named(&file.opened_by),
            file.request.due_on,
            words::about(&file.request),
        );
        let tenant = file.tenant_name.clone();
        view! {
            <PageHead
                title="A nonce for the sample"
                back=(routes::REQUESTS, "Requests")
                lead="Which records are looked up after erasure is decided by the log and a secret nonce of your side. Nobody alone can choose them: the nonce is committed to before the plan, and told only when the root of the log can no longer be another."
            />
            <div class="beside">
                <Asked file />
                <aside class="panel">
                    <h2>"The request"</h2>
                    <Facts>
                        <Fact term="Tenant">{tenant}</Fact>
                        <Fact term="About">{about}</Fact>
                        <Fact term="Opened by">{opener}</Fact>
                        <Fact term="Due">
                            <DueDay on=due_on />
                        </Fact>
                    </Facts>
                </aside>
            </div>
        }
    })
}

/// The form that is asked for, or whom it waits for.
#[component]
fn Asked(file: RequestFile) -> impl IntoView {
    let page = routes::one(routes::REQUESTS, file.request.id);
    let id = file.request.id.to_string();
    let (request, back) = (id.clone(), page.clone());
    match (file.waits_for.yours, file.waits_for.what) {
        (true, Awaited::NonceCommitment) => view! { <Commitment id page label="Commit to it" /> }.into_any(),
        (true, Awaited::NonceOpening) => view! {
            <div class="stack">
                <Form action=OpenNonce::PATH>
                    <Hidden name="request" value=request />
                    <TextField
                        name="nonce"
                        label="The nonce that was kept outside"
                        hint="64 hexadecimal characters. Its SHA-256 must be the commitment that was logged; any other nonce is refused."
                    />
                    <div class="row">
                        <Submit>"Open the nonce"</Submit>
                        <a href=back>"Cancel"</a>
                    </div>
                </Form>
                <details>
                    <summary>"The nonce is lost"</summary>
                    <p>"Commit to another one. The plan falls with the lost one and is drawn again, and the certificate says that it was not the first commitment."</p>
                    <Commitment id page label="Give up the lost nonce" />
                </details>
            </div>
        }
        .into_any(),
        _ => {
            let because = file
                .waits_for
                .not_yours_because
                .map(|because| format!("It cannot be you: you {because}. Somebody else of the approver's side has to do it."));
            view! {
                <Notice tone=Tone::Info title="No nonce is asked of you here">
                    <p>{because.unwrap_or_else(|| words::waits_for(&file.waits_for))}</p>
                    <p>
                        <a href=page>"Back to the request"</a>
                    </p>
                </Notice>
            }
            .into_any()
        }
    }
}

/// The three ways to commit.
#[component]
fn Commitment(id: String, page: String, label: &'static str) -> impl IntoView {
    view! {
        <Form action=CommitNonce::PATH>
            <Hidden name="request" value=id />
            <Choices name="kept" label="Where does the nonce come from, and who keeps it?" choices=ways() />
            <TextField
                name="hex"
                label="Nonce, or its SHA-256"
                hint="64 hexadecimal characters: for the second way 32 random bytes, for the third their SHA-256. Leave it empty for the first."
                optional=true
            />
            <div class="row">
                <Submit>{label}</Submit>
                <a href=page>"Cancel"</a>
            </div>
        </Form>
    }
}

fn ways() -> Vec<Choice> {
    let drawn = Choice::new(
        "drawn",
        "Lethe draws it and keeps it sealed",
        "Enough against an approver who would choose; whoever holds the keys of this installation could open it early.",
    );
    vec![
        drawn.chosen(true),
        Choice::new(
            "brought",
            "I bring it, and Lethe keeps it sealed",
            "32 bytes from a source of your own, such as a witness.",
        ),
        Choice::new(
            "outside",
            "It stays outside; I give only its SHA-256",
            "The strongest: nobody here can know it. You or the witness bring it when it is asked for, right after the plan is drawn.",
        ),
    ]
}
