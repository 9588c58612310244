//! Marking a key that somebody else may have had: what it signed, what happens, and the mark itself.

use domain::key::{KeyKind, KeyState};
use engine::keys::AtStake;
use engine::reading::keys::KeysSeen;
use leptos::either::Either;
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::keys::MarkKeyCompromised;
use crate::api::ssr;
use crate::components::{
    Consequence, Consequences, Empty, Form, Hidden, Moment, PageHead, Submit, Table, Tag, TextArea,
    TextField, load,
};
use crate::error::AppError;
use crate::routes::{self, one};
use crate::text;

/// So many characters of a key's name are typed to confirm.
const TYPED: usize = 8;

/// The page.
#[component]
pub fn Compromised() -> impl IntoView {
    let key = ssr::visit().query("key").map(str::to_owned);
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(match key {
            Some(key) => Either::Left(engine.at_stake(&actor, &key).await?),
            None => Either::Right(engine.signing_keys(&actor).await?),
        })
    };
    load(loading, |found| {
        let shown = match found {
            Either::Left(stake) => mark(&stake).into_any(),
            Either::Right(None) => words::elsewhere().into_any(),
            Either::Right(Some(keys)) => choose(&keys).into_any(),
        };
        view! {
            <PageHead
                title="A key is compromised"
                back=(routes::KEYS, "Keys")
                lead="Somebody else has, or may have, its private half. Act now; the mark cannot be taken back."
            />
            <div class="stack">{shown}</div>
        }
    })
}

/// Which key it is about.
fn choose(keys: &KeysSeen) -> impl IntoView + use<> {
    let rows: Vec<_> = KeyKind::ALL
        .into_iter()
        .flat_map(|kind| keys.of(kind))
        .filter(|seen| seen.state != KeyState::Compromised)
        .map(|seen| {
            let (state, says) = words::state(seen.state, seen.ends_within);
            let href = format!("{}?key={}", routes::COMPROMISED, seen.key.id);
            let (title, id) = (words::title(seen.key.kind), seen.key.id.clone());
            view! {
                <li class="task">
                    <p class="task-what">
                        <a href=href>{title} " " <code>{id}</code></a>
                    </p>
                    <Tag state words=says />
                </li>
            }
        })
        .collect();
    view! {
        <section aria-labelledby="which">
            <h2 id="which">"Which key is it?"</h2>
            <ul class="tasks">{rows}</ul>
        </section>
    }
}

fn mark(stake: &AtStake) -> impl IntoView + use<> {
    let (id, kind) = (stake.key.id.clone(), words::title(stake.key.kind));
    let word: String = id.chars().take(TYPED).collect();
    view! {
        <p>{kind} " " <code>{id.clone()}</code> ", which signed from " <Moment at=stake.key.signs_from /> "."</p>
        <Consequences title="What the mark does" list=consequences(stake) />
        <Form action=MarkKeyCompromised::PATH>
            <Hidden name="key" value=id />
            <Hidden name="expected" value=word.clone() />
            <TextField
                name="since"
                label="Since when"
                hint="The first day on which somebody else may have had it, or empty where nobody knows"
                kind="date"
                width="short"
                optional=true
            />
            <TextArea
                name="reason"
                label="Why is it thought so?"
                hint="It stands in the log and on the page of keys. Name nobody."
                rows=3
            />
            <TextField
                name="typed"
                label=format!("Type {word} to confirm that you mean this key")
                hint="How its name begins"
                width="medium"
            />
            <Submit tone="danger">"Mark the key as compromised"</Submit>
        </Form>
        {(stake.key.kind == KeyKind::Document).then(|| signed(stake))}
    }
}

fn consequences(stake: &AtStake) -> Vec<Consequence> {
    let gone = Consequence::new(
        "1",
        "key never signs again: its private half is destroyed, and another takes its place at once",
    );
    let told = Consequence::new(
        "All",
        "who check are told: what we publish, and the status list, carry the mark",
    );
    let more = match stake.key.kind {
        KeyKind::Document => Consequence::new(
            text::count(stake.certificates.len() as u64),
            "certificates that it signed and that stand are attested again under the new key",
        ),
        KeyKind::Log => Consequence::new(
            "Ask",
            "witnesses and auditors to compare the last checkpoint that they hold with the log",
        ),
        KeyKind::Seal => Consequence::new(
            "Tell",
            "those who rely on the seal alone: a viewer that fetches no list still accepts it",
        ),
        KeyKind::Root => Consequence::new(
            "All",
            "seals under it are marked with it. Send the new ca.pem to everybody who trusts this root: nothing else makes a viewer stop",
        ),
    };
    vec![gone, more, told]
}

fn signed(stake: &AtStake) -> impl IntoView + use<> {
    let rows: Vec<_> = stake
        .certificates
        .iter()
        .map(|signed| {
            let (href, code) = (one(routes::CERTIFICATES, signed.id), signed.code.clone());
            let (state, at) = (signed.state.clone(), signed.signed_at);
            view! {
                <tr>
                    <th scope="row">
                        <a href=href>{code}</a>
                    </th>
                    <td data-label="State">
                        <Tag state />
                    </td>
                    <td data-label="Signed">
                        <Moment at />
                    </td>
                </tr>
            }
        })
        .collect();
    let list = match rows.is_empty() {
        true => view! {
            <Empty title="It signed no certificate that stands.">
                <p>"Nothing has to be attested again."</p>
            </Empty>
        }
        .into_any(),
        false => view! {
            <Table stacked=true caption="Certificates that it signed">
                <thead>
                    <tr>
                        <th scope="col">"Certificate"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Signed"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="signed">
            <h2 id="signed">"Certificates that it signed and that stand"</h2>
            {list}
        </section>
    }
}
