//! What a hold would stop right now, before it is placed.

use domain::scope::TenantScope;
use engine::reading::holds::ScopeSeen;
use engine::reading::preview::{CoveredSystem, Preview, Touched};
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::holds::{HoldForm, PlaceHold};
use crate::api::{kept, ssr};
use crate::components::{
    Consequence, Consequences, Empty, Fact, Facts, Form, Hidden, Notice, PageHead, Submit, Table, Tag, Tone,
    load,
};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// What the preview is drawn from: what was typed, where it is kept, and what the hold would stop.
type Looked = (HoldForm, String, Preview);

/// The numbers, and the button that places the hold.
#[component]
pub fn Previewed() -> impl IntoView {
    load(looked(), |(typed, draft, preview)| {
        let back = format!("/holds/new?draft={draft}");
        let sent = typed.clone();
        view! {
            <PageHead
                title="What this hold would stop"
                back=(routes::HOLDS, "Holds")
                lead="As things stand at this moment. Nothing is placed yet."
            />
            <div class="beside">
                <div class="stack">
                    <Consequences title="If you place it now" list=consequences(&preview) />
                    {unknown_tenant(&preview)}
                    {requests("Requests that would stop", &preview.stopped)}
                    {requests("Requests that would go on without a part", &preview.in_part)}
                    <Form action=PlaceHold::PATH>
                        <Everything typed=sent />
                        <div class="row">
                            <Submit icon="lock">"Place the hold"</Submit>
                            <a href=back>"Change something"</a>
                            <a href=routes::HOLDS>"Cancel"</a>
                        </div>
                    </Form>
                </div>
                <aside class="stack">
                    <Terms typed />
                    {systems(preview.systems)}
                </aside>
            </div>
        }
    })
}

/// What was typed: what a refused placing kept, else what the form before sealed.
async fn looked() -> Result<Looked, AppError> {
    let (engine, actor) = ssr::caller()?;
    let visit = ssr::visit();
    let draft = visit.query("draft").unwrap_or_default().to_owned();
    let refused = visit.draft.filter(|refused| refused.action == PlaceHold::PATH);
    let (typed, draft) = match refused {
        Some(refused) => {
            let typed = HoldForm::of_pairs(&refused.fields);
            let draft = kept::keep(&typed).await?;
            (typed, draft)
        }
        None => (kept::open(&draft).await?.ok_or_else(kept::gone)?, draft),
    };
    let preview = engine.hold_preview(&actor, &typed.read()?).await?;
    Ok((typed, draft, preview))
}

/// Everything that was typed, so that placing does not depend on how long the look took.
#[component]
fn Everything(typed: HoldForm) -> impl IntoView {
    let pairs = typed.pairs().into_iter();
    pairs
        .map(|(name, value)| view! { <Hidden name value /> })
        .collect_view()
}

fn consequences(preview: &Preview) -> Vec<Consequence> {
    let count = |number: usize| text::count(number as u64);
    let datasets: usize = preview.systems.iter().map(|system| system.datasets.len()).sum();
    vec![
        Consequence::new(count(preview.stopped.len()), "open requests stop wholly"),
        Consequence::new(count(preview.in_part.len()), "open requests go on without a part"),
        Consequence::new(
            text::count(preview.in_flight),
            "chunks are being erased right now: they end, and none follows",
        ),
        Consequence::new(count(preview.systems.len()), "systems keep something"),
        Consequence::new(count(datasets), "datasets are kept, wholly or in part"),
    ]
}

fn unknown_tenant(preview: &Preview) -> Option<impl IntoView + use<>> {
    preview.unknown_tenant.then(|| {
        view! {
            <Notice tone=Tone::Warning title="No tenant of this key is registered">
                <p>
                    "The hold would stand for when one is. If you meant a tenant that exists, go back and compare the \
                     key: a hold with a misspelt key stops nothing."
                </p>
            </Notice>
        }
    })
}

fn requests(title: &'static str, touched: &[Touched]) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = touched
        .iter()
        .map(|one| {
            let id = one.request.to_string();
            let kept: Vec<String> = one.datasets.iter().map(ToString::to_string).collect();
            let gone = one
                .touched
                .then_some("Erasure has begun: what is gone stays gone.");
            view! {
                <tr>
                    <th scope="row">
                        <a href=routes::one(routes::REQUESTS, &id)>
                            <code title=id.clone()>{text::tail(&id)}</code>
                        </a>
                    </th>
                    <td>{one.tenant.to_string()}</td>
                    <td>
                        <Tag state=one.state />
                    </td>
                    <td>{kept.join(", ")}{gone.map(|words| view! { <p class="small muted">{words}</p> })}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h2>{title}</h2>
                <Table caption=title>
                    <thead>
                        <tr>
                            <th scope="col">"Request"</th>
                            <th scope="col">"Tenant"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"What would be kept"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
        }
    })
}

fn systems(covered: Vec<CoveredSystem>) -> AnyView {
    if covered.is_empty() {
        return view! {
            <Empty title="No system of the inventory is covered">
                <p>"The hold would stand, and keep nothing today. Please compare its systems and categories."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = covered
        .into_iter()
        .map(|system| {
            let names: Vec<&str> = system.datasets.iter().map(|one| one.dataset.as_str()).collect();
            let kept = match system.all {
                true => "every dataset".to_owned(),
                false => names.join(", "),
            };
            view! { <Fact term=system.title>{kept}</Fact> }
        })
        .collect();
    view! {
        <section class="panel">
            <h2>"Systems that keep something"</h2>
            <Facts>{rows}</Facts>
        </section>
    }
    .into_any()
}

/// What was typed, in words.
#[component]
fn Terms(typed: HoldForm) -> impl IntoView {
    let told = typed.read().ok().map(|hold| {
        let person = !hold.scope.subject.is_empty();
        let scope = ScopeSeen {
            tenant: match hold.scope.tenant {
                TenantScope::Any => None,
                TenantScope::One(key) => Some(key),
            },
            one_person: person,
            systems: hold.scope.systems,
            categories: hold.scope.categories,
            created: hold.scope.created,
        };
        view! {
            <Fact term="Matter">{hold.matter}</Fact>
            <Fact term="Court, regulator or body">{hold.authority}</Fact>
            <Fact term="Force">{words::basis(hold.basis)}</Fact>
            <Fact term="Ground">{words::ground(hold.ground)}</Fact>
            <Fact term="Keeps">{words::scope(&scope)}</Fact>
            <Fact term="Answers for it">{hold.custodian}</Fact>
            <Fact term="Review">{text::day(hold.review_on)}</Fact>
            <Fact term="Others">{words::disclosure(&hold.disclosure)}</Fact>
        }
    });
    view! {
        <section class="panel">
            <h2>"The hold"</h2>
            <Facts>{told}</Facts>
        </section>
    }
}
