//! Fields that are chosen, not typed: a list, radio buttons, boxes to tick.

use leptos::prelude::*;

use super::{FieldError, FormState, Labelled, described, id_of};

/// One of several, from a list. `options` are value and words.
#[component]
pub fn Select(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// Values and words.
    options: Vec<(String, String)>,
    /// What is expected.
    #[prop(optional, into)]
    hint: String,
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
    /// It may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let state = FormState::around();
    let error = state.error(&name);
    let chosen = state.value(&name, value);
    let described_by = described(&name, &hint, error.as_ref());
    let wrong = error.as_ref().map(|_| "true");
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    view! {
        <Labelled name=name.clone() label hint error optional>
            <select id=id_of(&name) name=name aria-describedby=described_by aria-invalid=wrong>
                {options}
            </select>
        </Labelled>
    }
}

/// A choice: value, words, and a line that says what it means.
#[derive(Clone, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub words: String,
    /// What it means.
    pub hint: String,
    /// Chosen at first.
    pub chosen: bool,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, words: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            words: words.into(),
            hint: hint.into(),
            chosen: false,
        }
    }

    /// The same, chosen at first when `chosen`.
    pub fn chosen(self, chosen: bool) -> Self {
        Self { chosen, ..self }
    }
}

/// Radio buttons, or checkboxes when `many` (then the name ends with `[]`).
#[component]
pub fn Choices(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// What is expected.
    #[prop(optional, into)]
    hint: String,
    /// Several may be chosen.
    #[prop(optional)]
    many: bool,
    /// It may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let state = FormState::around();
    let error = state.error(&name);
    let described_by = described(&name, &hint, error.as_ref());
    let id = id_of(&name);
    let kind = if many { "checkbox" } else { "radio" };
    let rows: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(place, choice)| {
            let own = if place == 0 {
                id.clone()
            } else {
                format!("{id}-{place}")
            };
            let hint_id = format!("{own}-means");
            let checked = state.chosen(&name, &choice.value, choice.chosen);
            let hinted = (!choice.hint.is_empty()).then(|| hint_id.clone());
            view! {
                <div class="choice">
                    <input
                        type=kind
                        id=own.clone()
                        name=name.clone()
                        value=choice.value
                        checked=checked
                        aria-describedby=hinted
                    />
                    <label for=own>{choice.words}</label>
                    {(!choice.hint.is_empty())
                        .then(|| view! { <p class="choice-hint" id=hint_id>{choice.hint}</p> })}
                </div>
            }
        })
        .collect();
    let wrong = error.is_some();
    view! {
        <fieldset class="field" data-wrong=wrong.then_some("true") aria-describedby=described_by>
            <legend>
                {label} {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </legend>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> })}
            {error.map(|why| view! { <FieldError id=format!("{id}-error") why /> })}
            <div class="choices">{rows}</div>
        </fieldset>
    }
}

/// One box to tick.
#[component]
pub fn Checkbox(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What ticking it says.
    #[prop(into)]
    label: String,
    /// Ticked at first.
    #[prop(optional)]
    checked: bool,
    /// What it means.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    let state = FormState::around();
    let error = state.error(&name);
    let described_by = described(&name, &hint, error.as_ref());
    let checked = state.chosen(&name, "true", checked);
    let id = id_of(&name);
    let wrong = error.is_some();
    view! {
        <div class="field" data-wrong=wrong.then_some("true")>
            {error.map(|why| view! { <FieldError id=format!("{id}-error") why /> })}
            <div class="choice">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value="true"
                    checked=checked
                    aria-describedby=described_by
                />
                <label for=id.clone()>{label}</label>
                {(!hint.is_empty())
                    .then(|| view! { <p class="choice-hint" id=format!("{id}-hint")>{hint}</p> })}
            </div>
        </div>
    }
}
