//! Every system that keeps data of tenants.

use domain::actor::Permission;
use domain::inventory::{InventoryVersion, System};
use domain::switches::Switches;
use engine::Error;
use engine::reading::inventory::Coverage;
use leptos::prelude::*;

use super::coverage::Covered;
use super::pause::PauseEverything;
use super::words;
use crate::api::inventory::WHAT;
use crate::api::ssr;
use crate::components::{Day, Empty, Filter, Filters, Moment, PageHead, Table, Tag, load};
use crate::error::AppError;
use crate::pages::holds::words::may;
use crate::routes;
use crate::text;
use crate::visit::Visit;

/// All versions.
pub const VERSIONS: &str = "/inventory/versions";

/// What the page is drawn from.
type Found = (Option<(InventoryVersion, Coverage)>, Switches);

/// The list.
#[component]
pub fn List() -> impl IntoView {
    load(found(), |(inventory, switches)| {
        let connect = may(Permission::ManageInventory).then(|| {
            view! {
                <a class="button" data-tone="primary" href=WHAT>
                    "Connect a system"
                </a>
            }
        });
        let body = match inventory {
            None => view! {
                <Empty title="No system is connected yet">
                    <p>
                        "The inventory names every system that keeps data of tenants: databases, files, caches, \
                         backups, and partners. Nothing can be certified that is not in it."
                    </p>
                </Empty>
            }
            .into_any(),
            Some((version, coverage)) => full(version, coverage, &switches),
        };
        view! {
            <PageHead
                title="Inventory"
                lead="Every system that keeps data of tenants. Erasure and verification work from this list, and a certificate covers all of it."
            >
                <a class="button" data-tone="secondary" href=VERSIONS>
                    "Versions"
                </a>
                <a class="button" data-tone="secondary" href=routes::RESTORES>
                    "Restored systems"
                </a>
                {connect}
            </PageHead>
            <div class="stack">
                <PauseEverything paused=switches.all />
                {body}
            </div>
        }
    })
}

async fn found() -> Result<Found, AppError> {
    let (engine, actor) = ssr::caller()?;
    let switches = engine.switches(&actor).await?;
    match engine.inventory(&actor).await {
        Ok(version) => Ok((
            Some((version, engine.inventory_coverage(&actor).await?)),
            switches,
        )),
        Err(Error::NotFound(_)) => Ok((None, switches)),
        Err(error) => Err(error.into()),
    }
}

fn full(version: InventoryVersion, coverage: Coverage, switches: &Switches) -> AnyView {
    let visit = ssr::visit();
    let audited = version.audited_on.map_or_else(
        || view! { "No audit of it is on record." }.into_any(),
        |on| view! { "It was last audited on " <Day on /> "." }.into_any(),
    );
    let number = version.number;
    let rows: Vec<_> = version
        .systems
        .into_iter()
        .filter(|system| wanted(system, &visit))
        .map(|system| row(system, switches))
        .collect();
    view! {
        <p>
            <a href=routes::one(VERSIONS, number)>{format!("Version {number}")}</a>
            " is in force since " <Moment at=version.created_at /> ". " {audited}
        </p>
        <div>
            <Filters filters=filters() />
            {table(rows)}
        </div>
        <div class="halves">
            <Covered coverage />
        </div>
    }
    .into_any()
}

fn filters() -> Vec<Filter> {
    let handlings = [
        ("erase", "Erased"),
        ("expire", "Run out"),
        ("attest", "Attested"),
        ("paused", "Paused"),
    ];
    let handlings = handlings.map(|(value, words)| (value.to_owned(), words.to_owned()));
    vec![
        Filter::Text("text", "Name, owner, kind or category"),
        Filter::One("handling", "Handling", handlings.into()),
    ]
}

/// The filters let it through.
fn wanted(system: &System, visit: &Visit) -> bool {
    let text = visit.query("text").map(|text| text.trim().to_lowercase());
    let named = text.is_none_or(|text| {
        let categories = system.categories();
        let texts = [
            system.name.as_str(),
            &system.title,
            &system.owner,
            &system.kind,
            &system.location,
        ];
        let all = texts.into_iter().chain(categories.iter().map(String::as_str));
        all.into_iter().any(|one| one.to_lowercase().contains(&text))
    });
    let handled = visit
        .query("handling")
        .is_none_or(|word| word == "paused" || word == system.handling.word());
    named && handled
}

fn row(system: System, switches: &Switches) -> Option<impl IntoView + use<>> {
    let paused = switches.all.is_some() || switches.systems.contains_key(&system.name);
    if !paused && ssr::visit().query("handling") == Some("paused") {
        return None;
    }
    let processor = system
        .processor
        .map(|processor| view! { <p class="small muted">"Run by " {processor}</p> });
    Some(view! {
        <tr>
            <th scope="row">
                <a href=routes::one(routes::INVENTORY, &system.name)>{system.title}</a>
                <p class="small muted">
                    <code>{system.name.to_string()}</code>
                </p>
            </th>
            <td data-label="Kind">{words::kind_of(&system.kind)}</td>
            <td data-label="Owner">{system.owner}{processor}</td>
            <td data-label="Location">{system.location}</td>
            <td data-label="Handling">
                <Tag state=system.handling.word() />
                {paused.then(|| view! { " " <Tag state="paused" /> })}
            </td>
            <td data-label="Datasets" class="number">{text::count(system.datasets.len() as u64)}</td>
        </tr>
    })
}

fn table(rows: Vec<Option<impl IntoView + 'static>>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().flatten().collect();
    if rows.is_empty() {
        return view! {
            <Empty title="No system matches">
                <p>"Please clear the filters to see all of them."</p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <Table stacked=true caption="Systems">
            <thead>
                <tr>
                    <th scope="col">"System"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Owner"</th>
                    <th scope="col">"Location"</th>
                    <th scope="col">"Handling"</th>
                    <th scope="col" class="number">
                        "Datasets"
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
