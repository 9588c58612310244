//! What a hold stops: chunks in flight, requests that wait.

use engine::reading::holds::{ChunkSeen, HoldFile};
use leptos::prelude::*;

use crate::components::{Empty, Moment, Table};
use crate::routes;
use crate::text;

/// The chunks that were authorised before a hold was placed.
pub(super) fn chunks(chunks: Vec<ChunkSeen>) -> AnyView {
    let rows: Vec<_> = chunks
        .into_iter()
        .map(|chunk| {
            let id = chunk.request.to_string();
            view! {
                <tr>
                    <th scope="row">
                        <a href=routes::one(routes::REQUESTS, &id)>
                            <code title=id.clone()>{text::tail(&id)}</code>
                        </a>
                    </th>
                    <td>{chunk.tenant.to_string()}</td>
                    <td>{chunk.dataset.to_string()}</td>
                    <td>
                        <Moment at=chunk.authorised_at />
                    </td>
                    <td>
                        <Moment at=chunk.expires_at />
                    </td>
                </tr>
            }
        })
        .collect();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <Table caption="Chunks in flight">
                <thead>
                    <tr>
                        <th scope="col">"Request"</th>
                        <th scope="col">"Tenant"</th>
                        <th scope="col">"Dataset"</th>
                        <th scope="col">"Authorised"</th>
                        <th scope="col">"Over at the latest"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    });
    view! {
        <section>
            <h2>"Chunks in flight"</h2>
            <p>
                "These were authorised before the hold was placed, and cannot be called back. What each of them did is \
                 written in the log when it reports."
            </p>
            {table.map_or_else(
                || view! { <p class="muted">"None is left: the hold reads \u{201c}In force\u{201d} in a moment."</p> }.into_any(),
                IntoAny::into_any,
            )}
        </section>
    }
    .into_any()
}

/// The requests that wait for a hold.
#[component]
pub(super) fn Stops(file: HoldFile) -> impl IntoView {
    let rows: Vec<_> = file
        .stops
        .iter()
        .map(|request| {
            let id = request.to_string();
            view! {
                <li>
                    <a href=routes::one(routes::REQUESTS, &id)>"Request " <code title=id.clone()>{text::tail(&id)}</code></a>
                </li>
            }
        })
        .collect();
    let shown = match rows.is_empty() {
        true => view! {
            <Empty title="No request waits for it now">
                <p>
                    "A request that it covers wholly waits here, and resumes by itself once the last hold is released. \
                     Where it covers only a part, the rest goes on and the certificate names what was kept."
                </p>
            </Empty>
        }
        .into_any(),
        false => view! { <ul>{rows}</ul> }.into_any(),
    };
    view! {
        <section>
            <h2>"Requests that wait for it"</h2>
            {shown}
        </section>
    }
}
