//! The second step: how the system is reached.

use leptos::prelude::*;

use super::{Steps, begun};
use crate::api::ServerFn as _;
use crate::api::inventory::kinds::{Credential, Kind, Setting, Shape};
use crate::api::inventory::{ConnectReach, Connecting};
use crate::components::{Checkbox, FieldSet, Form, Hidden, PageHead, Select, Submit, TextField, load};
use crate::error::AppError;
use crate::routes;

/// Settings, credentials, pace.
#[component]
pub fn Reach() -> impl IntoView {
    let loading = async {
        let (typed, draft) = begun().await?;
        let kind = typed.kind()?;
        Ok::<_, AppError>((typed, draft, kind))
    };
    load(loading, |(typed, draft, kind)| {
        view! {
            <PageHead title="How it is reached" back=(routes::INVENTORY, "Inventory") lead=typed.title.clone() />
            <div class="stack">
                <Steps now=1 draft=draft.clone() />
                <Form action=ConnectReach::PATH>
                    <Hidden name="draft" value=draft />
                    {settings(kind, &typed)}
                    {credentials(kind, &typed)}
                    <Pace typed />
                    <div class="row">
                        <Submit>"Go on"</Submit>
                        <a href=routes::INVENTORY>"Cancel"</a>
                    </div>
                </Form>
            </div>
        }
    })
}

/// The settings of the kind. Made inside the form: a field outside it does not know what was refused.
fn settings(kind: &'static Kind, typed: &Connecting) -> Option<impl IntoView + use<>> {
    let typed = typed.clone();
    (!kind.settings.is_empty()).then(|| {
        view! {
            <FieldSet legend=kind
                .title>{kind.settings.iter().map(|setting| control(setting, &typed)).collect::<Vec<_>>()}</FieldSet>
        }
    })
}

fn control(setting: &'static Setting, typed: &Connecting) -> AnyView {
    let value = setting.typed(&typed.config);
    let options = match setting.shape {
        Shape::One(known) => known
            .iter()
            .map(|(word, words)| ((*word).to_owned(), (*words).to_owned()))
            .collect(),
        Shape::Truth => [("", "As usual"), ("true", "Yes"), ("false", "No")]
            .map(|(word, words)| (word.to_owned(), words.to_owned()))
            .into(),
        Shape::Text | Shape::List | Shape::Number => Vec::new(),
    };
    if !options.is_empty() {
        return view! {
            <Select
                name=setting.field()
                label=setting.label
                hint=setting.hint
                options
                value
                optional=!setting.needed
            />
        }
        .into_any();
    }
    let width = if setting.shape == Shape::Number {
        "short"
    } else {
        ""
    };
    view! {
        <TextField
            name=setting.field()
            label=setting.label
            hint=setting.hint
            value
            width
            optional=!setting.needed
        />
    }
    .into_any()
}

fn credentials(kind: &'static Kind, typed: &Connecting) -> AnyView {
    let (form, erases) = match kind.credential {
        Credential::None => return ().into_any(),
        Credential::Two(form) => (form, true),
        Credential::ProbeOnly(form) => (form, false),
    };
    let hint = |given: bool| match (given, typed.on_file) {
        (true, _) => format!("{form}. It is given already; leave it empty to keep it."),
        (false, true) => format!("{form}. Leave it empty to keep the one on file."),
        (false, false) => format!("{form}."),
    };
    let (erase_hint, probe_hint) = (
        hint(typed.erase_credential.is_some()),
        hint(typed.probe_credential.is_some()),
    );
    let (on_file, shared) = (typed.on_file, typed.shared);
    let erase = erases.then(|| {
        view! {
            <TextField
                name="erase_credential"
                label="Credential that can delete"
                hint=erase_hint
                kind="password"
                optional=on_file
            />
        }
    });
    let shared = erases.then(|| {
        view! {
            <Checkbox
                name="shared"
                label="Both are the same secret, on purpose"
                hint="Every certificate will say so: a probe that could delete proves less"
                checked=shared
            />
        }
    });
    view! {
        <FieldSet legend="Credentials">
            <p>
                "Two, so that whoever looks cannot delete. They are sealed under two different keys at once, and shown \
                 to nobody afterwards, you included."
            </p>
            {erase}
            <TextField
                name="probe_credential"
                label="Credential that can only look"
                hint=probe_hint
                kind="password"
                optional=on_file
            />
            {shared}
        </FieldSet>
    }
    .into_any()
}

/// How long it settles and how hard it may be worked.
#[component]
fn Pace(typed: Connecting) -> impl IntoView {
    let limits = typed.limits;
    let settle = typed
        .settle_seconds
        .map(|seconds| seconds.to_string())
        .unwrap_or_default();
    view! {
        <FieldSet legend="Pace">
            <TextField
                name="settle_seconds"
                label="Seconds until a look is worth something"
                hint="After erasure, until caches and replicas have caught up; 300 when empty"
                value=settle
                width="short"
                optional=true
            />
            <TextField
                name="concurrency"
                label="Chunks at the same time"
                value=limits.concurrency.to_string()
                width="short"
                optional=true
            />
            <TextField
                name="chunk"
                label="Records in a chunk"
                hint="Large chunks are faster; small ones give way sooner to a hold"
                value=limits.chunk.to_string()
                width="short"
                optional=true
            />
            <TextField
                name="per_second"
                label="Records a second at most"
                hint="0: as fast as it goes"
                value=limits.per_second.to_string()
                width="short"
                optional=true
            />
        </FieldSet>
    }
}
