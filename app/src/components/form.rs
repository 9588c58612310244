//! A plain HTML form that posts to a server function. When it was refused, it opens again with what was typed.

use leptos::prelude::*;

use super::icon::Icon;
use crate::api::ssr;
use crate::visit::Draft;

/// What a field of a form knows of the form's last refusal.
#[derive(Clone, Default)]
pub struct FormState {
    draft: Option<Draft>,
    /// The last part of the form's action: tells its fields apart from those of other forms on the page.
    name: &'static str,
}

impl FormState {
    /// The form around.
    pub fn around() -> Self {
        use_context::<Self>().unwrap_or_default()
    }

    /// That of a refused form.
    pub fn of(draft: Draft) -> Self {
        Self {
            draft: Some(draft),
            name: "example",
        }
    }

    /// What was typed, else what the page offers.
    pub fn value(&self, name: &str, offered: String) -> String {
        match &self.draft {
            Some(draft) => draft.value(name).unwrap_or_default().to_owned(),
            None => offered,
        }
    }

    /// Whether a value is chosen.
    pub fn chosen(&self, name: &str, value: &str, offered: bool) -> bool {
        self.draft
            .as_ref()
            .map_or(offered, |draft| draft.has(name, value))
    }

    /// The id of a field's control.
    pub fn id(&self, name: &str) -> String {
        field_id(self.name, name)
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<String> {
        let draft = self.draft.as_ref()?;
        draft
            .error
            .of_field(name.trim_end_matches("[]"))
            .map(str::to_owned)
    }
}

/// A form. `action` is the URL of its server function: `<PlaceHold as ServerFn>::PATH`.
#[component]
pub fn Form(
    /// Where it posts to.
    action: &'static str,
    /// Fields and buttons.
    children: Children,
    /// A style: `inline` for a button in a row.
    #[prop(optional)]
    class: &'static str,
    /// It sends files.
    #[prop(optional)]
    files: bool,
) -> impl IntoView {
    let coding = files.then_some("multipart/form-data");
    let draft = ssr::visit().draft.filter(|draft| draft.action == action);
    let name = action.rsplit('/').next().unwrap_or_default();
    let summary = draft.as_ref().map(|draft| summary(draft, name).into_any());
    provide_context(FormState { draft, name });
    view! {
        <form method="post" action=action enctype=coding class=format!("form {class}") novalidate=class.is_empty()>
            {summary}
            {children()}
        </form>
    }
}

fn field_id(form: &str, field: &str) -> String {
    format!("{form}-{}", field.trim_end_matches("[]"))
}

/// What was refused and why, at the top, with links to the fields.
fn summary(draft: &Draft, form: &str) -> impl IntoView + use<> {
    let fields: Vec<_> = draft
        .error
        .fields
        .iter()
        .map(|error| view! { <li><a href=format!("#{}", field_id(form, &error.field))>{error.why.clone()}</a></li> })
        .collect();
    let list = (!fields.is_empty()).then(|| view! { <ul>{fields}</ul> });
    view! {
        <div class="error-summary" id="problem" role="alert" tabindex="-1">
            <h2>"There is a problem"</h2>
            <p>{draft.error.message.clone()}</p>
            {list}
        </div>
    }
}

/// The button that sends the form.
#[component]
pub fn Submit(
    /// What it does, as a verb: "Place the hold".
    children: Children,
    /// `primary`, `secondary` or `danger`.
    #[prop(default = "primary")]
    tone: &'static str,
    /// An icon before the words.
    #[prop(optional)]
    icon: &'static str,
) -> impl IntoView {
    let icon = (!icon.is_empty()).then(|| view! { <Icon name=icon /> });
    view! {
        <button type="submit" class="button" data-tone=tone>
            {icon}
            {children()}
        </button>
    }
}
