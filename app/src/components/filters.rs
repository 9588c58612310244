//! Filters of a list: a plain form whose fields are the query of the URL.

use leptos::prelude::*;

use crate::api::ssr;

/// One filter.
#[derive(Clone)]
pub enum Filter {
    /// A text to look for: name, label.
    Text(&'static str, &'static str),
    /// One of several: name, label, values and words; the empty value is "any".
    One(&'static str, &'static str, Vec<(String, String)>),
    /// A date: name, label.
    Day(&'static str, &'static str),
}

impl Filter {
    const fn name(&self) -> &'static str {
        match self {
            Self::Text(name, _) | Self::One(name, ..) | Self::Day(name, _) => name,
        }
    }
}

/// The bar above a list.
#[component]
pub fn Filters(
    /// Which.
    filters: Vec<Filter>,
) -> impl IntoView {
    let visit = ssr::visit();
    let active = filters.iter().any(|filter| visit.query(filter.name()).is_some());
    let path = visit.path.clone();
    let clear = active.then(|| view! { <a href=path.clone()>"Clear filters"</a> });
    let fields: Vec<_> = filters
        .into_iter()
        .map(|filter| {
            let present = visit.query(filter.name()).unwrap_or_default().to_owned();
            control(filter, present)
        })
        .collect();
    view! {
        <form class="filters" method="get" action=path role="search" aria-label="Filter this list">
            {fields}
            <button type="submit" class="button" data-tone="secondary">
                "Filter"
            </button>
            {clear}
        </form>
    }
}

fn control(filter: Filter, present: String) -> AnyView {
    let id = format!("filter-{}", filter.name());
    match filter {
        Filter::Text(name, label) => view! {
            <div class="filter">
                <label for=id.clone()>{label}</label>
                <input id=id name=name type="search" value=present autocomplete="off" />
            </div>
        }
        .into_any(),
        Filter::Day(name, label) => view! {
            <div class="filter">
                <label for=id.clone()>{label}</label>
                <input id=id name=name type="date" value=present />
            </div>
        }
        .into_any(),
        Filter::One(name, label, options) => {
            let options: Vec<_> = options
                .into_iter()
                .map(|(value, words)| {
                    let selected = value == present;
                    view! { <option value=value selected=selected>{words}</option> }
                })
                .collect();
            view! {
                <div class="filter">
                    <label for=id.clone()>{label}</label>
                    <select id=id name=name>
                        <option value="">"Any"</option>
                        {options}
                    </select>
                </div>
            }
            .into_any()
        }
    }
}
