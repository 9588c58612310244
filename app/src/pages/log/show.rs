//! One entry of the log, with everything that proves it.

use engine::reading::log::EntrySeen;
use leptos::prelude::*;

use super::objects::Object;
use crate::api::ssr;
use crate::components::{Command, Empty, Fact, Facts, Moment, PageHead, load};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("entry").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.log_entry(&actor, ssr::id(&id)?).await?)
    };
    load(loading, |seen| {
        let title = text::happened(&seen.entry.kind);
        view! {
            <PageHead title back=(routes::LOG, "Log") />
            <div class="stack">
                {facts(&seen)} {said(seen.details, seen.salt)} {proof(seen.text, seen.proof)}
            </div>
        }
    })
}

fn facts(seen: &EntrySeen) -> impl IntoView + use<> {
    let (entry, by, at) = (seen.entry.clone(), text::named(&seen.entry.by), seen.entry.at);
    let place = match entry.index {
        Some(index) => text::count(index),
        None => "It waits for its place; that takes about a second.".into(),
    };
    let same = format!("{}?object={}", routes::LOG, entry.object);
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">"In short"</h2>
            <Facts>
                <Fact term="About">
                    <Object name=entry.object />
                    <br />
                    <a class="small" href=same>
                        "See everything about it"
                    </a>
                </Fact>
                <Fact term="By">{by}</Fact>
                <Fact term="When">
                    <Moment at />
                </Fact>
                <Fact term="Kind">
                    <code>{entry.kind}</code>
                </Fact>
                <Fact term="Place in the log">{place}</Fact>
            </Facts>
        </section>
    }
}

/// What was said with it, where it was not destroyed and the reader may see it.
fn said(details: Option<String>, salt: Option<String>) -> impl IntoView {
    let details = details.filter(|details| details != "{}")?;
    let salt = salt.map(|salt| {
        view! {
            <p class="muted small">
                "The entry holds the SHA-256 of this salt, as bytes, and the text: "
                <code>{salt}</code>
            </p>
        }
    });
    Some(view! {
        <section aria-labelledby="said">
            <h2 id="said">"What was said with it"</h2>
            <Command label="Details of the entry" text=details />
            {salt}
        </section>
    })
}

fn proof(entry: String, proof: Option<String>) -> impl IntoView {
    let proof = match proof {
        Some(proof) => view! {
            <p>
                "The proof leads from the hash of the exact text to the root of the log, in a checkpoint that the log has \
                 signed. Save it as log-entry.tlog-proof beside log-entry.json; any tool for C2SP tlog-proof checks it."
            </p>
            <Command label="Inclusion proof" text=proof />
        }
        .into_any(),
        None => view! {
            <Empty title="No checkpoint covers it yet">
                <p>"Checkpoints are signed about once a second while something happens. Open this page again in a moment."</p>
            </Empty>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="exact">
            <h2 id="exact">"The exact text"</h2>
            <p>"This is what is hashed, byte for byte. It names people and things by random ids only."</p>
            <Command label="Exact text of the entry" text=entry />
        </section>
        <section aria-labelledby="proof">
            <h2 id="proof">"Proof that the log holds it"</h2>
            {proof}
            <p>
                <a href="/log/checkpoint">"See the newest checkpoint"</a>
            </p>
        </section>
    }
}
