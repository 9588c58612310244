//! One retention duty.

use domain::actor::Permission;
use engine::reading::duties::DutySeen;
use leptos::prelude::*;

use super::super::words;
use super::list::state;
use crate::api::ServerFn as _;
use crate::api::duties::{DUTIES, EndDuty};
use crate::api::{requests, ssr};
use crate::components::{
    Consequence, Consequences, Day, Drawer, Fact, Facts, Form, Hidden, Moment, PageHead, Submit, Tag,
    TextArea, TextField, load,
};
use crate::error::AppError;
use crate::text;

/// What is known of it.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.duty(&actor, requests::id(&id)?).await?)
    };
    load(loading, |duty| {
        let lead = match (duty.stands, &duty.ended) {
            (true, _) => {
                "What it covers is kept. The day after its last day it goes by itself, without anybody asking."
            }
            (false, Some(_)) => "It was ended before its last day, and keeps nothing any more.",
            (false, None) => "Its last day has passed. It keeps nothing any more.",
        };
        let end = (duty.stands && words::may(Permission::ManageDuties)).then(|| end(&duty));
        let ended = duty.ended.map(|(at, by)| {
            view! {
                <Fact term="Ended">
                    <Moment at /> " by " {text::named(&by)}
                </Fact>
            }
        });
        view! {
            <PageHead title=duty.title back=(DUTIES, "Retention duties") lead />
            <div class="stack">
            <section class="panel">
                <h2>"The duty"</h2>
                <Facts>
                    <Fact term="State">
                        <Tag state=state(duty.stands) />
                    </Fact>
                    <Fact term="Last day">
                        <Day on=duty.until />
                    </Fact>
                    <Fact term="Ground">{words::ground(duty.ground)}</Fact>
                    <Fact term="Keeps">{words::scope(&duty.scope)}</Fact>
                    <Fact term="Recorded">
                        <Moment at=duty.recorded_at /> " by " {text::named(&duty.recorded_by)}
                    </Fact>
                    {ended}
                    <Fact term="Reference">
                        <code>{duty.id.to_string()}</code>
                    </Fact>
                </Facts>
            </section>
            {end}
            </div>
        }
    })
}

/// Ending it before its last day: what that does, why, and the end of its reference typed.
fn end(duty: &DutySeen) -> impl IntoView + use<> {
    let id = duty.id.to_string();
    let word = text::tail(&id);
    let until = view! { <Day on=duty.until /> };
    let list = vec![
        Consequence::new(
            "1",
            "duty ends for good: nothing can bring it back, only a new one can be recorded",
        ),
        Consequence::new(
            "All",
            "that it alone kept is planned afresh, and goes once somebody has approved the new plan",
        ),
        Consequence::new("0", "holds and other duties change: what they cover stays"),
    ];
    view! {
        <Drawer summary="End this duty before its last day" action=EndDuty::PATH>
            <p>"Without you it ends by itself after " {until} "."</p>
            <Consequences title="What ending it does" list />
            <Form action=EndDuty::PATH>
                <Hidden name="duty" value=id />
                <Hidden name="expected" value=word.clone() />
                <TextArea
                    name="reason"
                    label="Why need the data not be kept any longer?"
                    hint="It stays in the log. Name nobody."
                    rows=3
                />
                <TextField
                    name="typed"
                    label=format!("Type {word} to confirm that you mean this duty")
                    hint="The end of its reference"
                    width="short"
                />
                <Submit tone="danger">"End the duty"</Submit>
            </Form>
        </Drawer>
    }
}
