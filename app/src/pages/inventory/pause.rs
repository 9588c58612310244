//! The switches: everything, or one system, stands still until somebody lets it go on.

use domain::actor::Permission;
use domain::switches::Pause;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::inventory::{PauseAll, PauseSystem, UnpauseAll, UnpauseSystem};
use crate::components::{Drawer, Form, Hidden, Moment, Notice, Submit, TextArea, Tone};
use crate::pages::holds::words::may;

/// The switch of everything.
#[component]
pub fn PauseEverything(paused: Option<Pause>) -> impl IntoView {
    let may = may(Permission::Pause);
    let resume = may.then(|| {
        view! {
            <Form action=UnpauseAll::PATH class="inline">
                <Submit tone="danger">"Let everything go on"</Submit>
            </Form>
        }
    });
    match paused {
        Some(pause) => view! {
            <Notice tone=Tone::Warning title="Everything is paused">
                <Why pause />
                {resume}
            </Notice>
        }
        .into_any(),
        None if may => view! {
            <Drawer summary="Pause everything" action=PauseAll::PATH>
                <p>
                    "Chunks that are being erased right now end; none follows, in no system, until somebody lets it go \
                     on. Plans, checks and certificates are not touched."
                </p>
                <Form action=PauseAll::PATH>
                    <TextArea
                        name="reason"
                        label="Why?"
                        hint="Whoever lets it go on will read it"
                        rows=2
                    />
                    <Submit tone="danger" icon="pause">
                        "Pause everything"
                    </Submit>
                </Form>
            </Drawer>
        }
        .into_any(),
        None => ().into_any(),
    }
}

/// The switch of one system.
#[component]
pub fn PauseOne(system: String, paused: Option<Pause>, all: Option<Pause>) -> impl IntoView {
    let may = may(Permission::Pause);
    let everything = all.map(|pause| {
        view! {
            <Notice tone=Tone::Warning title="Everything is paused, this system too">
                <Why pause />
            </Notice>
        }
    });
    let own = match paused {
        Some(pause) => {
            let resume = may.then(|| {
                view! {
                    <Form action=UnpauseSystem::PATH class="inline">
                        <Hidden name="system" value=system />
                        <Submit>"Let it go on"</Submit>
                    </Form>
                }
            });
            view! {
                <Notice tone=Tone::Warning title="This system is paused">
                    <Why pause />
                    {resume}
                </Notice>
            }
            .into_any()
        }
        None if may => view! {
            <Drawer summary="Pause this system" action=PauseSystem::PATH>
                <p>"Chunks that are being erased in it right now end; none follows. Other systems go on."</p>
                <Form action=PauseSystem::PATH>
                    <Hidden name="system" value=system />
                    <TextArea
                        name="reason"
                        label="Why?"
                        hint="Whoever lets it go on will read it"
                        rows=2
                    />
                    <Submit tone="secondary" icon="pause">
                        "Pause this system"
                    </Submit>
                </Form>
            </Drawer>
        }
        .into_any(),
        None => ().into_any(),
    };
    view! {
        {everything}
        {own}
    }
}

#[component]
fn Why(pause: Pause) -> impl IntoView {
    view! {
        <p>"Since " <Moment at=pause.since /> ": " {pause.reason}</p>
    }
}
