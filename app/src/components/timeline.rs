//! What happened and what comes next, from top to bottom.

use leptos::prelude::*;

use super::icon::Icon;
use super::tag::Tone;

/// Past, present or to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It happened.
    Past,
    /// It is under way, or waits for somebody.
    Now,
    /// It will follow.
    Next,
}

/// The line. Children are [`TimelineItem`]s.
#[component]
pub fn Timeline(
    /// What it is the line of, for screen readers.
    #[prop(into)]
    label: String,
    /// The items.
    children: Children,
) -> impl IntoView {
    view! { <ol class="timeline" aria-label=label>{children()}</ol> }
}

/// One event.
#[component]
pub fn TimelineItem(
    /// When.
    when: When,
    /// What, in a few words.
    #[prop(into)]
    title: String,
    /// How it feels.
    #[prop(default = Tone::Neutral)]
    tone: Tone,
    /// Time, who, details.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (word, icon) = match when {
        When::Past => ("past", "check"),
        When::Now => ("now", "arrow"),
        When::Next => ("next", "dot"),
    };
    let icon = match tone {
        Tone::Danger => "alert",
        Tone::Warning => "lock",
        _ => icon,
    };
    let current = (when == When::Now).then_some("step");
    view! {
        <li class="timeline-item" data-when=word data-tone=tone.word() aria-current=current>
            <span class="timeline-mark">
                <Icon name=icon />
            </span>
            <div class="timeline-body">
                <p class="timeline-title">{title}</p>
                {children.map(|children| view! { <div class="timeline-more">{children()}</div> })}
            </div>
        </li>
    }
}
