//! Moments and days: told in the issuer's zone, in UTC on the tooltip, and exactly for machines.

use domain::time::{Date, Timestamp};
use leptos::prelude::*;

use crate::api::ssr;
use crate::text;

/// A moment.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    let zone = ssr::engine().policy().zone.clone();
    view! {
        <time datetime=at.to_string() title=text::moment_utc(at)>
            {text::moment(at, &zone)}
        </time>
    }
}

/// A date.
#[component]
pub fn Day(
    /// Which.
    on: Date,
) -> impl IntoView {
    view! { <time datetime=on.to_string()>{text::day(on)}</time> }
}

/// A date by which something is due: with how far away it is; late ones stand out.
#[component]
pub fn DueDay(
    /// Which.
    on: Date,
    /// It was done, so that it can no longer be late.
    #[prop(optional)]
    done: bool,
) -> impl IntoView {
    let engine = ssr::engine();
    let today = engine
        .now()
        .date_in(&engine.policy().zone)
        .unwrap_or_else(|_| engine.now().date());
    let away = (!done).then(|| text::days_away(on, today));
    let urgency = match today.until(on).map_or(0, |span| span.get_days()) {
        _ if done => "none",
        ..0 => "late",
        0..=5 => "near",
        _ => "none",
    };
    view! {
        <span class="due" data-urgency=urgency>
            <time datetime=on.to_string()>{text::day(on)}</time>
            {away.map(|away| view! { " " <span class="due-away">{away}</span> })}
        </span>
    }
}
