//! Every system of the plan: what was there, what was erased, what remains, and what a probe says of it.

use domain::inventory::Handling;
use domain::manifest::Control;
use domain::plan;
use domain::verification::{Preservation, Verdict};
use engine::reading::file::RequestFile;
use engine::reading::{DatasetSeen, SystemSeen};
use leptos::prelude::*;

use super::super::words;
use crate::components::{Day, Empty, Fact, Facts, Moment, Progress, Table, Tag};
use crate::text;

/// The grid.
#[component]
pub fn Grid(file: RequestFile, tenant: bool) -> impl IntoView {
    if file.systems.is_empty() {
        return view! {
            <Empty title="No plan yet">
                <p>
                    "Once the identity is confirmed, the inventory is frozen and every system gets its place here: what is \
                     erased, what expires, what is attested, and what is kept."
                </p>
            </Empty>
        }
        .into_any();
    }
    let datasets = || file.systems.iter().flat_map(|system| &system.datasets);
    let judged = datasets().filter(|dataset| is_judged(dataset)).count() as u64;
    let all = datasets().count() as u64;
    let rows: Vec<_> = file
        .systems
        .iter()
        .cloned()
        .map(|system| rows(system, tenant))
        .collect();
    view! {
        <section aria-labelledby="systems">
            <div class="panel-head">
                <h2 id="systems">"Systems"</h2>
                <Progress done=judged of=all label="datasets with a verdict" />
            </div>
            <Table stacked=true caption="Every system of the frozen inventory, with what was seen in it">
                <thead>
                    <tr>
                        <th scope="col">"System and dataset"</th>
                        <th scope="col">"Handling"</th>
                        <th scope="col" class="number">
                            "Before"
                        </th>
                        <th scope="col" class="number">
                            "Erased"
                        </th>
                        <th scope="col" class="number">
                            "Remaining"
                        </th>
                        <th scope="col">"Verdict"</th>
                    </tr>
                </thead>
                {rows}
            </Table>
        </section>
    }
    .into_any()
}

fn is_judged(dataset: &DatasetSeen) -> bool {
    let finding = dataset.check.as_ref().and_then(|check| check.finding.as_ref());
    finding.is_some_and(|finding| finding.verdict.certifiable())
}

fn rows(system: SystemSeen, tenant: bool) -> impl IntoView {
    let handling = system.handling;
    let about = [system.kind.clone(), system.location.clone()];
    let about: Vec<String> = about.into_iter().filter(|part| !part.is_empty()).collect();
    let datasets: Vec<_> = system
        .datasets
        .into_iter()
        .map(|dataset| row(dataset, handling, tenant))
        .collect();
    view! {
        <tbody class="system-rows">
            <tr class="system-head">
                <th scope="rowgroup" colspan="6">
                    {system.title} " " <span class="muted small">{about.join(", ")}</span>
                </th>
            </tr>
            {datasets}
        </tbody>
    }
}

fn row(dataset: DatasetSeen, handling: Handling, tenant: bool) -> impl IntoView {
    let before = dataset.before.as_ref().and_then(|before| match dataset.action {
        plan::Action::Withheld => before.withheld_count,
        _ => before.count,
    });
    let finding = dataset.check.as_ref().and_then(|check| check.finding.as_ref());
    let kept = dataset.action == plan::Action::Withheld;
    let remaining = finding.and_then(|finding| match (kept, &finding.kept) {
        (false, _) => finding.count,
        // What is kept remains, once a probe has found it unchanged.
        (true, Preservation::Preserved) => before,
        (true, _) => None,
    });
    let erased = match (before, remaining, &dataset.step) {
        _ if kept => "\u{2013}".into(),
        (Some(before), Some(remaining), _) => text::count(before.saturating_sub(remaining)),
        (_, None, Some(step)) if step.reported > 0 => format!("{} reported", text::count(step.reported)),
        _ => "\u{2013}".into(),
    };
    let state = state_of(&dataset);
    let says = match finding.map(|finding| &finding.verdict) {
        Some(Verdict::ExpiresOn { on }) => format!("Expires on {}", text::day(*on)),
        _ => text::words(state),
    };
    let number = |number: Option<u64>| number.map_or_else(|| "\u{2013}".to_owned(), text::count);
    view! {
        <tr>
            <th scope="row">
                <details class="evidence">
                    <summary>{dataset.dataset.dataset.to_string()}</summary>
                    <Evidence dataset=dataset.clone() tenant />
                </details>
            </th>
            <td data-label="Handling">{words::action(dataset.action, handling)}</td>
            <td data-label="Before" class="number">{number(before)}</td>
            <td data-label="Erased" class="number">{erased}</td>
            <td data-label="Remaining" class="number">{number(remaining)}</td>
            <td data-label="Verdict">
                <Tag state words=says />
            </td>
        </tr>
    }
}

/// The verdict, else how far the step is.
fn state_of(dataset: &DatasetSeen) -> &'static str {
    match (&dataset.check, &dataset.step) {
        (Some(check), _) if check.finding.is_some() => check.state,
        (_, Some(step)) if step.state != "done" => step.state,
        (Some(check), _) => check.state,
        (None, Some(_)) => "settling",
        (None, None) => "planned",
    }
}

/// What stands behind the verdict.
#[component]
fn Evidence(dataset: DatasetSeen, tenant: bool) -> impl IntoView {
    let finding = dataset.check.as_ref().and_then(|check| check.finding.clone());
    view! {
        <div class="evidence-body">
            {finding
                .map(|finding| {
                    view! {
                        <p>{words::verdict(&finding.verdict)} " " {words::kept(&finding.kept)}</p>
                        <Facts>
                            <Fact term="Looked up">
                                {format!(
                                    "{} sampled records, {} found",
                                    text::count(finding.looked_up),
                                    text::count(finding.found),
                                )}
                            </Fact>
                            <Fact term="Control">{if finding.control_found { "Found" } else { "Not found" }}</Fact>
                            <Fact term="Looked at">
                                <Moment at=finding.looked_at />
                            </Fact>
                            <Fact term="Probe">{finding.prober}</Fact>
                            {finding
                                .accepted_by
                                .map(|by| {
                                    view! {
                                        <Fact term="Exception accepted by">
                                            {text::named(&by)} {finding.accepted_because.map(|why| format!(": {why}"))}
                                        </Fact>
                                    }
                                })}
                        </Facts>
                    }
                })}
            {dataset
                .before
                .map(|before| {
                    view! {
                        <p class="muted">
                            {format!(
                                "Before: a sample of {} was drawn{}. {}",
                                text::count(before.sample_size),
                                if before.positive { " and found by the path that the check uses" } else { "" },
                                control(before.control),
                            )}
                        </p>
                    }
                })}
            {dataset
                .step
                .filter(|_| !tenant)
                .map(|step| {
                    view! {
                        <p class="muted">
                            {format!(
                                "Erasure, round {}: {} reported in {}.",
                                step.round,
                                text::count(step.reported),
                                text::counted(step.chunks.into(), "chunk", "chunks"),
                            )} {step.method.map(|method| format!(" {method}"))}
                            {step.why.map(|why| format!(" Parked: {why}"))}
                        </p>
                    }
                })}
            {dataset
                .spot_check
                .and_then(|spot| {
                    let seen = spot.recorded_at?;
                    Some(
                        view! {
                            <p class="muted">
                                {format!(
                                    "Spot check of {}: {} still there{}. ",
                                    text::count(spot.shown),
                                    text::count(spot.still_there.unwrap_or_default()),
                                    if spot.decoy_seen == Some(true) { "" } else { " (void: the decoy was missed)" },
                                )} <Moment at=seen />
                            </p>
                        },
                    )
                })}
            {dataset
                .attestation
                .map(|one| {
                    view! {
                        <p class="muted">
                            {format!("Attested by {} on ", one.party)} <Day on=one.dated_on />
                            {format!(", document SHA-256 {}", one.document)}
                        </p>
                    }
                })}
            {dataset
                .kept
                .into_iter()
                .map(|kept| {
                    view! {
                        <p>
                            <Tag state="withheld" /> " " {kept.disclosed}
                            {kept.until.map(|until| view! { ", until " <Day on=until /> })}
                        </p>
                    }
                })
                .collect::<Vec<_>>()}
        </div>
    }
}

const fn control(control: Control) -> &'static str {
    match control {
        Control::Canary => "The control is a canary of the synthetic tenant.",
        Control::OutsideRecord => "The control is a record outside the request.",
        Control::None => "There is no record that could serve as a control.",
    }
}
