//! The tokens of a person, with a way to revoke each.

use domain::people::PersonalToken;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Form, Hidden, Moment, Submit, Table, Tag};

/// The list. `action` revokes one.
#[component]
pub fn Tokens(
    /// Which.
    tokens: Vec<PersonalToken>,
    /// Where revoking posts to.
    action: &'static str,
    /// Whose, where they are not one's own.
    #[prop(optional, into)]
    person: String,
) -> impl IntoView {
    if tokens.is_empty() {
        return view! { <p class="muted">"There are none. A token lets a program act in place of its person, as far as its scopes go."</p> }
            .into_any();
    }
    let now = ssr::engine().now();
    let rows: Vec<_> = tokens
        .into_iter()
        .map(|token| {
            let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.word()).collect();
            let state = if token.expires_at > now { "active" } else { "ended" };
            let used = match token.last_used_at {
                Some(at) => view! { <Moment at /> }.into_any(),
                None => view! { <span class="muted">"Never"</span> }.into_any(),
            };
            let whose = (!person.is_empty()).then(|| view! { <Hidden name="person" value=person.clone() /> });
            let label = token.label.clone();
            view! {
                <tr>
                    <th scope="row">{token.label}</th>
                    <td data-label="Opens">{scopes.join(", ")}</td>
                    <td data-label="State">
                        <Tag state />
                        " until "
                        <Moment at=token.expires_at />
                    </td>
                    <td data-label="Last used">{used}</td>
                    <td data-label="What you can do">
                        <Form action=action class="inline">
                            {whose} <Hidden name="token" value=token.digest.to_string() /> <Submit tone="secondary">
                                "Revoke"
                                <span class="visually-hidden">{format!(" {label}")}</span>
                            </Submit>
                        </Form>
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table stacked=true caption="Tokens">
            <thead>
                <tr>
                    <th scope="col">"For"</th>
                    <th scope="col">"Opens"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Last used"</th>
                    <th scope="col">"What you can do"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
