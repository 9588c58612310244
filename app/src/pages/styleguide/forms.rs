//! Fields, empty and refused.

use leptos::prelude::*;

use crate::components::field::Choice;
use crate::components::form::FormState;
use crate::components::{Checkbox, Choices, FieldSet, Select, TextArea, TextField};
use crate::error::{AppError, FieldError};
use crate::visit::Draft;

/// The same fields twice.
#[component]
pub fn Fields() -> impl IntoView {
    view! {
        <section>
            <h2>"Fields"</h2>
            <div class="form">
                <FieldSet legend="As they open">
                    <Each prefix="plain" />
                </FieldSet>
            </div>
        </section>
        <Refused />
    }
}

/// As they open again after a refusal.
#[component]
fn Refused() -> impl IntoView {
    let names = ["line", "lines", "one", "some", "box"];
    let wrong = names.map(|name| FieldError {
        field: format!("wrong_{name}"),
        why: "Say what is expected here, such as 2026-03-31.".into(),
    });
    let mut error = AppError::field("", "");
    error.fields = wrong.into();
    provide_context(FormState::of(Draft {
        action: String::new(),
        fields: vec![("wrong_line".into(), "What was typed".into())],
        error,
    }));
    view! {
        <section>
            <h2>"Fields that were refused"</h2>
            <div class="form">
                <FieldSet legend="As they open again">
                    <Each prefix="wrong" />
                </FieldSet>
            </div>
        </section>
    }
}

#[component]
fn Each(prefix: &'static str) -> impl IntoView {
    let name = |field: &str| format!("{prefix}_{field}");
    let choices = || {
        vec![
            Choice::new("a", "One", "What it means"),
            Choice::new("b", "Another", ""),
        ]
    };
    let options = vec![
        ("a".to_owned(), "One".to_owned()),
        ("b".to_owned(), "Another".to_owned()),
    ];
    view! {
        <TextField name=name("line") label="A line" hint="What is expected" width="medium" />
        <TextArea name=name("lines") label="Several lines" rows=2 optional=true />
        <Select name=name("one") label="One of a list" options />
        <Choices name=name("some") label="One of a few" choices=choices() />
        <Choices name=format!("{}[]", name("many")) label="Several of a few" choices=choices() many=true optional=true />
        <Checkbox name=name("box") label="A box to tick" hint="What it means" />
    }
}
