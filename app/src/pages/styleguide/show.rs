//! The style guide: one look at everything that pages are built from.

use leptos::prelude::*;

use super::forms::Fields;
use super::lists::Lists;
use crate::api::ssr;
use crate::components::failure::Failure;
use crate::components::{
    Bars, Calendar, Command, Consequence, Consequences, Donut, Due, Empty, Figure, Figures, Icon, Notice,
    PageHead, Progress, Submit, Tag, Timeline, TimelineItem, Tone, When,
};
use crate::error::AppError;

/// Words of states, of every tone.
const STATES: [&str; 18] = [
    "received",
    "planned",
    "scheduled",
    "erasing",
    "verifying",
    "verified",
    "certified",
    "closed",
    "on_hold",
    "paused",
    "needs_attention",
    "residue",
    "refused",
    "in_force",
    "issued",
    "suspended",
    "revoked",
    "drill",
];
const ICONS: [&str; 19] = [
    "check", "cross", "alert", "pause", "lock", "clock", "eye", "eraser", "seal", "dot", "arrow", "back",
    "search", "download", "person", "plus", "minus", "question", "link",
];
const TONES: [Tone; 5] = [
    Tone::Neutral,
    Tone::Info,
    Tone::Success,
    Tone::Warning,
    Tone::Danger,
];

/// The page; `?error=fault` shows what stands in place of a page that cannot be shown.
#[component]
pub fn Show() -> impl IntoView {
    match ssr::visit().query("error") {
        Some("fault") => view! { <Failure error=AppError::fault() /> }.into_any(),
        Some("unavailable") => view! { <Failure error=AppError::unavailable() /> }.into_any(),
        _ => view! { <Everything /> }.into_any(),
    }
}

#[component]
fn Everything() -> impl IntoView {
    let tags: Vec<_> = STATES
        .iter()
        .map(|state| view! { <Tag state=*state /> " " })
        .collect();
    let icons: Vec<_> = ICONS
        .iter()
        .map(|name| view! { <span><Icon name /> " " {*name} " "</span> })
        .collect();
    let notices: Vec<_> = TONES
        .iter()
        .map(|tone| {
            view! {
                <Notice tone=*tone title=format!("A notice that feels {}", tone.word())>
                    <p>"It says what is the matter and what to do."</p>
                </Notice>
            }
        })
        .collect();
    view! {
        <PageHead title="Style guide" lead="Every component in its states. Only whoever builds Lethe sees this page.">
            <a class="button" data-tone="secondary" href="#lists">
                "A link that looks like a button"
            </a>
        </PageHead>
        <div class="stack">
            <section>
                <h2>"States and icons"</h2>
                <p>{tags}</p>
                <p>{icons}</p>
            </section>
            <section>
                <h2>"Buttons"</h2>
                <div class="row">
                    <Submit>"Primary"</Submit>
                    <Submit tone="secondary">"Secondary"</Submit>
                    <Submit tone="danger" icon="alert">
                        "Danger"
                    </Submit>
                </div>
            </section>
            <section class="stack">
                <h2>"Notices"</h2>
                {notices}
                <Empty title="Nothing here yet">
                    <p>"What will appear here, and how."</p>
                </Empty>
            </section>
            <Pictures />
            <section>
                <h2>"A line of what happened"</h2>
                <Timeline label="What happened">
                    <TimelineItem when=When::Past title="It happened">
                        <p>"Yesterday, by somebody"</p>
                    </TimelineItem>
                    <TimelineItem when=When::Past title="It was stopped" tone=Tone::Warning />
                    <TimelineItem when=When::Now title="It waits for you" />
                    <TimelineItem when=When::Next title="It will follow" />
                </Timeline>
            </section>
            <Lists />
            <Fields />
        </div>
    }
}

#[component]
fn Pictures() -> impl IntoView {
    let shares = vec![
        ("Erased".to_owned(), 12, Tone::Success),
        ("Under way".to_owned(), 5, Tone::Info),
        ("Kept".to_owned(), 3, Tone::Warning),
        ("Failed".to_owned(), 1, Tone::Danger),
    ];
    let days = [
        "2026-03-02",
        "2026-03-04",
        "2026-03-04",
        "2026-03-04",
        "2026-03-04",
        "2026-03-19",
    ];
    let due: Vec<Due> = days
        .iter()
        .filter_map(|day| {
            Some(Due {
                on: day.parse().ok()?,
                words: "a-tenant-with-a-long-key".into(),
                href: "#".into(),
            })
        })
        .collect();
    let calendar = domain::time::date(2026, 3, 4)
        .ok()
        .map(|today| view! { <Calendar today due list="#" /> });
    let consequences = vec![
        Consequence::new("12 345", "records are erased"),
        Consequence::new("7", "systems are touched"),
        Consequence::new("None", "can be undone"),
    ];
    view! {
        <section class="stack">
            <h2>"Pictures and numbers"</h2>
            <Donut label="Systems" shares=shares.clone() unit="systems" />
            <Bars label="Systems" shares />
            <Progress done=7 of=12 label="systems looked at" />
            <Figures>
                <Figure figure="12" words="With a link" href="#" />
                <Figure figure="None" words="Without" />
            </Figures>
            {calendar}
            <Consequences title="What this will do" list=consequences />
            <Command label="A command" text="openssl pkeyutl -verify -rawin -pubin -inkey public.pem" />
        </section>
    }
}
