//! Confirming the register after a restore.

use domain::actor::Permission;
use engine::reading::holds::HoldFilter;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::holds::ConfirmRegister;
use crate::api::ssr;
use crate::components::{
    Consequence, Consequences, Form, Hidden, Moment, Notice, PageHead, Submit, TextArea, TextField, Tone,
    load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// What is typed to confirm.
const WORD: &str = "complete";

/// The statement of counsel.
#[component]
pub fn Confirm() -> impl IntoView {
    let loading = async {
        let (engine, actor) = ssr::caller()?;
        actor
            .require(Permission::ConfirmRegister)
            .map_err(engine::Error::from)?;
        let since = engine.switches(&actor).await?.register_unconfirmed_since;
        let holds = engine.hold_list(&actor, &HoldFilter::default()).await?;
        let standing = holds.iter().filter(|hold| hold.state != "released").count() as u64;
        Ok::<_, AppError>((since, standing, holds.len() as u64))
    };
    load(loading, |(since, standing, all)| {
        let body = match since {
            None => view! {
                <Notice tone=Tone::Success title="The register waits for no confirmation">
                    <p>"It is confirmed after a restore of the database, and was not restored since."</p>
                </Notice>
            }
            .into_any(),
            Some(since) => view! {
                <p>
                    "The database was restored on " <Moment at=since />
                    ". Compare the register with your own files: every hold that stands must be here, and none that \
                     was placed after the backup may be missing. Place what is missing first."
                </p>
                <Consequences
                    title="What you confirm"
                    list=vec![
                        Consequence::new(text::count(standing), "holds stand"),
                        Consequence::new(text::count(all), "holds in the register in all"),
                    ]
                />
                <Form action=ConfirmRegister::PATH>
                    <Hidden name="expected" value=WORD />
                    <TextArea
                        name="statement"
                        label="What did you compare it with?"
                        hint="Such as: the matter list of the legal department of 3 May, 14 open matters. It stays in the log."
                        rows=3
                    />
                    <TextField
                        name="typed"
                        label=format!("Type {WORD} to confirm that no hold is missing")
                        width="short"
                    />
                    <Submit tone="danger">"Confirm the register"</Submit>
                </Form>
            }
            .into_any(),
        };
        view! {
            <PageHead
                title="Confirm the hold register"
                back=(routes::HOLDS, "Holds")
                lead="After a restore nothing is erased until legal counsel has said that the register is complete."
            />
            <div class="stack">{body}</div>
        }
    })
}
