//! How well the systems are described, in numbers.

use domain::inventory::SystemName;
use engine::reading::inventory::Coverage;
use leptos::prelude::*;

use crate::components::{Bars, Donut, Fact, Facts, Notice, Tone};
use crate::routes;
use crate::text;

/// Charts and gaps.
#[component]
pub fn Covered(coverage: Coverage) -> impl IntoView {
    let gaps = gaps(&coverage);
    let datasets = coverage.datasets;
    let of = |number: u64| format!("{} of {}", text::count(number), text::count(datasets));
    let (persons, dates, canaries) = (
        of(coverage.with_subject),
        of(coverage.with_date),
        of(coverage.with_canary),
    );
    let processors = text::count(coverage.with_processor);
    let handled = [
        ("erase", "Erased by a connector", Tone::Info),
        ("expire", "Run out by themselves", Tone::Success),
        ("attest", "Attested by a party", Tone::Neutral),
    ]
    .map(|(word, words, tone)| {
        let number = coverage.by_handling.get(word).copied().unwrap_or(0);
        (words.to_owned(), number, tone)
    });
    let categories = coverage
        .by_category
        .iter()
        .map(|(category, number)| (text::words(category), *number, Tone::Info))
        .collect();
    view! {
        {gaps}
        <section class="panel">
            <h2>"What is done about the systems"</h2>
            <Donut label="Systems by handling" shares=handled.into() unit="systems" />
        </section>
        <section class="panel">
            <h2>"Datasets that hold a category of data"</h2>
            <Bars label="Datasets by category" shares=categories />
        </section>
        <section class="panel">
            <h2>"What the datasets allow"</h2>
            <Facts>
                <Fact term="Single persons can be found">{persons}</Fact>
                <Fact term="Records have a date, so that a hold by date keeps only its part">
                    {dates}
                </Fact>
                <Fact term="A canary proves that the probe sees">{canaries}</Fact>
                <Fact term="Systems run by somebody else">{processors}</Fact>
            </Facts>
        </section>
    }
}

fn gaps(coverage: &Coverage) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = [
        (
            "No credential that can delete",
            &coverage.without_erase_credential,
        ),
        ("No credential that can look", &coverage.without_probe_credential),
        ("One secret for deleting and looking", &coverage.shared_credential),
    ]
    .into_iter()
    .filter(|(_, systems)| !systems.is_empty())
    .map(|(words, systems)| view! { <p>{words} ": " {links(systems)}</p> })
    .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Danger title="Some systems need to be looked at">
                {rows}
            </Notice>
        }
    })
}

/// Names as links, parted by commas.
fn links(systems: &[SystemName]) -> impl IntoView + use<> {
    let links = systems.iter().enumerate().map(|(place, name)| {
        let comma = (place > 0).then_some(", ");
        view! {
            {comma}
            <a href=routes::one(routes::INVENTORY, name)>{name.to_string()}</a>
        }
    });
    links.collect_view()
}
