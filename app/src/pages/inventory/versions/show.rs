//! One version of the inventory, and what changed since the one before.

use domain::inventory::{InventoryVersion, SystemName};
use engine::reading::inventory::{FieldChange, InventoryDiff, SystemChange};
use leptos::prelude::*;

use super::super::list::VERSIONS;
use super::super::words;
use crate::api::{requests, ssr};
use crate::components::{Day, Empty, Fact, Facts, Moment, PageHead, Table, Tag, load};
use crate::error::AppError;

/// Its changes and its systems.
#[component]
pub fn Show() -> impl IntoView {
    load(found(), |(version, diff)| {
        let changes = diff.map_or_else(|| view! { <p>"It is the first version."</p> }.into_any(), changes);
        let audited = version.audited_on.map(|on| {
            view! {
                <Fact term="Last audited">
                    <Day on />
                </Fact>
            }
        });
        view! {
            <PageHead
                title=format!("Inventory, version {}", version.number)
                back=(VERSIONS, "Versions")
            />
            <div class="stack">
                <section class="panel">
                    <Facts>
                        <Fact term="In force since">
                            <Moment at=version.created_at />
                        </Fact>
                        <Fact term="SHA-256">
                            <code>{version.digest.to_string()}</code>
                        </Fact>
                        {audited}
                    </Facts>
                </section>
                <section class="stack">
                    <h2>"What changed"</h2>
                    {changes}
                </section>
                <section>
                    <h2>"Its systems"</h2>
                    {systems(version)}
                </section>
            </div>
        }
    })
}

async fn found() -> Result<(InventoryVersion, Option<InventoryDiff>), AppError> {
    let (engine, actor) = ssr::caller()?;
    let number: i64 = requests::id(ssr::visit().param("number"))?;
    let version = engine.inventory_version(&actor, number).await?;
    let diff = match number {
        ..=1 => None,
        _ => Some(engine.inventory_diff(&actor, number - 1, number).await?),
    };
    Ok((version, diff))
}

fn changes(diff: InventoryDiff) -> AnyView {
    let nothing = diff.added.is_empty() && diff.removed.is_empty() && diff.changed.is_empty();
    if nothing {
        return view! {
            <Empty title="Nothing that is shown here">
                <p>"The systems are the same as in the version before."</p>
            </Empty>
        }
        .into_any();
    }
    let whole = |names: Vec<SystemName>, state: &'static str, words: &'static str| {
        let cards = names.into_iter().map(move |name| {
            view! {
                <article class="panel">
                    <div class="panel-head">
                        <h3>{name.to_string()}</h3>
                        <Tag state=state words=words />
                    </div>
                </article>
            }
        });
        cards.collect_view()
    };
    let changed: Vec<_> = diff.changed.into_iter().map(changed).collect();
    view! {
        {whole(diff.added, "active", "Connected")}
        {whole(diff.removed, "ended", "Retired")}
        {changed}
    }
    .into_any()
}

fn changed(change: SystemChange) -> impl IntoView {
    let line = |words: String| view! { <li>{words}</li> };
    let own = change.fields.iter().map(words::change).map(line).collect_view();
    let added = change
        .added
        .iter()
        .map(|name| line(format!("Dataset {name} is new.")))
        .collect_view();
    let removed = change
        .removed
        .iter()
        .map(|name| line(format!("Dataset {name} is no longer there.")))
        .collect_view();
    let inside: Vec<_> = change.datasets.into_iter().map(inside).collect();
    view! {
        <article class="panel">
            <div class="panel-head">
                <h3>{change.system.to_string()}</h3>
                <Tag state="corrected" words="Changed" />
            </div>
            <ul>{own}{added}{removed}{inside}</ul>
        </article>
    }
}

fn inside((name, fields): (SystemName, Vec<FieldChange>)) -> impl IntoView {
    let rows = fields
        .iter()
        .map(|field| view! { <li>{words::change(field)}</li> })
        .collect_view();
    view! {
        <li>
            {format!("Dataset {name}:")}
            <ul>{rows}</ul>
        </li>
    }
}

fn systems(version: InventoryVersion) -> impl IntoView {
    let rows: Vec<_> = version
        .systems
        .into_iter()
        .map(|system| {
            let names: Vec<&str> = system
                .datasets
                .iter()
                .map(|dataset| dataset.name.as_str())
                .collect();
            let names = names.join(", ");
            view! {
                <tr>
                    <th scope="row">
                        {system.title} <p class="small muted">
                            <code>{system.name.to_string()}</code>
                        </p>
                    </th>
                    <td data-label="Kind">{words::kind_of(&system.kind)}</td>
                    <td data-label="Handling">
                        <Tag state=system.handling.word() />
                    </td>
                    <td data-label="Datasets">{names}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table stacked=true caption=format!("Systems of version {}", version.number)>
            <thead>
                <tr>
                    <th scope="col">"System"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Handling"</th>
                    <th scope="col">"Datasets"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
