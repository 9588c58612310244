//! Charts drawn by the server as SVG, each with its numbers in words beside it.

use leptos::prelude::*;

use super::tag::Tone;
use crate::text;

/// A share of a chart: words, number, tone.
pub type Share = (String, u64, Tone);

/// Shares of a whole as a ring; the legend holds the numbers.
#[component]
pub fn Donut(
    /// What it shows.
    #[prop(into)]
    label: String,
    /// The shares.
    shares: Vec<Share>,
    /// Words under the number in the middle.
    #[prop(into)]
    unit: String,
) -> impl IntoView {
    let total: u64 = shares.iter().map(|(_, number, _)| number).sum();
    let described: Vec<String> = shares
        .iter()
        .map(|(words, number, _)| format!("{words}: {number}"))
        .collect();
    let described = format!("{label}. {}", described.join(", "));
    let mut before = 0.0;
    let arcs: Vec<_> = shares
        .iter()
        .filter(|(_, number, _)| *number > 0)
        .map(|(_, number, tone)| {
            let share = *number as f64 / total.max(1) as f64 * 100.0;
            let offset = 25.0 - before;
            before += share;
            view! {
                <circle
                    class="donut-share"
                    data-tone=tone.word()
                    cx="21"
                    cy="21"
                    r="15.9155"
                    stroke-dasharray=format!("{share:.3} {:.3}", 100.0 - share)
                    stroke-dashoffset=format!("{offset:.3}")
                />
            }
        })
        .collect();
    let legend = legend(&shares);
    view! {
        <figure class="chart">
            <svg class="donut" viewBox="0 0 42 42" role="img" aria-label=described>
                <circle class="donut-ground" cx="21" cy="21" r="15.9155" />
                {arcs}
                <text x="21" y="21.5" class="donut-figure">
                    {text::count(total)}
                </text>
                <text x="21" y="26" class="donut-unit">
                    {unit}
                </text>
            </svg>
            {legend}
        </figure>
    }
}

/// Numbers side by side as bars.
#[component]
pub fn Bars(
    /// What it shows.
    #[prop(into)]
    label: String,
    /// The bars.
    shares: Vec<Share>,
    /// Where the words of each bar lead, in the same order; empty: nowhere.
    #[prop(optional)]
    links: Vec<String>,
) -> impl IntoView {
    let most = shares
        .iter()
        .map(|(_, number, _)| *number)
        .max()
        .unwrap_or(0)
        .max(1);
    let rows: Vec<_> = shares
        .into_iter()
        .enumerate()
        .map(|(place, (words, number, tone))| {
            let words = match links.get(place) {
                Some(href) => view! { <a href=href.clone()>{words}</a> }.into_any(),
                None => words.into_any(),
            };
            let width = number as f64 / most as f64 * 100.0;
            view! {
                <li class="bar">
                    <span class="bar-words">{words}</span>
                    <svg class="bar-track" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="bar-fill" data-tone=tone.word() width=format!("{width:.2}") height="8" rx="1" />
                    </svg>
                    <span class="bar-figure">{text::count(number)}</span>
                </li>
            }
        })
        .collect();
    view! { <ul class="bars" aria-label=label>{rows}</ul> }
}

fn legend(shares: &[Share]) -> impl IntoView + use<> {
    let rows: Vec<_> = shares
        .iter()
        .map(|(words, number, tone)| {
            view! {
                <li data-tone=tone.word()>
                    <span class="legend-mark" aria-hidden="true"></span>
                    {words.clone()}
                    <strong>{text::count(*number)}</strong>
                </li>
            }
        })
        .collect();
    view! { <ul class="legend">{rows}</ul> }
}
