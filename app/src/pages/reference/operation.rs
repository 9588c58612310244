//! One operation: what it does, what it takes, what it answers.

use leptos::prelude::*;

use crate::api::reference::{Field, Operation};
use crate::components::Table;

/// An operation.
#[component]
pub(super) fn OperationPart(operation: Operation, host: String) -> impl IntoView {
    let (id, labelled_by) = (operation.id.clone(), operation.id.clone());
    let scopes = operation.scopes.join(" or ");
    let curl = curl(&operation, &host);
    let answers: Vec<_> = operation
        .answers
        .into_iter()
        .map(|(status, about)| {
            let status = if status == "default" {
                "otherwise".to_owned()
            } else {
                status
            };
            view! {
                <dt>
                    <code>{status}</code>
                </dt>
                <dd>{about}</dd>
            }
        })
        .collect();
    view! {
        <article class="operation" aria-labelledby=labelled_by>
            <h3 id=id>
                <span class="operation-method" data-method=operation.method>
                    {operation.method}
                </span>
                " "
                <code>{operation.path}</code>
            </h3>
            <p>{operation.summary}</p>
            <p class="operation-scope">"Scope: " <code>{scopes}</code></p>
            <Fields caption="Parameters" fields=operation.parameters />
            <Fields caption="Body" fields=operation.body />
            <h4>"Answers"</h4>
            <dl class="operation-answers">{answers}</dl>
            <Fields caption="Fields of the answer" fields=operation.answer folded=true />
            <div class="command">
                <pre tabindex="0" aria-label="An example with curl">
                    <code>{curl}</code>
                </pre>
            </div>
        </article>
    }
}

#[component]
fn Fields(caption: &'static str, fields: Vec<Field>, #[prop(optional)] folded: bool) -> impl IntoView {
    if fields.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = fields
        .into_iter()
        .map(|field| {
            let place = (!field.place.is_empty()).then(|| format!(", in the {}", field.place));
            let need = if field.required { ", needed" } else { "" };
            view! {
                <tr>
                    <th scope="row">
                        <code>{field.name}</code>
                    </th>
                    <td>{field.kind} {place} {need}</td>
                    <td>{field.about}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <Table caption=caption>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"What it is"</th>
                    <th scope="col">"Meaning"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    };
    match folded {
        true => view! {
            <details>
                <summary>{caption}</summary>
                {table}
            </details>
        }
        .into_any(),
        false => view! {
            <h4>{caption}</h4>
            {table}
        }
        .into_any(),
    }
}

/// How to call it from a shell. Placeholders stay for the reader to fill in.
fn curl(operation: &Operation, host: &str) -> String {
    let mut lines = vec![
        format!("curl '{host}{}'", operation.path),
        "  -H \"Authorization: Bearer $LETHE_TOKEN\"".to_owned(),
    ];
    if operation.method == "POST" {
        lines.push("  -H \"Idempotency-Key: $(uuidgen)\"".to_owned());
    }
    match &operation.example {
        Some(example) => {
            lines.push("  -H 'Content-Type: application/json'".to_owned());
            lines.push(format!("  -d '{}'", example.replace('\'', "'\\''")));
        }
        None if operation.method == "POST" => lines.push("  -X POST".to_owned()),
        None => {}
    }
    lines.join(" \\\n")
}
