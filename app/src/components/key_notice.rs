//! The banner of those who keep the keys: which end soon or have ended, on every page until others follow.

use domain::key::{Ending, KeyKind};
use leptos::prelude::*;

use super::{Day, Notice, Tone};
use crate::api::ssr;
use crate::routes;

/// From so many days on it is urgent.
const URGENT: u64 = 7;

/// The banner; nothing where no key ends.
#[component]
pub fn KeyNotice() -> impl IntoView {
    let visitor = ssr::visit().visitor;
    // A folder of keys that cannot be read is told on the page of keys; other pages are drawn all the same.
    let ending = visitor.map(|visitor| ssr::engine().ending_keys(&visitor.actor).unwrap_or_default());
    ending
        .filter(|ending| !ending.is_empty())
        .map(|ending| notice(&ending))
}

fn notice(ending: &[Ending]) -> impl IntoView + use<> {
    let least = ending.iter().map(|one| one.threshold).min().unwrap_or_default();
    let (tone, title) = match least {
        0 => (Tone::Danger, "A signing key has ended: what needs it waits"),
        days if days <= URGENT => (Tone::Danger, "A signing key ends within days"),
        _ => (Tone::Warning, "A signing key ends soon"),
    };
    let lines: Vec<_> = ending.iter().map(line).collect();
    view! {
        <aside class="key-notice" aria-label="Keys">
            <Notice tone title>
                <ul>{lines}</ul>
                <p>
                    <a href=routes::KEYS>"Look at the keys"</a>
                    ": an administrator puts another in its place."
                </p>
            </Notice>
        </aside>
    }
}

fn line(ending: &Ending) -> impl IntoView + use<> {
    let on = ending.key.not_after.date();
    let what = match ending.key.kind {
        KeyKind::Document => "The document key",
        KeyKind::Log => "The log key",
        KeyKind::Seal => "The seal of PDFs",
        KeyKind::Root => "The root of the seals",
    };
    let verb = if ending.threshold == 0 {
        " ended on "
    } else {
        " ends on "
    };
    view! {
        <li>
            {what}
            {verb}
            <Day on />
        </li>
    }
}
