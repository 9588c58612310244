//! A dataset with its locator, in words.

use domain::inventory::Dataset;
use leptos::prelude::*;

use super::words;
use crate::components::{Fact, Facts};

/// What it holds and how records are found.
#[component]
pub fn DatasetCard(
    dataset: Dataset,
    /// A party looks after it, and nobody here looks inside.
    #[prop(optional)]
    attested: bool,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let locator = dataset.locator;
    let categories: Vec<String> = dataset.categories.into_iter().collect();
    let (place, tenant, persons) = (
        words::place(&locator),
        words::tenant(&locator),
        words::persons(&locator),
    );
    let created = match &locator.created {
        Some(column) => format!("{column} is the day on which a record was made."),
        None => "Records have no date: a hold by date keeps all of them.".into(),
    };
    let canary = match dataset.canary {
        Some(_) => "A record of the synthetic tenant proves that the probe sees.",
        None => "None: a record outside the request proves that the probe sees.",
    };
    view! {
        <article class="panel">
            <div class="panel-head">
                <h3>{dataset.name.to_string()}</h3>
                {children.map(|children| view! { <div class="row">{children()}</div> })}
            </div>
            <Facts>
                <Fact term="Categories of data">{categories.join(", ")}</Fact>
                <Fact term="Where">{place}</Fact>
                {(!attested)
                    .then(|| {
                        view! {
                            <Fact term="How a tenant is found">{tenant}</Fact>
                            <Fact term="How one person is found">{persons}</Fact>
                            <Fact term="Date">{created}</Fact>
                            <Fact term="Canary">{canary}</Fact>
                        }
                    })}
            </Facts>
        </article>
    }
}
