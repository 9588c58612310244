//! Spot checks: an officer looks at single records with their own eyes. One of those shown is known to exist.

use domain::actor::Permission;
use domain::request::Stage;
use engine::reading::DatasetSeen;
use engine::reading::file::RequestFile;
use engine::reading::waiting::Awaited;
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::requests::{OpenSpotCheck, RecordSpotCheck, ShownSpot};
use crate::api::{requests, ssr};
use crate::components::form::FormState;
use crate::components::{Empty, Form, Hidden, Moment, PageHead, Submit, Table, Tag, TextArea, load};
use crate::error::AppError;
use crate::islands::CopyButton;
use crate::pages::holds::words::may;
use crate::routes;
use crate::text;

/// The page: the datasets, or the records of one of them while they are shown.
#[component]
pub fn SpotCheck() -> impl IntoView {
    let visit = ssr::visit();
    let id = visit.param("id").to_owned();
    let shown = visit.query("shown").map(str::to_owned);
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        let file = engine.request_file(&actor, requests::id(&id)?).await?;
        let shown = match shown {
            Some(draft) => engine.open_draft(&draft, ssr::holder()?).await?,
            None => None,
        };
        let shown = shown.and_then(|bytes| serde_json::from_slice::<ShownSpot>(&bytes).ok());
        Ok::<_, AppError>((file, shown))
    };
    load(loading, |(file, shown)| match shown {
        Some(shown) => view! { <Records file shown /> }.into_any(),
        None => view! { <Datasets file /> }.into_any(),
    })
}

#[component]
fn Datasets(file: RequestFile) -> impl IntoView {
    let page = routes::one(routes::REQUESTS, file.request.id);
    let (back, about) = (words::back(file.request.id), words::whose(&file));
    let id = file.request.id.to_string();
    // One look is enough to go on; more of them may be taken until somebody certifies.
    let more = file.request.stage == Stage::Verified && file.waits_for.what == Awaited::Certification;
    let yours = file.waits_for.yours && !more || more && may(Permission::SpotCheck);
    let datasets = file.systems.iter().flat_map(|system| {
        let title = system.title.clone();
        let erased = system.datasets.iter().filter(|dataset| dataset.before.is_some());
        erased.map(move |dataset| (title.clone(), dataset.clone()))
    });
    let rows: Vec<_> = datasets
        .map(|(system, dataset)| row(system, dataset, &id, yours))
        .collect();
    let list = match rows.is_empty() {
        true => view! {
            <Empty title="No dataset to look into">
                <p>"Only what was erased by a connector can be looked up by hand."</p>
            </Empty>
        }
        .into_any(),
        false => view! {
            <Table stacked=true caption="Datasets that can be spot-checked">
                <thead>
                    <tr>
                        <th scope="col">"Dataset"</th>
                        <th scope="col">"System"</th>
                        <th scope="col">"Newest look"</th>
                        <th scope="col">"What you can do"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any(),
    };
    view! {
        <PageHead
            title="Spot check"
            back
            about
            lead="Look up a few erased records in the system itself, by its own means. Among those shown, one exists on purpose: whoever does not find it has not really looked."
        />
        <div class="stack">
            {(more || !yours).then(|| view! { <p>{words::waits_for(&file.waits_for)}</p> })} {list}
            <p>
                <a href=page>"Back to the request"</a>
            </p>
        </div>
    }
}

fn row(system: String, dataset: DatasetSeen, request: &str, yours: bool) -> impl IntoView + use<> {
    let name = dataset.dataset.to_string();
    let newest = dataset.spot_check.map(|spot| {
        let state = match (spot.recorded_at, spot.decoy_seen, spot.still_there) {
            (None, ..) => ("waiting", "Shown, not recorded"),
            (_, Some(false), _) => ("failed", "Void: the decoy was missed"),
            (_, _, Some(0)) => ("done", "Nothing found"),
            _ => ("residue", "Records found"),
        };
        view! {
            <Tag state=state.0 words=state.1.to_owned() />
            " "
            <Moment at=spot.recorded_at.unwrap_or(spot.shown_at) />
        }
    });
    let request = request.to_owned();
    let act = yours.then(|| {
        view! {
            <Form action=OpenSpotCheck::PATH class="inline">
                <Hidden name="request" value=request />
                <Hidden name="dataset" value=name.clone() />
                <button
                    type="submit"
                    class="button"
                    data-tone="secondary"
                    data-size="small"
                    aria-label=format!("Show records of {name}")
                >
                    "Show records"
                </button>
            </Form>
        }
    });
    view! {
        <tr>
            <th scope="row">{dataset.dataset.dataset.to_string()}</th>
            <td data-label="System">{system}</td>
            <td data-label="Newest look">{newest.map_or_else(|| "None yet".into_any(), IntoAny::into_any)}</td>
            <td data-label="What you can do">{act}</td>
        </tr>
    }
}

/// The records, each with how it is looked up, and the question whether it is there.
#[component]
fn Records(file: RequestFile, shown: ShownSpot) -> impl IntoView {
    let count = shown.ids.len();
    let page = format!("{}/spot-check", routes::one(routes::REQUESTS, file.request.id));
    let (back, about) = (words::back(file.request.id), words::whose(&file));
    let records: Vec<_> = shown
        .ids
        .into_iter()
        .enumerate()
        .map(|(place, (id, query))| view! { <Record place id query /> })
        .collect();
    view! {
        <PageHead
            title=format!("Spot check of {}", shown.dataset)
            back
            about
            lead="These records are shown to you once, for fifteen minutes, and the log says so. Look each of them up in the system itself."
        />
        <Form action=RecordSpotCheck::PATH>
            <Hidden name="request" value=file.request.id.to_string() />
            <Hidden name="spot" value=shown.spot />
            <Hidden name="count" value=count.to_string() />
            <Wrong />
            <ol class="records">{records}</ol>
            <TextArea
                name="note"
                label="What you saw"
                hint="By which means you looked, and anything that struck you"
                rows=3
                optional=true
            />
            <div class="row">
                <Submit>"Record what I saw"</Submit>
                <a href=page>"Go back without recording"</a>
            </div>
        </Form>
        <p class="muted small">
            {format!("{} are shown.", text::counted(count as u64, "record", "records"))}
        </p>
    }
}

/// What is wrong with the answers as a whole.
#[component]
fn Wrong() -> impl IntoView {
    FormState::around()
        .error("seen")
        .map(|why| view! { <p class="field-error" id="record_spot_check-seen">{why}</p> })
}

#[component]
fn Record(place: usize, id: String, query: String) -> impl IntoView {
    let name = format!("seen[{place}]");
    let state = FormState::around();
    let (yes, no) = (
        state.chosen(&name, "yes", false),
        state.chosen(&name, "no", false),
    );
    let (for_yes, for_no) = (format!("seen-{place}-yes"), format!("seen-{place}-no"));
    view! {
        <li class="panel">
            <fieldset class="field">
                <legend>
                    "Record " <code>{id}</code>
                </legend>
                <div class="command">
                    <pre tabindex="0" aria-label="How to look it up">
                        <code>{query.clone()}</code>
                    </pre>
                    <CopyButton text=query />
                </div>
                <div class="choices">
                    <div class="choice">
                        <input type="radio" id=for_no.clone() name=name.clone() value="no" checked=no />
                        <label for=for_no>"It is not there"</label>
                    </div>
                    <div class="choice">
                        <input type="radio" id=for_yes.clone() name=name value="yes" checked=yes />
                        <label for=for_yes>"It is there"</label>
                    </div>
                </div>
            </fieldset>
        </li>
    }
}
