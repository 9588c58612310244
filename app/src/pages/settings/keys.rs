//! The keys that sign, by name and date.

use engine::reading::keys::{KeySeen, KeysSeen};
use leptos::prelude::*;

use crate::components::{Command, Fact, Facts, Moment, Table, Tag};

/// Document keys and the log's key.
#[component]
pub fn KeysPart(
    /// Absent where this process does not sign.
    keys: Option<KeysSeen>,
) -> impl IntoView {
    let shown = match keys {
        None => view! {
            <p class="muted">
                "This process does not sign, so it holds no signing keys. The public ones are published by the process that does."
            </p>
        }
        .into_any(),
        Some(keys) => view! {
            <p>
                "A key never signs after its last day; it is replaced before, with: "
                <code>"lethe keys rotate"</code>
                ". Retired keys stay published, so that old certificates can be checked."
            </p>
            <Table stacked=true caption="Document keys">
                <thead>
                    <tr>
                        <th scope="col">"Document key"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Signs from"</th>
                        <th scope="col">"Until"</th>
                    </tr>
                </thead>
                <tbody>{keys.document.into_iter().map(row).collect::<Vec<_>>()}</tbody>
            </Table>
            <Facts>
                <Fact term="Name of the log">
                    <code>{keys.log_origin}</code>
                </Fact>
            </Facts>
            <p class="muted small">"The log's verifier key, for tools that check the log:"</p>
            <Command label="Verifier key of the log" text=keys.log_key />
        }
        .into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="keys">
            <h2 id="keys">"Keys"</h2>
            <div class="stack">{shown}</div>
        </section>
    }
}

fn row(key: KeySeen) -> impl IntoView {
    let (state, words) = match key.present {
        true => ("active", "Signs now"),
        false => ("ended", "Does not sign"),
    };
    view! {
        <tr>
            <th scope="row">
                <code>{key.id}</code>
            </th>
            <td data-label="State">
                <Tag state words />
            </td>
            <td data-label="Signs from">{moment(key.not_before)}</td>
            <td data-label="Until">{moment(key.not_after)}</td>
        </tr>
    }
}

fn moment(at: Option<domain::time::Timestamp>) -> AnyView {
    match at {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => view! { <span class="muted">"No limit"</span> }.into_any(),
    }
}
