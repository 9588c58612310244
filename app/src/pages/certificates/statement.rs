//! What a certificate proves, in sentences and tables made from the signed statement alone.

use domain::certificate::{Backup, Claims, Dataset, System, Verdict, Withheld};
use leptos::prelude::*;

use super::words;
use crate::components::{Day, Moment, Table, Tag};
use crate::text;

/// Every system with its verdicts, what was kept, what is still in backups, and the limits.
#[component]
pub fn StatementParts(
    /// The statement.
    claims: Claims,
) -> impl IntoView {
    view! {
        <section aria-labelledby="proves">
            <h2 id="proves">"What it proves"</h2>
            <p>{claims.outcome()}</p>
            <p>
                "The last system was looked at on " <Moment at=claims.verified_at />
                ". Before anything was erased, the hold register was asked: "
                {claims.hold_check.result.words()} "."
            </p>
            {systems(claims.systems)}
        </section>
        {kept(claims.withheld)}
        {backups(claims.backups)}
        {later(claims.later_checks_on)}
        <section aria-labelledby="limits">
            <h2 id="limits">"What it does not say"</h2>
            <ul>{claims.limits.into_iter().map(|limit| view! { <li>{limit}</li> }).collect::<Vec<_>>()}</ul>
        </section>
    }
}

fn systems(systems: Vec<System>) -> impl IntoView {
    let groups: Vec<_> = systems.into_iter().map(of_system).collect();
    view! {
        <Table caption="Systems and what was found in each" stacked=true>
            <thead>
                <tr>
                    <th scope="col">"System"</th>
                    <th scope="col">"Dataset"</th>
                    <th scope="col" class="number">
                        "Before"
                    </th>
                    <th scope="col" class="number">
                        "After"
                    </th>
                    <th scope="col">"Verdict"</th>
                    <th scope="col">"What that proves"</th>
                </tr>
            </thead>
            {groups}
        </Table>
    }
}

/// One group of rows for each system, also for one without datasets: none is left out.
fn of_system(system: System) -> impl IntoView {
    let (handling, method) = (system.handling.words(), text::capital(&system.method));
    let many = system.datasets.len().max(1);
    let head = view! {
        <th scope="rowgroup" rowspan=many.to_string()>
            {system.name}
            <p class="muted small">{text::words(handling)} ". " {method} "."</p>
        </th>
    };
    let mut datasets = system.datasets.into_iter();
    let first = match datasets.next() {
        Some(dataset) => row(Some(head), dataset).into_any(),
        None => view! {
            <tr>
                {head} <td colspan="5" class="muted">
                    "The statement names no dataset of it."
                </td>
            </tr>
        }
        .into_any(),
    };
    let rest: Vec<_> = datasets
        .map(|dataset| row(None::<&'static str>, dataset))
        .collect();
    view! { <tbody>{first} {rest}</tbody> }
}

fn row(head: Option<impl IntoView>, dataset: Dataset) -> impl IntoView {
    let found = dataset.verification;
    view! {
        <tr>
            {head} <th scope="row">{dataset.name}</th> <td class="number" data-label="Before">
                {number(dataset.before)}
            </td> <td class="number" data-label="After">
                {number(dataset.after)}
            </td> <td data-label="Verdict">
                <Tag state=tag(found.verdict) words=text::words(found.verdict.words()) />
            </td> <td data-label="What that proves">
                <div>
                    {found.proves}
                    {found
                        .acceptance
                        .map(|accepted| {
                            view! {
                                <p class="muted small">"Accepted by the " {accepted.role} ": " {accepted.reason}</p>
                            }
                        })}
                    {found
                        .attestation
                        .map(|attested| {
                            view! {
                                <p class="muted small">
                                    "Attested by " {attested.by} " on " <Moment at=attested.at /> "."
                                </p>
                            }
                        })}
                </div>
            </td>
        </tr>
    }
}

fn kept(parts: Vec<Withheld>) -> Option<impl IntoView> {
    let rows: Vec<_> = parts
        .into_iter()
        .map(|part| {
            let place = match part.dataset {
                Some(dataset) => format!("{}, {dataset}", part.system),
                None => part.system,
            };
            view! {
                <tr>
                    <th scope="row">{place}</th>
                    <td data-label="What">{part.what}</td>
                    <td class="number" data-label="Records">
                        {number(part.records)}
                    </td>
                    <td data-label="Ground">
                        <div>
                            {text::words(part.by.words())} ": " {part.ground}
                            {part.matter.map(|matter| view! { <p class="muted small">"Matter " {matter}</p> })}
                        </div>
                    </td>
                    <td data-label="Until when">{words::until(&part.until)}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="kept">
                <h2 id="kept">"What was kept, and why"</h2>
                <Table caption="Parts that were not erased" stacked=true>
                    <thead>
                        <tr>
                            <th scope="col">"Where"</th>
                            <th scope="col">"What"</th>
                            <th scope="col" class="number">
                                "Records"
                            </th>
                            <th scope="col">"Ground"</th>
                            <th scope="col">"Until when"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
        }
    })
}

fn backups(backups: Vec<Backup>) -> Option<impl IntoView> {
    let rows: Vec<_> = backups
        .into_iter()
        .map(|backup| {
            let sets = text::counted(backup.sets, "backup set", "backup sets");
            let rule = match backup.rule_confirmed {
                true => "The rule that ends them was read again and is in force.",
                false => "The rule that ends them could not be read again.",
            };
            view! {
                <li>
                    <strong>{backup.system}</strong>
                    ": "
                    {sets}
                    ", the last of which ends on "
                    <Day on=backup.expires_on />
                    ". "
                    {rule}
                    {backup
                        .gone_at
                        .map(|at| {
                            view! {
                                " None was left on "
                                <Moment at />
                                "."
                            }
                        })}
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="backups">
                <h2 id="backups">"What is still in backups"</h2>
                <ul>{rows}</ul>
            </section>
        }
    })
}

fn later(days: Vec<domain::time::Date>) -> Option<impl IntoView> {
    let days: Vec<String> = days.into_iter().map(text::day).collect();
    let named: Vec<&str> = days.iter().map(String::as_str).collect();
    let named = text::listed(&named, "and");
    (!named.is_empty()).then(|| {
        view! {
            <section aria-labelledby="later">
                <h2 id="later">"What follows"</h2>
                <p>"We look again on " {named} ", because erased data can come back from pipelines and restores."</p>
            </section>
        }
    })
}

fn number(count: Option<u64>) -> String {
    count.map_or_else(|| "\u{2013}".into(), text::count)
}

/// The state word whose look a verdict has.
const fn tag(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Absent | Verdict::Expired => "absent",
        Verdict::InconclusiveAccepted => "inconclusive",
        Verdict::Attested => "attested",
        Verdict::Expiring => "expires_on",
        Verdict::Preserved => "withheld",
        Verdict::NoPersonalRecords => "no_personal_records",
    }
}
