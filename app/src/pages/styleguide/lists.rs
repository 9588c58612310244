//! Filters, a table, pages, facts and tasks.

use leptos::prelude::*;

use crate::components::{
    Day, DueDay, Fact, Facts, Filter, Filters, Moment, Pagination, SortLink, Table, Tag,
};

/// Them.
#[component]
pub fn Lists() -> impl IntoView {
    let engine = crate::api::ssr::engine();
    let now = engine.now();
    let today = now.date();
    let away = move |days| domain::time::days_later(today, days).unwrap_or(today);
    let options = vec![
        ("a".to_owned(), "One".to_owned()),
        ("b".to_owned(), "Another".to_owned()),
    ];
    let filters = vec![
        Filter::Text("text", "Text"),
        Filter::One("one", "One of", options),
        Filter::Day("day", "Day"),
    ];
    let long = "a-name-that-is-very-long-and-has-no-space-in-it-so-that-it-must-wrap-somewhere-all-the-same";
    view! {
        <section class="stack" id="lists">
            <h2>"Lists"</h2>
            <Filters filters />
            <Table caption="A table with its caption" captioned=true>
                <thead>
                    <tr>
                        <SortLink by="name" sorted="name">
                            "Name"
                        </SortLink>
                        <th scope="col">"State"</th>
                        <th scope="col">"Due"</th>
                        <th scope="col" class="number">
                            "Records"
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <th scope="row">"In time"</th>
                        <td>
                            <Tag state="erasing" />
                        </td>
                        <td>
                            <DueDay on=away(20) />
                        </td>
                        <td class="number">"12 345"</td>
                    </tr>
                    <tr>
                        <th scope="row">{long}</th>
                        <td>
                            <Tag state="on_hold" />
                        </td>
                        <td>
                            <DueDay on=away(3) />
                        </td>
                        <td class="number">"7"</td>
                    </tr>
                    <tr>
                        <th scope="row">"Late"</th>
                        <td>
                            <Tag state="overdue" />
                        </td>
                        <td>
                            <DueDay on=away(-2) />
                        </td>
                        <td class="number">"0"</td>
                    </tr>
                </tbody>
            </Table>
            <Pagination next=Some("1".into()) />
            <section class="panel">
                <h3>"Facts"</h3>
                <Facts>
                    <Fact term="A moment">
                        <Moment at=now />
                    </Fact>
                    <Fact term="A day">
                        <Day on=today />
                    </Fact>
                    <Fact term="A digest">
                        <code>{domain::digest::Digest::of(b"a").to_string()}</code>
                    </Fact>
                </Facts>
            </section>
            <ul class="tasks">
                <li class="task">
                    <div>
                        <p class="task-what">
                            <a href="#lists">"Something to be done"</a>
                        </p>
                        <p class="task-more">"Since yesterday"</p>
                    </div>
                    <DueDay on=away(1) />
                </li>
            </ul>
        </section>
    }
}
