//! The place for a file. A WebAssembly module of its own checks it in the browser; without scripts, the form sends it to the
//! server, which answers with this page in the same words.

use domain::certificate::{Mood, Outcome, Told};
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::components::{Fact, Facts, FileField, Form, Notice, Submit, Tone};
use crate::routes;
use crate::visit::Checked;

/// The form, and the answer below it.
#[component]
pub fn CheckFile() -> impl IntoView {
    let checked = use_context::<Checked>().map(|checked| match checked {
        Checked::Told(told) => view! { <Answer told /> }.into_any(),
        Checked::Refused(why) => view! { <Refused why /> }.into_any(),
    });
    view! {
        <section class="panel drop" aria-labelledby="by-file" data-check="waits">
            <h2 id="by-file">"A file"</h2>
            <Form action=routes::VERIFY files=true>
                <FileField
                    name="file"
                    label="The certificate, or drop it here"
                    hint="The PDF, statement.json or statement.jws. If you have the signature beside the PDF (.sig or .sshsig), choose both."
                    accept=".pdf,.json,.jws,.sig,.sshsig"
                    several=true
                />
                <p class="field-hint" data-check-where>
                    "It is sent to this server, at most 8 MB, checked, and not kept."
                </p>
                <Submit>"Check the file"</Submit>
            </Form>
        </section>
        <div id="answer" class="answer-place" role="status" aria-live="polite">
            {checked}
        </div>
        <Parts />
        <Module />
    }
}

/// An answer in words, with what the statement says.
#[component]
fn Answer(
    /// The words.
    told: Told,
) -> impl IntoView {
    let sentences: Vec<_> = told
        .sentences
        .into_iter()
        .map(|sentence| view! { <p>{sentence}</p> })
        .collect();
    let facts: Vec<_> = told
        .facts
        .into_iter()
        .map(|(label, value)| view! { <Fact term=label>{value}</Fact> })
        .collect();
    let facts = (!facts.is_empty()).then(|| view! { <Stated>{facts}</Stated> });
    view! {
        <div class="answer stack" data-answer=told.outcome.word()>
            <Notice tone=tone(told.outcome) title=told.headline>
                {sentences}
            </Notice>
            {facts}
        </div>
    }
}

/// Why a file was not checked.
#[component]
fn Refused(
    /// A sentence.
    why: String,
) -> impl IntoView {
    view! {
        <div class="answer stack" data-answer="refused">
            <Notice tone=Tone::Warning title="This was not checked">
                <p>{why}</p>
            </Notice>
        </div>
    }
}

/// What the statement says; never what the pages show.
#[component]
fn Stated(
    /// Its facts.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="stated">
            <h2 id="stated">"What the statement says"</h2>
            <Facts>{children()}</Facts>
            <p class="muted small">"Compare these with what you were told. They come from the signed statement, not from the pages."</p>
        </section>
    }
}

/// What the module in the browser clones for its answers, so that they look like those of the server.
#[component]
fn Parts() -> impl IntoView {
    let moods = [
        ("good", Tone::Success),
        ("careful", Tone::Warning),
        ("bad", Tone::Danger),
    ];
    let notices = moods.map(|(name, tone)| {
        view! {
            <template data-part=name>
                <Notice tone title="">
                    ""
                </Notice>
            </template>
        }
    });
    view! {
        {notices.collect_view()}
        <template data-part="facts">
            <Stated>""</Stated>
        </template>
    }
}

/// Loads the module that checks files in the browser; only this page does.
#[component]
fn Module() -> impl IntoView {
    let name = use_context::<LeptosOptions>().map(|options| options.output_name);
    // The name carries the digest of what it names, as that of the islands does.
    let mark = name.as_deref().and_then(|name| name.strip_prefix(crate::NAME));
    let module = format!("/{}/{}{}", crate::PKG, crate::CHECK, mark.unwrap_or_default());
    let script =
        format!("import wake from \"{module}.js\"; wake({{ module_or_path: \"{module}_bg.wasm\" }});");
    view! { <script type="module" nonce=use_nonce() inner_html=script></script> }
}

fn tone(outcome: Outcome) -> Tone {
    match outcome.mood() {
        Mood::Good => Tone::Success,
        Mood::Careful => Tone::Warning,
        Mood::Bad => Tone::Danger,
    }
}
