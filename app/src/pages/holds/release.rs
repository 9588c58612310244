//! Releasing a hold: a first person proposes, a second one confirms; either may take it back.

use domain::actor::Permission;
use engine::reading::holds::{HoldFile, PartOfRelease, ReleaseSeen};
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::holds::{ProposeRelease, ReleaseHold, TakeBackRelease};
use crate::api::{requests, ssr};
use crate::components::{
    Consequence, Consequences, Drawer, Fact, Facts, Form, Hidden, Moment, Notice, PageHead, Submit, TextArea,
    TextField, Tone, load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The part that is the reader's.
#[component]
pub fn Release() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let file = engine.hold(&actor, requests::id(&id)?).await?;
        actor
            .require(Permission::ReleaseHold)
            .map_err(engine::Error::from)?;
        Ok::<_, AppError>((file, words::hours(engine.policy().cooling_off)))
    };
    load(loading, |(file, cooling_off)| {
        let hold = file.hold.clone();
        let id = hold.id.to_string();
        let named = hold.matter.map_or(hold.disclosed, |matter| matter.matter);
        let parts = match hold.release {
            ReleaseSeen::None => propose(id.clone()),
            ReleaseSeen::Proposed { first, yours, not_yours_because } => {
                proposed(&file, first, (yours, not_yours_because), &cooling_off)
            }
            ReleaseSeen::Released { revocable: true, revocable_until, .. } => {
                let until = view! {
                    <p>"The release can be taken back until " <Moment at=revocable_until /> "."</p>
                };
                view! {
                    {until}
                    {take_back(id.clone())}
                }
                .into_any()
            }
            ReleaseSeen::Released { .. } => view! {
                <Notice tone=Tone::Neutral title="This hold is released">
                    <p>"The time for taking the release back is over. If the data is still needed, place a new hold."</p>
                </Notice>
            }
            .into_any(),
        };
        view! {
            <PageHead title="Release a hold" back=(routes::one(routes::HOLDS, &id), "The hold") lead=named />
            <div class="stack">
                {parts}
                <p>
                    <a href=routes::one(routes::HOLDS, &id)>"Back to the hold"</a>
                </p>
            </div>
        }
    })
}

fn propose(id: String) -> AnyView {
    view! {
        <p>
            "It takes two people. You ask for the release and say why; another legal counsel, whose account is older \
             than 24 hours, confirms it. Until then the hold stands."
        </p>
        <Form action=ProposeRelease::PATH>
            <Hidden name="hold" value=id />
            <TextArea
                name="reason"
                label="Why is the hold no longer needed?"
                hint="The second person reads it, and it stays in the log"
                rows=3
            />
            <Submit>"Propose the release"</Submit>
        </Form>
    }
    .into_any()
}

fn proposed(
    file: &HoldFile,
    first: PartOfRelease,
    (yours, because): (bool, Option<&'static str>),
    cooling_off: &str,
) -> AnyView {
    let id = file.hold.id.to_string();
    let second = match yours {
        true => confirm(file, cooling_off),
        false => {
            let why = because.map_or_else(
                || "A second legal counsel has to confirm the release.".to_owned(),
                not_yours,
            );
            view! {
                <Notice tone=Tone::Info title="You cannot be the second person">
                    <p>{why}</p>
                </Notice>
            }
            .into_any()
        }
    };
    view! {
        <section class="panel">
            <h2>"What was proposed"</h2>
            <Facts>
                <Fact term="By">{text::named(&first.by)}</Fact>
                <Fact term="On">
                    <Moment at=first.at />
                </Fact>
                {first.reason.map(|reason| view! { <Fact term="Because">{reason}</Fact> })}
            </Facts>
        </section>
        {second}
        <Drawer summary="Take the proposal back" action=TakeBackRelease::PATH>
            {take_back(id)}
        </Drawer>
    }
    .into_any()
}

/// Why somebody may not be the second person.
pub(super) fn not_yours(because: &'static str) -> String {
    match because {
        "proposed the release" => {
            "You proposed the release, so somebody else has to confirm it: nobody ends a hold alone.".into()
        }
        because => format!(
            "Your account {because}. Nobody can be made a second person just for one release; somebody else has to \
             confirm it, or you tomorrow."
        ),
    }
}

fn confirm(file: &HoldFile, cooling_off: &str) -> AnyView {
    let id = file.hold.id.to_string();
    let word = text::tail(&id);
    let list = vec![
        Consequence::new(
            text::count(file.stops.len() as u64),
            "requests that it stops wholly: they resume by themselves, unless another hold covers them",
        ),
        Consequence::new(
            cooling_off,
            "until anything resumes; so long one person can take the release back",
        ),
        Consequence::new(
            "1",
            "fresh plan for each request, to be approved again where it changed",
        ),
    ];
    view! {
        <Consequences title="What the release does" list />
        <Form action=ReleaseHold::PATH>
            <Hidden name="hold" value=id />
            <Hidden name="expected" value=word.clone() />
            <TextArea name="reason" label="Why do you agree?" hint="In your own words; it stays in the log" rows=3 />
            <TextField
                name="typed"
                label=format!("Type {word} to confirm that you mean this hold")
                hint="The end of its reference"
                width="short"
            />
            <Submit tone="danger">"Release the hold"</Submit>
        </Form>
    }
    .into_any()
}

fn take_back(id: String) -> AnyView {
    view! {
        <Form action=TakeBackRelease::PATH>
            <Hidden name="hold" value=id />
            <TextArea
                name="reason"
                label="Why is the hold still needed?"
                hint="One person is enough, because this keeps data"
                rows=2
            />
            <Submit tone="secondary">"Take the release back"</Submit>
        </Form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_person_is_told_why_they_are_not_the_second() {
        assert!(not_yours("proposed the release").starts_with("You proposed"));
        let fresh = not_yours("was made or promoted less than 24 hours ago");
        assert!(fresh.starts_with("Your account was made or promoted less than 24 hours ago."));
    }
}
