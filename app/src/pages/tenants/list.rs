//! All tenants.

use domain::actor::Permission;
use domain::subject::Tenant;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Empty, Moment, PageHead, Table, Tag, load};
use crate::error::AppError;
use crate::routes::{self, one};

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let loading = async {
        let (engine, actor) = ssr::caller()?;
        let may = actor.require(Permission::ManageTenants).is_ok();
        Ok::<_, AppError>((engine.tenants(&actor).await?, may))
    };
    load(loading, |(tenants, may)| {
        let register = may.then(|| {
            view! {
                <a class="button" data-tone="primary" href="/tenants/new">
                    "Register a tenant"
                </a>
            }
        });
        view! {
            <PageHead title="Tenants" lead="Customers whose data, or whose people's data, can be erased.">
                {register}
            </PageHead>
            {rows(tenants)}
        }
    })
}

fn rows(tenants: Vec<Tenant>) -> AnyView {
    if tenants.is_empty() {
        return view! {
            <Empty title="No tenants yet">
                <p>"A tenant is registered by the key under which your systems know it. Then requests can be opened for it."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = tenants
        .into_iter()
        .map(|tenant| {
            view! {
                <tr>
                    <th scope="row">
                        <a href=one(routes::TENANTS, tenant.id)>{tenant.name}</a>
                        {tenant.synthetic.then(|| view! { " " <Tag state="drill" words="Synthetic" /> })}
                    </th>
                    <td data-label="Key">
                        <code>{tenant.key.to_string()}</code>
                    </td>
                    <td data-label="Contacts" class="number">{tenant.contacts.len().to_string()}</td>
                    <td data-label="Registered">
                        <Moment at=tenant.created_at />
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table stacked=true caption="Tenants">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Key"</th>
                    <th scope="col" class="number">
                        "Contacts"
                    </th>
                    <th scope="col">"Registered"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
