//! Fields: a label, a hint, an error beside it, and what was typed before.

mod choice;

use leptos::prelude::*;

use super::form::FormState;
use super::icon::Icon;

pub use choice::{Checkbox, Choice, Choices, Select};

/// Label, hint and error around a control.
#[component]
pub(super) fn Labelled(
    name: String,
    label: String,
    hint: String,
    error: Option<String>,
    optional: bool,
    children: Children,
) -> impl IntoView {
    let id = id_of(&name);
    let wrong = error.is_some();
    view! {
        <div class="field" data-wrong=wrong.then_some("true")>
            <label for=id.clone()>
                {label} {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </label>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> })}
            {error.map(|why| view! { <FieldError id=format!("{id}-error") why /> })}
            {children()}
        </div>
    }
}

#[component]
fn FieldError(id: String, why: String) -> impl IntoView {
    view! {
        <p class="field-error" id=id>
            <Icon name="alert" />
            <span class="visually-hidden">"Error: "</span>
            {why}
        </p>
    }
}

/// The id of a field's control.
pub(super) fn id_of(name: &str) -> String {
    FormState::around().id(name)
}

/// What a control is described by, for screen readers.
pub(super) fn described(name: &str, hint: &str, error: Option<&String>) -> Option<String> {
    let id = id_of(name);
    let parts = [
        (!hint.is_empty()).then(|| format!("{id}-hint")),
        error.map(|_| format!("{id}-error")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A line of text.
#[component]
pub fn TextField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What is expected.
    #[prop(optional, into)]
    hint: String,
    /// What it holds at first.
    #[prop(optional, into)]
    value: String,
    /// `text`, `email`, `password`, `date`, `number`, `search`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// It may stay empty; said beside the label.
    #[prop(optional)]
    optional: bool,
    /// `short`, `medium` or empty for the whole width.
    #[prop(optional)]
    width: &'static str,
    /// Focused when the page opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let state = FormState::around();
    let error = state.error(&name);
    let value = if kind == "password" {
        String::new()
    } else {
        state.value(&name, value)
    };
    let described_by = described(&name, &hint, error.as_ref());
    let wrong = error.as_ref().map(|_| "true");
    view! {
        <Labelled name=name.clone() label hint error optional>
            <input
                id=id_of(&name)
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                data-width=width
                required=!optional
                autofocus=autofocus
                aria-describedby=described_by
                aria-invalid=wrong
            />
        </Labelled>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What is expected.
    #[prop(optional, into)]
    hint: String,
    /// What it holds at first.
    #[prop(optional, into)]
    value: String,
    /// Lines shown.
    #[prop(default = 4)]
    rows: u32,
    /// It may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let state = FormState::around();
    let error = state.error(&name);
    let value = state.value(&name, value);
    let described_by = described(&name, &hint, error.as_ref());
    let wrong = error.as_ref().map(|_| "true");
    view! {
        <Labelled name=name.clone() label hint error optional>
            <textarea
                id=id_of(&name)
                name=name
                rows=rows
                required=!optional
                aria-describedby=described_by
                aria-invalid=wrong
            >
                {value}
            </textarea>
        </Labelled>
    }
}

/// A value that the person does not see.
#[component]
pub fn Hidden(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// Fields that belong together, under a heading.
#[component]
pub fn FieldSet(
    /// The heading.
    #[prop(into)]
    legend: String,
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="field-set">
            <legend>{legend}</legend>
            {children()}
        </fieldset>
    }
}
