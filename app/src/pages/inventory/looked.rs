//! What a look through a probe showed, and the form that asks for one.

use domain::subject::Tenant;
use leptos::prelude::*;

use crate::api::inventory::{Looked, LookedAt};
use crate::components::{Empty, Fact, Facts, Select, Submit, Tag, TextField};
use crate::error::AppError;
use crate::text;

/// Tenants to choose from.
pub fn tenants(tenants: Vec<Tenant>) -> Vec<(String, String)> {
    let named = tenants.into_iter().map(|tenant| {
        let synthetic = if tenant.synthetic { ", synthetic" } else { "" };
        (
            tenant.key.to_string(),
            format!("{} ({}{synthetic})", tenant.name, tenant.key),
        )
    });
    std::iter::once((String::new(), "Choose a tenant".to_owned()))
        .chain(named)
        .collect()
}

/// The tenants of the reader's page.
pub async fn load_tenants() -> Result<Vec<(String, String)>, AppError> {
    let (engine, actor) = crate::api::ssr::caller()?;
    Ok(tenants(engine.tenants(&actor).await?))
}

/// Which tenant to look for. Goes into a form.
#[component]
pub fn LookFields(offered: Vec<(String, String)>) -> impl IntoView {
    view! {
        <Select
            name="tenant"
            label="Tenant to look for"
            hint="Best the synthetic one, or one whose number of records you know"
            options=offered
            optional=true
        />
        <TextField
            name="tenant_key"
            label="Or the key of another"
            hint="As the system itself writes it"
            width="medium"
            optional=true
        />
        <Submit tone="secondary" icon="eye">
            "Look now"
        </Submit>
    }
}

/// What was seen.
#[component]
pub fn WhatWasSeen(looked: Looked) -> impl IntoView {
    let cards: Vec<_> = looked.datasets.into_iter().map(card).collect();
    let shown = match cards.is_empty() {
        true => view! {
            <Empty title="There was nothing to look at">
                <p>"The system has no datasets yet."</p>
            </Empty>
        }
        .into_any(),
        false => cards.into_any(),
    };
    view! {
        <section id="looked" class="stack">
            <h2>{format!("What the probe saw of {}", looked.tenant)}</h2>
            {shown}
        </section>
    }
}

fn card(seen: LookedAt) -> AnyView {
    let verdict = verdict(&seen);
    if let Some(why) = seen.blind {
        return view! {
            <article class="panel">
                <div class="panel-head">
                    <h3>{seen.dataset}</h3>
                    <Tag state="unreachable" words="Cannot tell" />
                </div>
                <p>{verdict}</p>
                <p class="small muted">{why}</p>
            </article>
        }
        .into_any();
    }
    let state = if seen.found { "done" } else { "inconclusive" };
    let words = if seen.found { "Found" } else { "Not found" };
    let query = seen.native_query.map(|query| {
        view! {
            <p>"Look at the first record yourself:"</p>
            <pre tabindex="0" aria-label="Query that shows the first record">
                <code>{query}</code>
            </pre>
        }
    });
    let notes: Vec<_> = seen
        .notes
        .into_iter()
        .map(|note| view! { <li>{note}</li> })
        .collect();
    let notes = (!notes.is_empty()).then(|| view! { <ul>{notes}</ul> });
    view! {
        <article class="panel">
            <div class="panel-head">
                <h3>{seen.dataset}</h3>
                <Tag state=state words=words />
            </div>
            <p>{verdict}</p>
            <Facts>
                <Fact term="Fields">{listed(&seen.fields)}</Fact>
                <Fact term="Beside it">{listed(&seen.siblings)}</Fact>
            </Facts>
            {notes}
            {query}
        </article>
    }
    .into_any()
}

/// What was seen, as a sentence.
fn verdict(seen: &LookedAt) -> String {
    match (&seen.blind, seen.found, seen.count) {
        (Some(_), ..) => "The probe could not look, so nothing can be said about this dataset.".into(),
        (None, false, _) => "The place that the locator names is not there. Please compare its name.".into(),
        (None, true, Some(0)) => {
            "The place is there, and holds no record of this tenant. If you know of some, the locator is wrong.".into()
        }
        (None, true, Some(count)) => format!(
            "The place is there, and holds {} of this tenant.",
            text::counted(count, "record", "records")
        ),
        (None, true, None) => "The place is there. Its records cannot be counted exactly.".into(),
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".into(),
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> LookedAt {
        LookedAt {
            dataset: "users".into(),
            blind: None,
            found: true,
            siblings: Vec::new(),
            fields: Vec::new(),
            notes: Vec::new(),
            count: Some(2),
            native_query: None,
        }
    }

    #[test]
    fn a_probe_that_cannot_look_says_nothing_of_the_records() {
        let blind = LookedAt {
            blind: Some("cannot see: refused".into()),
            count: Some(0),
            ..seen()
        };
        assert!(verdict(&blind).contains("nothing can be said"));
    }

    #[test]
    fn no_records_are_a_reason_to_look_at_the_locator() {
        assert!(
            verdict(&LookedAt {
                count: Some(0),
                ..seen()
            })
            .contains("locator")
        );
        assert_eq!(
            verdict(&seen()),
            "The place is there, and holds 2 records of this tenant."
        );
    }
}
