//! The file of a hold.

use domain::actor::Permission;
use domain::hold::Disclosure;
use engine::reading::holds::{HoldFile, MatterSeen, PartOfRelease, ReleaseSeen};
use engine::reading::timeline::Happening;
use leptos::prelude::*;

use super::words;
use super::work::{Stops, chunks};
use crate::api::{requests, ssr};
use crate::components::{
    Day, DueDay, Fact, Facts, Moment, Notice, PageHead, Tag, Timeline, TimelineItem, Tone, When, load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// Everything that the reader may know of it.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.hold(&actor, requests::id(&id)?).await?)
    };
    load(loading, |file| {
        let hold = file.hold.clone();
        let id = hold.id.to_string();
        let title = match &hold.matter {
            Some(matter) => matter.matter.clone(),
            None => format!("Hold {}", text::tail(&id)),
        };
        let draining = hold.state == "draining";
        let (act, release) = (hold.release.clone(), hold.release.clone());
        view! {
            <PageHead title back=(routes::HOLDS, "Holds") lead=words::state(hold.state)>
                <Act release=act id=id.clone() />
            </PageHead>
            <div class="beside">
                <div class="stack">
                    <ReleaseNotice release=release />
                    {draining.then(|| chunks(file.in_flight.clone()))}
                    <Stops file=file.clone() />
                    <History history=file.history.clone() />
                </div>
                <aside class="stack">
                    <About file=file.clone() />
                    <Disclosed file />
                </aside>
            </div>
        }
    })
}

/// The one act that is next, for whoever may take it.
#[component]
fn Act(release: ReleaseSeen, id: String) -> impl IntoView {
    let (words, tone) = match &release {
        ReleaseSeen::None => ("Propose the release", "secondary"),
        ReleaseSeen::Proposed { yours: true, .. } => ("Decide on the release", "primary"),
        ReleaseSeen::Proposed { .. } | ReleaseSeen::Released { revocable: true, .. } => {
            ("Take the release back", "secondary")
        }
        ReleaseSeen::Released { .. } => return None,
    };
    words::may(Permission::ReleaseHold).then(|| {
        view! {
            <a class="button" data-tone=tone href=format!("{}/{id}/release", routes::HOLDS)>
                {words}
            </a>
        }
    })
}

/// How far a release is, and why the reader may not be its second person.
#[component]
fn ReleaseNotice(release: ReleaseSeen) -> impl IntoView {
    match release {
        ReleaseSeen::None => ().into_any(),
        ReleaseSeen::Proposed {
            first,
            yours,
            not_yours_because,
        } => {
            let whose = match (yours, not_yours_because) {
                (true, _) => "You can be the second person.".to_owned(),
                (false, Some(because)) => super::release::not_yours(because),
                (false, None) => "A second legal counsel has to decide.".to_owned(),
            };
            view! {
                <Notice tone=Tone::Warning title="The release is proposed; the hold stands">
                    <Part part=first did="Proposed" />
                    <p>{whose}</p>
                </Notice>
            }
            .into_any()
        }
        ReleaseSeen::Released {
            first,
            second,
            revocable_until,
            revocable,
        } => {
            let until = revocable.then(|| {
                view! {
                    <p>
                        "Until " <Moment at=revocable_until />
                        " one person can take the release back. What the hold stopped begins again only after that."
                    </p>
                }
            });
            view! {
                <Notice tone=Tone::Neutral title="Two people released this hold">
                    <Part part=first did="Proposed" />
                    <Part part=second did="Confirmed" />
                    {until}
                </Notice>
            }
            .into_any()
        }
    }
}

#[component]
fn Part(part: PartOfRelease, did: &'static str) -> impl IntoView {
    view! {
        <p>
            {did} " by " {text::named(&part.by)} " on " <Moment at=part.at />
            {part.reason.map(|reason| format!(": {reason}"))}
        </p>
    }
}

#[component]
fn History(history: Vec<Happening>) -> impl IntoView {
    let items: Vec<_> = history
        .into_iter()
        .map(|one| {
            let tone = match one.kind.as_str() {
                "hold.release_proposed" | "hold.released" => Tone::Warning,
                _ => Tone::Neutral,
            };
            view! {
                <TimelineItem when=When::Past title=text::happened(&one.kind) tone=tone>
                    <p>
                        <Moment at=one.at /> " by " {text::named(&one.by)}
                    </p>
                </TimelineItem>
            }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section>
                <h2>"What happened"</h2>
                <Timeline label="History of the hold">{items}</Timeline>
            </section>
        }
    })
}

#[component]
fn About(file: HoldFile) -> impl IntoView {
    let hold = file.hold;
    let stands = hold.state != "released";
    view! {
        <section class="panel">
            <h2>"The hold"</h2>
            <Facts>
                <Fact term="State">
                    <Tag state=hold.state />
                </Fact>
                <Fact term="Reference">
                    <code>{hold.id.to_string()}</code>
                </Fact>
                {hold.scope.map(|scope| view! { <Fact term="Keeps">{words::scope(&scope)}</Fact> })}
                {hold.ground.map(|ground| view! { <Fact term="Ground">{words::ground(ground)}</Fact> })}
                <Fact term="Placed">
                    <Moment at=hold.placed_at />
                </Fact>
                {hold.matter.map(|matter| view! { <Matter matter stands /> })}
            </Facts>
        </section>
    }
}

#[component]
fn Matter(matter: MatterSeen, stands: bool) -> impl IntoView {
    view! {
        <Fact term="Court, regulator or body">{matter.authority}</Fact>
        <Fact term="Force">{words::basis(matter.basis)}</Fact>
        <Fact term="Answers for it">{matter.custodian}</Fact>
        <Fact term="Runs from">
            <Day on=matter.starts_on />
        </Fact>
        <Fact term="To be looked at again">
            <DueDay on=matter.review_on done=!stands />
        </Fact>
        <Fact term="Placed by">{text::named(&matter.placed_by)}</Fact>
    }
}

/// What others may learn, in the words that they read.
#[component]
fn Disclosed(file: HoldFile) -> impl IntoView {
    let hold = file.hold;
    let means = hold.matter.as_ref().map_or(
        "Legal counsel decided that this may be said of the hold, and nothing more.",
        |matter| words::disclosure(&matter.disclosure),
    );
    let neutral = hold
        .matter
        .is_some_and(|matter| matches!(matter.disclosure, Disclosure::Neutral(_)));
    let quoted = match neutral {
        true => "What they read:",
        false => "As it is written on certificates:",
    };
    view! {
        <section class="panel">
            <h2>"What others may learn"</h2>
            <p>{means}</p>
            <p class="small muted">{quoted}</p>
            <blockquote>{hold.disclosed}</blockquote>
        </section>
    }
}
