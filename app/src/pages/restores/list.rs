//! All restored systems that were searched, the newest first.

use domain::replay::Replay;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Empty, Moment, PageHead, Table, Tag, load};
use crate::error::AppError;
use crate::routes::{self, one};

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.replays(&actor).await?)
    };
    load(loading, |replays| {
        view! {
            <PageHead
                title="Restored systems"
                back=(routes::INVENTORY, "Inventory")
                lead="A backup that is restored brings back what was erased since. Each restored system is searched, and what is found is erased again before it is used."
            />
            {rows(replays)}
        }
    })
}

fn rows(replays: Vec<Replay>) -> AnyView {
    if replays.is_empty() {
        return view! {
            <Empty title="No system was restored yet">
                <p>
                    "When one is, open it in the " <a href=routes::INVENTORY>"inventory"</a>
                    " and say that it was restored from a backup. On the command line: "
                    <code>"lethe replay --system NAME --why TEXT"</code> "."
                </p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = replays.into_iter().map(row).collect();
    view! {
        <Table stacked=true caption="Restored systems">
            <thead>
                <tr>
                    <th scope="col">"System"</th>
                    <th scope="col">"What was restored"</th>
                    <th scope="col">"Asked"</th>
                    <th scope="col">"Found again"</th>
                    <th scope="col">"State"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn row(replay: Replay) -> impl IntoView {
    let found = match &replay.seen {
        Some(seen) => seen.found.len().to_string(),
        None => "\u{2013}".to_owned(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=one(routes::RESTORES, replay.id)>{replay.system.to_string()}</a>
            </th>
            <td data-label="What was restored">{replay.why.clone()}</td>
            <td data-label="Asked">
                <Moment at=replay.asked_at />
            </td>
            <td data-label="Found again">{found}</td>
            <td data-label="State">
                <Tag state=replay.state().word() />
            </td>
        </tr>
    }
}
