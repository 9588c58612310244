//! All people.

use leptos::prelude::*;

use super::words;
use crate::api::ssr;
use crate::components::{Moment, PageHead, Table, Tag, load};
use crate::routes::{self, one};

/// The list.
#[component]
pub fn List() -> impl IntoView {
    load(
        async {
            let (engine, actor) = ssr::caller()?;
            Ok(engine.people(&actor).await?)
        },
        |people| {
            let rows: Vec<_> = people
                .into_iter()
                .map(|person| {
                    let roles: Vec<_> = person.roles.iter().map(|role| role.title()).collect();
                    let state = words::state(&person);
                    view! {
                        <tr>
                            <th scope="row">
                                <a href=one(routes::PEOPLE, person.id)>{person.name}</a>
                            </th>
                            <td data-label="E-mail address">{person.email}</td>
                            <td data-label="Roles">{roles.join(", ")}</td>
                            <td data-label="State">
                                <Tag state />
                            </td>
                            <td data-label="Since">
                                <Moment at=person.created_at />
                            </td>
                        </tr>
                    }
                })
                .collect();
            view! {
                <PageHead title="People" lead="Everybody with an account, and what they are trusted with.">
                    <a class="button" data-tone="primary" href="/people/invite">
                        "Invite a person"
                    </a>
                </PageHead>
                <Table stacked=true caption="People">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"E-mail address"</th>
                            <th scope="col">"Roles"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Since"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
        },
    )
}
