//! Who acts next: one clear act, or a sentence that says whom it waits for.

use domain::actor::Permission as P;
use domain::request::{Aside, Ending, RefusalReason, Stage};
use engine::reading::file::RequestFile;
use engine::reading::waiting::{Awaited, Waiting};
use leptos::prelude::*;

use super::super::{attest, words};
use crate::api::ssr;
use crate::components::{Moment, Notice, Tone};
use crate::routes;
use crate::text;

/// The notice at the top.
#[component]
pub fn NextStep(file: RequestFile, tenant: bool) -> impl IntoView {
    let waiting = file.waits_for.clone();
    let page = routes::one(routes::REQUESTS, file.request.id);
    let act = waiting.yours.then(|| act_on(&waiting, &file, &page)).flatten();
    let ending = file
        .request
        .ending
        .as_ref()
        .map(|ending| view! { <p>{ended(ending)}</p> });
    view! {
        <Notice tone=tone(&file) title=title(&waiting, file.request.stage)>
            {ending.is_none().then(|| view! { <p>{words::waits_for(&waiting)}</p> })}
            {ending}
            {waiting.told.clone().map(|told| view! { <p class="muted">{told}</p> })}
            <Attestations file=file.clone() page=page.clone() />
            {waiting.until.filter(|until| *until > ssr::engine().now()).map(|until| view! { <p class="muted">"Until " <Moment at=until /> "."</p> })}
            {waiting
                .not_yours_because
                .map(|because| {
                    view! { <p class="muted">{format!("It cannot be you: you {because}. Somebody else has to do it.")}</p> }
                })}
            {act.map(|(href, verb)| {
                view! {
                    <p>
                        <a class="button" data-tone="primary" href=href>
                            {verb}
                        </a>
                    </p>
                }
            })}
            <OtherActs file=file.clone() tenant page=page.clone() />
        </Notice>
    }
    .into_any()
}

fn title(waiting: &Waiting, stage: Stage) -> &'static str {
    match (waiting.yours, waiting.what) {
        (_, Awaited::Nothing) => match stage {
            Stage::Closed => "Closed",
            Stage::Refused => "Refused",
            Stage::Withdrawn => "Withdrawn",
            _ => "Ended",
        },
        (true, _) => "Your turn",
        (false, Awaited::Attention | Awaited::Attestation) => "Needs attention",
        (false, Awaited::HoldRelease | Awaited::DutyEnd) => "On hold",
        (false, _) => "What comes next",
    }
}

fn tone(file: &RequestFile) -> Tone {
    match (&file.request.aside, file.request.stage) {
        (Some(Aside::NeedsAttention { .. }), _) | (None, Stage::Residue) => Tone::Danger,
        (Some(_), _) => Tone::Warning,
        (None, Stage::Certified | Stage::Closed) => Tone::Success,
        (None, Stage::Refused | Stage::Withdrawn | Stage::Duplicate) => Tone::Neutral,
        (None, _) => Tone::Info,
    }
}

/// Where the act is done, and its verb.
fn act_on(waiting: &Waiting, file: &RequestFile, page: &str) -> Option<(String, &'static str)> {
    let act = match waiting.what {
        Awaited::IdentityConfirmation => (format!("{page}/identity"), "Confirm the identity"),
        Awaited::NonceCommitment => (format!("{page}/nonce"), "Commit to a nonce"),
        Awaited::NonceOpening => (format!("{page}/nonce"), "Bring the nonce"),
        Awaited::Approval => (format!("{page}/approve"), "Look at the plan"),
        Awaited::SpotCheck => (format!("{page}/spot-check"), "Look at single records"),
        Awaited::Certification => (format!("{page}/certify"), "Look at the findings"),
        Awaited::Addendum => (
            format!(
                "{}/addendum",
                routes::one(routes::CERTIFICATES, file.request.certificate?)
            ),
            "Look at what has run out",
        ),
        Awaited::Correction => (
            format!(
                "{}/revoke",
                routes::one(routes::CERTIFICATES, file.request.certificate?)
            ),
            "Look at the revoked certificate",
        ),
        Awaited::Key => (routes::KEYS.to_owned(), "Look at the keys"),
        Awaited::Attestation => (format!("{page}/attest"), "Record the attestation"),
        Awaited::Attention | Awaited::Unpause => (format!("{page}/act"), "See what to do"),
        Awaited::HoldRelease => {
            let held = file.keepers.iter().find_map(|keeper| match keeper.id {
                domain::retention::KeeperId::Hold(id) => Some(id),
                domain::retention::KeeperId::Duty(_) => None,
            });
            (routes::one(routes::HOLDS, held?), "Look at the hold")
        }
        _ => return None,
    };
    Some(act)
}

/// What else may be done, in one place.
#[component]
fn OtherActs(file: RequestFile, tenant: bool, page: String) -> impl IntoView {
    let may = ssr::visit().visitor.is_some_and(|visitor| {
        let own: &[P] = &[P::ObjectToRun, P::OpenOwnRequest];
        let staff: &[P] = &[
            P::RefuseRequest,
            P::ExtendDeadline,
            P::Pause,
            P::RetryStep,
            P::AcceptException,
        ];
        visitor
            .actor
            .require_any(if tenant { own } else { staff })
            .is_ok()
    });
    (may && !file.request.stage.is_end()).then(|| {
        view! {
            <p class="small">
                <a href=format!("{page}/act")>{if tenant { "Object or withdraw" } else { "Other acts" }}</a>
            </p>
        }
    })
}

/// What parties have yet to attest: without it, nothing is verified.
#[component]
fn Attestations(file: RequestFile, page: String) -> impl IntoView {
    let stages = Stage::Erasing..=Stage::Residue;
    let awaited = attest::awaited(&file);
    (stages.contains(&file.request.stage) && !awaited.is_empty()).then(|| {
        let names: Vec<&str> = awaited.iter().map(|(_, words)| words.as_str()).collect();
        let may = ssr::visit()
            .visitor
            .is_some_and(|visitor| visitor.actor.require(P::Attest).is_ok());
        view! {
            <p>{format!("It waits for legal counsel to record what a party attests of {}.", text::listed(&names, "and"))}</p>
            {may
                .then(|| {
                    view! {
                        <p>
                            <a class="button" data-tone="primary" href=format!("{page}/attest")>
                                "Record an attestation"
                            </a>
                        </p>
                    }
                })}
        }
    })
}

fn ended(ending: &Ending) -> String {
    match ending {
        Ending::Refused { reason, .. } => format!("It was refused: {}.", refusal(reason)),
        Ending::Withdrawn { .. } => "It was taken back before anything was erased.".into(),
        Ending::DuplicateOf(other) => format!("It asks for the same as request {other}."),
    }
}

/// A reason of the law, in words.
pub fn refusal(reason: &RefusalReason) -> String {
    match reason {
        RefusalReason::IdentityNotEstablished => "the identity could not be established (Art. 12(6))".into(),
        RefusalReason::NotCovered => "none of the grounds of Art. 17(1) applies".into(),
        RefusalReason::ManifestlyUnfoundedOrExcessive => {
            "it is manifestly unfounded or excessive (Art. 12(5))".into()
        }
        RefusalReason::LegalObligation => {
            "a legal obligation requires keeping the data (Art. 17(3)(b))".into()
        }
        RefusalReason::LegalClaims => "the data is needed for legal claims (Art. 17(3)(e))".into(),
        RefusalReason::Other(words) => words.clone(),
    }
}
