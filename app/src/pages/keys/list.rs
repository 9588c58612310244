//! Every key with its kind, dates and state, and who may replace it.

use domain::key::{KeyKind, KeyState};
use engine::reading::keys::{KeySeen, KeysSeen};
use leptos::prelude::*;

use super::words;
use crate::api::ssr;
use crate::components::{Command, Empty, Fact, Facts, Moment, PageHead, Table, Tag, load};
use crate::error::AppError;
use crate::routes;

/// The page.
#[component]
pub fn List() -> impl IntoView {
    let loading = async {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.signing_keys(&actor).await?)
    };
    load(loading, |keys| {
        let shown = match keys {
            None => words::elsewhere().into_any(),
            Some(keys) => all(&keys).into_any(),
        };
        view! {
            <PageHead
                title="Keys"
                back=(routes::SETTINGS, "Settings")
                lead="A key never signs after its last day. Who used to sign stays published, so that old certificates can be checked."
            />
            <div class="stack">{shown}</div>
        }
    })
}

fn all(keys: &KeysSeen) -> impl IntoView + use<> {
    let kinds: Vec<_> = KeyKind::ALL.into_iter().map(|kind| of_kind(keys, kind)).collect();
    let (origin, log_key) = (keys.log_origin.clone(), keys.log_key.clone());
    let who = match keys.may_rotate {
        true => "You replace keys here, or with the command lethe keys rotate.",
        false => "An administrator replaces keys, here or with the command lethe keys rotate.",
    };
    view! {
        <p>{who}</p>
        {kinds}
        <section class="panel" aria-labelledby="the-log">
            <h2 id="the-log">"The log"</h2>
            <Facts>
                <Fact term="Name of the log">
                    <code>{origin}</code>
                </Fact>
            </Facts>
            <p class="muted small">"Its verifier key, for tools that check the log:"</p>
            <Command label="Verifier key of the log" text=log_key />
        </section>
    }
}

fn of_kind(keys: &KeysSeen, kind: KeyKind) -> impl IntoView + use<> {
    let may = keys.may_rotate;
    let rows: Vec<_> = keys.of(kind).map(|seen| row(seen, may)).collect();
    let table = match rows.is_empty() {
        true => view! {
            <Empty title="There is none.">
                <p>"By the settings, nothing is signed with such a key."</p>
            </Empty>
        }
        .into_any(),
        false => view! {
            <Table stacked=true caption=words::title(kind)>
                <thead>
                    <tr>
                        <th scope="col">"Key"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Signs from"</th>
                        <th scope="col">"Until"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any(),
    };
    let id = format!("keys-{kind}");
    let heading = id.clone();
    let replace = may.then(|| {
        view! {
            <p>
                <a class="button" data-tone="secondary" href=routes::one(routes::ROTATE, kind)>
                    {words::replace(kind)}
                </a>
            </p>
        }
    });
    view! {
        <section aria-labelledby=id>
            <h2 id=heading>{words::title(kind)}</h2>
            <p class="muted">{words::purpose(kind)}</p>
            {table}
            {replace}
        </section>
    }
}

fn row(seen: &KeySeen, may_mark: bool) -> impl IntoView + use<> {
    let (state, says) = words::state(seen.state, seen.ends_within);
    let key = seen.key.clone();
    let until = key.retired_at.unwrap_or(key.not_after).min(key.not_after);
    let mark = key.compromise.map(|mark| {
        let since = match mark.since {
            Some(at) => view! {
                "Since "
                <Moment at />
            }
            .into_any(),
            None => view! { "Nobody knows since when" }.into_any(),
        };
        view! {
            <p class="small">{since} ": " {mark.reason}</p>
        }
    });
    let markable = may_mark && seen.state != KeyState::Compromised;
    let href = format!("{}?key={}", routes::COMPROMISED, key.id);
    view! {
        <tr>
            <th scope="row">
                <code>{key.id}</code>
                {markable.then(|| view! { <p class="small"><a href=href>"Mark as compromised"</a></p> })}
            </th>
            <td data-label="State">
                <Tag state words=says />
                {mark}
            </td>
            <td data-label="Signs from">
                <Moment at=key.signs_from />
            </td>
            <td data-label="Until">
                <Moment at=until />
            </td>
        </tr>
    }
}
