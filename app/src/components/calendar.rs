//! Five weeks of days with what is due on them; on a narrow screen, a list of the days that have something.

use domain::time::{Date, days_later};
use leptos::prelude::*;

use crate::text;

/// Days shown.
const DAYS: i32 = 35;
/// So many are named on a day; the rest is counted.
const NAMED: usize = 3;

/// Something that is due on a day.
#[derive(Debug, Clone)]
pub struct Due {
    /// The day.
    pub on: Date,
    /// What to call it.
    pub words: String,
    /// Where it is.
    pub href: String,
}

/// The weeks from the Monday before today. What is due earlier or later is left to lists.
#[component]
pub fn Calendar(
    /// Today.
    today: Date,
    /// What is due, in any order.
    due: Vec<Due>,
    /// Where everything due before a date is listed: this, and then the date.
    #[prop(into)]
    list: String,
) -> impl IntoView {
    let back = -i32::from(today.weekday().to_monday_zero_offset());
    let days: Vec<_> = (back..back + DAYS)
        .filter_map(|away| days_later(today, away).ok())
        .map(|on| {
            let here: Vec<Due> = due.iter().filter(|one| one.on == on).cloned().collect();
            view! { <CalendarDay on today here list=list.clone() /> }
        })
        .collect();
    view! {
        <ol class="calendar" aria-label="What is due in the next weeks">
            {days}
        </ol>
    }
}

#[component]
fn CalendarDay(on: Date, today: Date, here: Vec<Due>, list: String) -> impl IntoView {
    let when = match on.cmp(&today) {
        std::cmp::Ordering::Less => "past",
        std::cmp::Ordering::Equal => "today",
        std::cmp::Ordering::Greater => "next",
    };
    let more = here.len().saturating_sub(NAMED);
    let after = days_later(on, 1).unwrap_or(on);
    let empty = here.is_empty().then_some("true");
    let filled = !here.is_empty();
    let names: Vec<_> = here
        .into_iter()
        .take(NAMED)
        .map(|one| view! { <li><a href=one.href>{one.words}</a></li> })
        .collect();
    let rest = (more > 0).then(|| {
        view! {
            <li>
                <a href=format!("{list}{after}")>{text::counted(more as u64, "more", "more")}</a>
            </li>
        }
    });
    view! {
        <li class="calendar-day" data-when=when data-empty=empty aria-current=(when == "today").then_some("date")>
            <time datetime=on.to_string()>
                <span class="calendar-weekday">{on.strftime("%a").to_string()}</span>
                " "
                {on.strftime("%-d %b").to_string()}
            </time>
            {filled.then(|| view! { <ul>{names} {rest}</ul> })}
        </li>
    }
}
