//! A file to be chosen, or several; they must be chosen again when the form was refused.

use leptos::prelude::*;

use super::field::{Labelled, described, id_of};
use super::form::FormState;

/// One file. The form around it has `files=true`.
#[component]
pub fn FileField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What is expected.
    #[prop(optional, into)]
    hint: String,
    /// Media types that are offered.
    #[prop(optional)]
    accept: &'static str,
    /// It may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Several may be chosen.
    #[prop(optional)]
    several: bool,
) -> impl IntoView {
    let error = FormState::around().error(&name);
    let described_by = described(&name, &hint, error.as_ref());
    let wrong = error.as_ref().map(|_| "true");
    view! {
        <Labelled name=name.clone() label hint error optional>
            <input
                id=id_of(&name)
                name=name
                type="file"
                accept=accept
                required=!optional
                multiple=several
                aria-describedby=described_by
                aria-invalid=wrong
            />
        </Labelled>
    }
}
