//! All versions of the inventory.

use engine::reading::inventory::VersionSeen;
use leptos::prelude::*;

use super::super::list::VERSIONS;
use crate::api::ssr;
use crate::components::{Empty, Moment, PageHead, Table, load};
use crate::error::AppError;
use crate::routes;
use crate::text;

/// The list, the newest first.
#[component]
pub fn Versions() -> impl IntoView {
    let loading = async {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.inventory_versions(&actor).await?)
    };
    load(loading, |versions| {
        view! {
            <PageHead
                title="Versions of the inventory"
                back=(routes::INVENTORY, "Inventory")
                lead="Every change makes a new version. A plan freezes one, and its certificate names the number and the SHA-256."
            />
            {rows(versions)}
        }
    })
}

fn rows(versions: Vec<VersionSeen>) -> AnyView {
    if versions.is_empty() {
        return view! {
            <Empty title="There is no version yet">
                <p>"The first one appears when the first system is connected."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = versions
        .into_iter()
        .map(|version| {
            let digest = version.digest.to_string();
            view! {
                <tr>
                    <th scope="row">
                        <a href=routes::one(VERSIONS, version.number)>{format!("Version {}", version.number)}</a>
                    </th>
                    <td data-label="In force since">
                        <Moment at=version.created_at />
                    </td>
                    <td data-label="SHA-256">
                        <code title=digest.clone()>{text::short(&digest)}</code>
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table stacked=true caption="Versions">
            <thead>
                <tr>
                    <th scope="col">"Version"</th>
                    <th scope="col">"In force since"</th>
                    <th scope="col">"SHA-256"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
