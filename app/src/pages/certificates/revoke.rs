//! Revoking a certificate that was wrong: one person asks, a second confirms; then the correction begins.

use domain::revocation::RevocationReason;
use engine::reading::revocation::{RevocationFile, RevocationSeen};
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::certificates::{BeginCorrection, ConfirmRevocation, DropRevocation, ProposeRevocation};
use crate::api::{requests, ssr};
use crate::components::{
    Consequence, Consequences, Drawer, Fact, Facts, Form, Hidden, Moment, Notice, PageHead, Select, Submit,
    TextArea, TextField, Tone, load,
};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;

/// The part that is the reader's.
#[component]
pub fn Revoke() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.revocation(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let record = file.seen.record.clone();
        let back = (
            one(routes::CERTIFICATES, record.id),
            format!("Certificate {}", record.code),
        );
        let lead = format!("{}, made out to {}", record.code, file.seen.tenant_name);
        let parts = match (&file.asked, file.in_force) {
            (None, true) => ask(&file),
            (Some(asked), true) => second(&file, asked),
            (asked, false) => over(&file, asked.as_ref()),
        };
        view! {
            <PageHead title="Revoke a certificate" back lead />
            <div class="stack">
                {parts}
                <p>
                    <a href=one(routes::CERTIFICATES, record.id)>"Back to the certificate"</a>
                </p>
            </div>
        }
    })
}

fn consequences(file: &RevocationFile) -> impl IntoView + use<> {
    let list = vec![
        Consequence::new(
            "1",
            "certificate ends for good. It stays in the register and in the portal, marked, and its public page says so",
        ),
        Consequence::new(
            text::count(file.addenda as u64),
            "addenda that add to it fall with it",
        ),
        Consequence::new(
            text::count(file.contacts as u64),
            "people at the tenant get a mail with your explanation",
        ),
    ];
    view! { <Consequences title="What a revocation does" list /> }
}

fn ask(file: &RevocationFile) -> AnyView {
    if !file.may_ask {
        return view! {
            <Notice tone=Tone::Info title="A compliance officer asks for a revocation">
                <p>"Nobody has asked for the revocation of this certificate. It stays as it is."</p>
            </Notice>
        }
        .into_any();
    }
    let id = file.seen.record.id.to_string();
    let mut options = vec![(String::new(), "Choose a reason".to_owned())];
    options
        .extend(RevocationReason::ALL.map(|reason| (reason.word().to_owned(), text::words(reason.words()))));
    view! {
        <p>
            "It takes two people. You say why; another officer or legal counsel, whose account is older than 24 hours, \
             confirms it. Until then the certificate stays in force."
        </p>
        {consequences(file)}
        <Form action=ProposeRevocation::PATH>
            <Hidden name="certificate" value=id />
            <Select name="reason" label="Why is it revoked?" hint="It is public: it stands in the signed status" options />
            <TextArea
                name="explanation"
                label="What the tenant is told"
                hint="It is mailed to the tenant and printed on the corrected certificate. Name nobody."
                rows=5
            />
            <Submit tone="danger">"Ask for the revocation"</Submit>
        </Form>
    }
    .into_any()
}

/// What was asked for, in the asker's words.
fn asked_for(asked: &RevocationSeen) -> impl IntoView + use<> {
    let (by, at) = (text::named(&asked.by), asked.at);
    let (reason, explanation) = (text::words(asked.reason.words()), asked.explanation.clone());
    let confirmed = asked.confirmed.clone().map(|(by, at)| {
        view! {
            <Fact term="Confirmed by">{text::named(&by)}</Fact>
            <Fact term="Revoked">
                <Moment at />
            </Fact>
        }
    });
    view! {
        <section class="panel">
            <h2>"The revocation"</h2>
            <Facts>
                <Fact term="Asked for by">{by}</Fact>
                <Fact term="On">
                    <Moment at />
                </Fact>
                <Fact term="Reason">{reason}</Fact>
                <Fact term="Explanation">{explanation}</Fact>
                {confirmed}
            </Facts>
        </section>
    }
}

fn second(file: &RevocationFile, asked: &RevocationSeen) -> AnyView {
    let id = file.seen.record.id.to_string();
    let word = file.seen.record.code.clone();
    let decide = match (file.may_confirm, file.not_yours_because) {
        (false, _) => view! {
            <Notice tone=Tone::Info title="It waits for a second person">
                <p>"Another compliance officer or legal counsel confirms it. Until then the certificate is in force."</p>
            </Notice>
        }
        .into_any(),
        (true, Some("asked for the revocation")) => view! {
            <Notice tone=Tone::Info title="You cannot be the second person">
                <p>"You asked for the revocation, so somebody else has to confirm it: nobody ends a certificate alone."</p>
            </Notice>
        }
        .into_any(),
        (true, Some(because)) => view! {
            <Notice tone=Tone::Info title="You cannot be the second person">
                <p>{format!("Your account {because}. Somebody else has to confirm it, or you tomorrow.")}</p>
            </Notice>
        }
        .into_any(),
        (true, None) => view! {
            {consequences(file)}
            <Form action=ConfirmRevocation::PATH>
                <Hidden name="certificate" value=id />
                <Hidden name="expected" value=word.clone() />
                <TextField
                    name="typed"
                    label=format!("Type {word} to confirm that you mean this certificate")
                    hint="Its short code"
                    width="medium"
                />
                <Submit tone="danger">"Revoke the certificate"</Submit>
            </Form>
        }
        .into_any(),
    };
    let drop = file.may_confirm.then(|| {
        let id = file.seen.record.id.to_string();
        view! {
            <Drawer summary="Leave the certificate in force" action=DropRevocation::PATH>
                <Form action=DropRevocation::PATH>
                    <Hidden name="certificate" value=id />
                    <TextArea name="reason" label="Why is it not revoked after all?" rows=2 />
                    <Submit tone="secondary">"Leave it in force"</Submit>
                </Form>
            </Drawer>
        }
    });
    view! {
        {asked_for(asked)}
        {decide}
        {drop}
    }
    .into_any()
}

fn over(file: &RevocationFile, asked: Option<&RevocationSeen>) -> AnyView {
    let request = file.seen.record.request.to_string();
    let Some(asked) = asked else {
        return view! {
            <Notice tone=Tone::Neutral title="This certificate cannot be revoked">
                <p>"Only one that is in force or suspended can. This one is not, or not yet."</p>
            </Notice>
        }
        .into_any();
    };
    let next = match (&file.replaced_by, file.to_correct && file.may_ask) {
        (Some(by), _) => {
            let (href, words) = (one(routes::CERTIFICATES, by.id), format!("See {}", by.code));
            view! {
                <Notice tone=Tone::Success title="A corrected certificate stands in its place">
                    <p>
                        <a href=href>{words}</a>
                    </p>
                </Notice>
            }
            .into_any()
        }
        (None, true) => view! {
            <section class="panel">
                <h2>"Correct it"</h2>
                <p>
                    "The request is planned afresh on the present inventory. A second person approves the plan, what is left \
                     is erased, every system is looked at again, and an officer certifies. The certificate that comes out \
                     says verified, corrected, and names this one."
                </p>
                <Form action=BeginCorrection::PATH>
                    <Hidden name="request" value=request />
                    <Submit>"Begin the correction"</Submit>
                </Form>
            </section>
        }
        .into_any(),
        (None, false) => view! {
            <Notice tone=Tone::Info title="Nothing stands in its place yet">
                <p>
                    <a href=one(routes::REQUESTS, &request)>"See how far the request is"</a>
                </p>
            </Notice>
        }
        .into_any(),
    };
    view! {
        {asked_for(asked)}
        {next}
    }
    .into_any()
}
