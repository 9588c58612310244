//! The looks after the issue: done, and still to come.

use domain::later::{LaterCheck, LooksAt, Outcome};
use domain::register::CertificateRecord;
use domain::verification::Verdict;
use leptos::prelude::*;

use crate::api::ServerFn as _;
use crate::api::incidents::LookAgain;
use crate::components::{Form, Hidden, Moment, Submit, Table, Tag};
use crate::text;

/// The section; nothing where no look was ever planned.
pub(super) fn later(record: &CertificateRecord, checks: Vec<LaterCheck>, may_look: bool) -> Option<AnyView> {
    if checks.is_empty() && !may_look {
        return None;
    }
    let mut checks = checks;
    checks.sort_by_key(|check| check.due_at);
    let rows: Vec<_> = checks.into_iter().map(row).collect();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <Table stacked=true caption="Looks after the issue">
                <thead>
                    <tr>
                        <th scope="col">"Due"</th>
                        <th scope="col">"Looks at"</th>
                        <th scope="col">"Looked at"</th>
                        <th scope="col">"What was seen"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    });
    let id = record.id.to_string();
    let now = may_look.then(|| {
        view! {
            <Form action=LookAgain::PATH>
                <Hidden name="certificate" value=id />
                <Submit tone="secondary">"Look again now"</Submit>
            </Form>
        }
    });
    Some(
        view! {
            <section aria-labelledby="later">
                <h2 id="later">"Looked at again"</h2>
                <p class="muted">"Data can come back, from imports and restores. So every system is looked at again after the issue; backups when \
                 their last set is to have run out."</p>
                {table}
                {now}
            </section>
        }
        .into_any(),
    )
}

fn row(check: LaterCheck) -> impl IntoView {
    let what = match check.looks_at {
        LooksAt::Records => "What was erased".into(),
        LooksAt::Backup { .. } => backup_of(&check),
    };
    let (looked, outcome) = match &check.ended {
        None => (
            view! { <span class="muted">"Not yet"</span> }.into_any(),
            view! { <span class="muted">"Planned"</span> }.into_any(),
        ),
        Some((at, outcome)) => (view! { <Moment at=*at /> }.into_any(), seen(outcome, &check)),
    };
    view! {
        <tr>
            <th scope="row">
                <Moment at=check.due_at />
            </th>
            <td data-label="Looks at">{what}</td>
            <td data-label="Looked at">{looked}</td>
            <td data-label="What was seen">{outcome}</td>
        </tr>
    }
}

/// The backup that a look is for, as the inventory names it.
pub(super) fn backup_of(check: &LaterCheck) -> String {
    match &check.looks_at {
        LooksAt::Backup { dataset } => format!("Backup {dataset}"),
        LooksAt::Records => String::new(),
    }
}

fn seen(outcome: &Outcome, check: &LaterCheck) -> AnyView {
    let unsure = check
        .looks
        .iter()
        .filter(|look| look.verdict != Verdict::Absent)
        .count() as u64;
    let unsure = (unsure > 0).then(|| {
        format!(
            "; {} cannot be told",
            text::counted(unsure, "dataset", "datasets")
        )
    });
    let looked_up: u64 = check.looks.iter().map(|look| look.looked_up).sum();
    match outcome {
        Outcome::Clean => {
            let more = (!check.looks.is_empty()).then(|| {
                format!(
                    " {} in {}",
                    text::counted(looked_up, "id looked up", "ids looked up"),
                    text::counted(check.looks.len() as u64, "dataset", "datasets")
                )
            });
            view! {
                <Tag state="absent" words="Nothing" />
                {more}
                {unsure}
            }
            .into_any()
        }
        Outcome::SeenAgain => view! { <Tag state="residue" words="Records" /> }.into_any(),
        Outcome::RunOut => view! { <Tag state="absent" words="Run out" /> }.into_any(),
        Outcome::NotYet { on } => {
            let words = format!("Kept until {}", text::day(*on));
            view! { <Tag state="expires_on" words /> }.into_any()
        }
        Outcome::NotNeeded { why } => format!("Not needed: {why}").into_any(),
    }
}
