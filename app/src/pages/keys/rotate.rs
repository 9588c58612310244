//! Putting another key in place: now, or on a later day with the next key published ahead.

use domain::key::{KeyKind, KeyState};
use engine::reading::keys::{KeySeen, KeysSeen};
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::keys::{PrepareKey, RotateKey};
use crate::api::ssr;
use crate::components::{
    Consequence, Consequences, Form, Hidden, Moment, Notice, PageHead, Submit, TextArea, TextField, Tone,
    load,
};
use crate::error::AppError;
use crate::routes;

/// How many days ahead a next key is offered: who checks certificates offline fetches keys at least this often.
const OVERLAP_DAYS: i32 = 14;

/// The page.
#[component]
pub fn Rotate() -> impl IntoView {
    let kind = KeyKind::parse(ssr::visit().param("kind"));
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let kind = kind.ok_or_else(AppError::not_found)?;
        let keys = engine.signing_keys(&actor).await?;
        Ok::<_, AppError>((kind, keys))
    };
    load(loading, |(kind, keys)| {
        let shown = match keys {
            None => words::elsewhere().into_any(),
            Some(keys) => forms(&keys, kind).into_any(),
        };
        view! {
            <PageHead title=words::replace(kind) back=(routes::KEYS, "Keys") lead=words::purpose(kind) />
            <div class="stack">{shown}</div>
        }
    })
}

fn forms(keys: &KeysSeen, kind: KeyKind) -> impl IntoView + use<> {
    let of = |state| keys.of(kind).find(|seen| seen.state == state).cloned();
    let (present, next) = (of(KeyState::Signs), of(KeyState::Next));
    let ahead = (kind.overlaps() && present.is_some()).then(|| ahead(kind, next.as_ref()).into_any());
    let what = match (kind, &next) {
        (KeyKind::Root, _) => "Make a fresh root",
        (_, Some(_)) => "Let the next key sign now",
        (_, None) => "Replace it now",
    };
    view! {
        {present.as_ref().map(now_signs)}
        {ahead}
        <section class="panel" aria-labelledby="now">
            <h2 id="now">{what}</h2>
            <Consequences title="What it does" list=consequences(kind, next.is_some()) />
            <Form action=RotateKey::PATH>
                <Hidden name="kind" value=kind.word() />
                <Hidden name="expected" value=kind.word() />
                <TextArea name="reason" label="Why?" hint="It stands in the log. Name nobody." rows=2 />
                <TextField
                    name="typed"
                    label=format!("Type \u{201c}{kind}\u{201d} to confirm that you mean this key")
                    width="medium"
                />
                <Submit tone="danger">{what}</Submit>
            </Form>
        </section>
    }
}

fn now_signs(seen: &KeySeen) -> impl IntoView + use<> {
    let (id, at) = (seen.key.id.clone(), seen.key.not_after);
    view! {
        <p>
            <code>{id}</code> " signs now, until " <Moment at /> "."
        </p>
    }
}

fn ahead(kind: KeyKind, next: Option<&KeySeen>) -> impl IntoView + use<> {
    if let Some(next) = next {
        let (id, at) = (next.key.id.clone(), next.key.signs_from);
        return view! {
            <Notice tone=Tone::Info title="A next key is published">
                <p>
                    <code>{id}</code> " takes over by itself on " <Moment at /> "."
                </p>
            </Notice>
        }
        .into_any();
    }
    let today = ssr::engine().now().date();
    let day = domain::time::days_later(today, OVERLAP_DAYS).unwrap_or(today);
    view! {
        <section class="panel" aria-labelledby="ahead">
            <h2 id="ahead">"Publish the next key ahead"</h2>
            <p>
                "The next key is published today and takes over on the day you choose. Whoever checks certificates without a \
                 network then has it before the first signature; two weeks are usual."
            </p>
            <Form action=PrepareKey::PATH>
                <Hidden name="kind" value=kind.word() />
                <TextField
                    name="signs_from"
                    label="It takes over on"
                    hint="Before the last day of the present key"
                    kind="date"
                    value=day.to_string()
                    width="short"
                />
                <TextArea name="prepare_reason" label="Why?" hint="It stands in the log. Name nobody." rows=2 />
                <Submit>"Publish the next key"</Submit>
            </Form>
        </section>
    }
    .into_any()
}

fn consequences(kind: KeyKind, next: bool) -> Vec<Consequence> {
    let fresh = match next {
        true => "published key signs from now on",
        false => "fresh key signs from now on, and is published at once",
    };
    match kind {
        KeyKind::Root => vec![
            Consequence::new(
                "1",
                "fresh root is published beside the ones before it, which stay",
            ),
            Consequence::new("0", "seals change: the next seal that is made stands under it"),
        ],
        KeyKind::Seal => vec![
            Consequence::new("1", "fresh seal is set from now on, under the newest root"),
            Consequence::new("0", "certificates change: what was sealed stays sealed"),
        ],
        KeyKind::Document => vec![
            Consequence::new("1", fresh),
            Consequence::new(
                "0",
                "certificates change: the present key stays published, its private half is destroyed",
            ),
        ],
        KeyKind::Log => vec![
            Consequence::new("1", fresh),
            Consequence::new(
                "All",
                "who follow the log must learn the new key: witnesses and auditors",
            ),
        ],
    }
}
