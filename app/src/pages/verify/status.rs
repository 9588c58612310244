//! Issuer, state and dates of a certificate; one answer for everything that is not known.

use engine::reading::certificates::PublicStatus;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::api::ssr;
use crate::components::{Fact, Facts, Moment, Notice, Tone};
use crate::error::AppError;
use crate::routes::{self, one};

/// Looks a reference up.
pub async fn asked(reference: String) -> Result<Option<PublicStatus>, AppError> {
    Ok(ssr::engine().public_status(&reference).await?)
}

/// The answer.
#[component]
pub fn Asked(
    /// Absent for what is unknown, was never issued, or can be neither.
    status: Option<PublicStatus>,
) -> impl IntoView {
    let Some(status) = status else {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(http::StatusCode::NOT_FOUND);
        }
        return view! {
            <Notice tone=Tone::Warning title="No certificate is known by this">
                <p>
                    "Nothing was issued here under this code or id. Compare every letter with the first page. If it is \
                     right, do not rely on the document, and ask the issuer named on it."
                </p>
            </Notice>
        }
        .into_any();
    };
    let (tone, title, means) = means(&status);
    let next = status.superseded_by.map(|code| {
        view! {
            <p>
                "The one in its place: "
                <a href=one(routes::VERIFY, &code)>
                    <code>{code.clone()}</code>
                </a>
            </p>
        }
    });
    view! {
        <Notice tone title>
            <p>{means}</p>
            {next}
        </Notice>
        <section class="panel" aria-labelledby="known">
            <h2 id="known">"What is public"</h2>
            <Facts>
                <Fact term="Issuer">{status.issuer}</Fact>
                <Fact term="Code">
                    <code>{status.code}</code>
                </Fact>
                <Fact term="Id">
                    <code>{status.id.to_string()}</code>
                </Fact>
                <Fact term="Issued">
                    <Moment at=status.issued_at />
                </Fact>
                <Fact term="In this state since">
                    <Moment at=status.state_since />
                </Fact>
            </Facts>
            <p class="muted small">
                "Compare these with the document in your hands. Whose data it was, which systems and why is on the \
                 document alone."
            </p>
        </section>
    }
    .into_any()
}

/// How the state feels, what it is called, what it means.
fn means(status: &PublicStatus) -> (Tone, &'static str, &'static str) {
    match status.state {
        "issued" if status.drill => (
            Tone::Info,
            "This is a drill",
            "It is a rehearsal on synthetic data and certifies nothing.",
        ),
        "issued" => (
            Tone::Success,
            "This certificate is in force",
            "It was issued here and is neither replaced nor revoked. Whether the file in your hands is that certificate, only its signature tells: see below.",
        ),
        "superseded" => (
            Tone::Warning,
            "This certificate is no longer in force",
            "Another certificate took its place.",
        ),
        "suspended" => (
            Tone::Warning,
            "This certificate is suspended",
            "A later check found something that is being looked at. Do not rely on it until that is settled.",
        ),
        _ => (
            Tone::Danger,
            "This certificate is revoked",
            "It must no longer be relied on. Nothing makes it valid again.",
        ),
    }
}
