//! One retention duty.

use leptos::prelude::*;

use super::super::words;
use super::list::state;
use crate::api::duties::DUTIES;
use crate::api::{requests, ssr};
use crate::components::{Day, Fact, Facts, Moment, PageHead, Tag, load};
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
        let ended = duty.ended.map(|(at, by)| {
            view! {
                <Fact term="Ended">
                    <Moment at /> " by " {text::named(&by)}
                </Fact>
            }
        });
        view! {
            <PageHead title=duty.title back=(DUTIES, "Retention duties") lead />
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
        }
    })
}
