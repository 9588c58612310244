//! The third step: which records the system keeps, and how they are found.

use domain::inventory::{Dataset, Handling};
use leptos::prelude::*;

use super::{Steps, begun};
use crate::api::ServerFn as _;
use crate::api::inventory::kinds::Kind;
use crate::api::inventory::{ConnectDataset, DropDataset, matching, step};
use crate::api::ssr;
use crate::components::{Empty, Form, Hidden, PageHead, Submit, TextArea, TextField, load};
use crate::error::AppError;
use crate::pages::inventory::dataset::DatasetCard;
use crate::routes;

/// This step.
const PAGE: &str = "/inventory/connect/datasets";

/// The datasets so far, and a form for another one.
#[component]
pub fn Datasets() -> impl IntoView {
    let loading = async {
        let (typed, draft) = begun().await?;
        let kind = typed.kind()?;
        Ok::<_, AppError>((typed, draft, kind))
    };
    load(loading, |(typed, draft, kind)| {
        let chosen = ssr::visit().query("dataset").map(str::to_owned);
        let change = chosen.and_then(|name| {
            let mut datasets = typed.datasets.iter();
            datasets.find(|dataset| dataset.name.as_str() == name).cloned()
        });
        let on = (!typed.datasets.is_empty()).then(|| {
            view! {
                <p>
                    <a class="button" data-tone="primary" href=step("/inventory/connect/check", &draft)>
                        "Go on"
                    </a>
                </p>
            }
        });
        view! {
            <PageHead title="What it keeps" back=(routes::INVENTORY, "Inventory") lead=typed.title />
            <div class="stack">
                <Steps now=2 draft=draft.clone() />
                {cards(typed.datasets, &draft)}
                {on}
                <Fields draft kind change />
            </div>
        }
    })
}

fn cards(datasets: Vec<Dataset>, draft: &str) -> AnyView {
    if datasets.is_empty() {
        return view! {
            <Empty title="No dataset yet">
                <p>
                    "A dataset is a set of records of one kind: a table, a folder, a pattern of keys. Add every one that \
                     holds data of tenants; what is not named here is never erased."
                </p>
            </Empty>
        }
        .into_any();
    }
    let cards = datasets.into_iter().map(|dataset| {
        let name = dataset.name.to_string();
        let change = format!("{}&dataset={name}", step(PAGE, draft));
        let draft = draft.to_owned();
        view! {
            <DatasetCard dataset>
                <a href=change>"Change"</a>
                <Form action=DropDataset::PATH class="inline">
                    <Hidden name="draft" value=draft />
                    <Hidden name="dataset" value=name />
                    <Submit tone="secondary">"Take it out"</Submit>
                </Form>
            </DatasetCard>
        }
    });
    cards.collect_view().into_any()
}

/// The fields of a dataset; those of a known one are filled in.
#[component]
fn Fields(draft: String, kind: &'static Kind, change: Option<Dataset>) -> impl IntoView {
    let erases = kind.handling == Handling::Erase;
    let heading = if change.is_some() {
        "Change the dataset"
    } else {
        "Add a dataset"
    };
    let known = change.as_ref();
    let locator = known.map(|dataset| &dataset.locator);
    let categories: Vec<String> = known
        .into_iter()
        .flat_map(|dataset| dataset.categories.clone())
        .collect();
    let persons: Vec<String> = locator
        .into_iter()
        .flat_map(|found| &found.subject)
        .map(matching::write)
        .collect();
    let container = locator.map(|found| found.container.clone()).unwrap_or_default();
    let tenant = locator.map(|found| matching::write(&found.tenant));
    let tenant = tenant.unwrap_or_else(|| "tenant_key=tenant".into());
    let id = locator.and_then(|found| found.id.clone()).unwrap_or_default();
    let created = locator
        .and_then(|found| found.created.clone())
        .unwrap_or_default();
    let name = known.map(|dataset| dataset.name.to_string()).unwrap_or_default();
    let act = if change.is_some() {
        "Keep the change"
    } else {
        "Add the dataset"
    };
    let canary = known
        .and_then(|dataset| dataset.canary.clone())
        .unwrap_or_default();
    let rows = kind.rows.then(|| {
        view! {
            <TextField
                name="id"
                label="Key of a record"
                hint="The column of the primary key; several parted by commas"
                value=id
                width="medium"
            />
            <TextField
                name="created"
                label="Date of a record"
                hint="The column of the day on which a record was made. Without one, a hold by date keeps everything here."
                value=created
                width="medium"
                optional=true
            />
        }
    });
    let found = erases.then(|| {
        view! {
            <TextField
                name="tenant"
                label="How a tenant is found"
                hint="identifier=field: the column or placeholder that holds the tenant\u{2019}s key, such as tenant_key=tenant_id"
                value=tenant
                width="medium"
            />
            <TextArea
                name="persons"
                label="How one person is found"
                hint="One way a line, such as email=email_address lower. After the field may follow: lower, digits, or from system.dataset.field where the value is first looked up. Empty: it holds nothing of single persons."
                value=persons.join("\n")
                rows=3
                optional=true
            />
            {rows}
            <TextField
                name="canary"
                label="Canary"
                hint="The id of a record of the synthetic tenant that is always there: it proves that the probe sees"
                value=canary
                width="medium"
                optional=true
            />
        }
    });
    view! {
        <section class="panel">
            <h2>{heading}</h2>
            <Form action=ConnectDataset::PATH>
                <Hidden name="draft" value=draft />
                <TextField
                    name="name"
                    label="Short name"
                    hint="Such as users. A dataset of the same name is replaced."
                    value=name
                    width="medium"
                />
                <TextField
                    name="categories"
                    label="Categories of data"
                    hint="Words of your choice, parted by commas: contact, billing, usage"
                    value=categories.join(", ")
                    width="medium"
                />
                <TextField name="container" label="Where the records are" hint=kind.container value=container />
                {found}
                <Submit tone="secondary" icon="plus">
                    {act}
                </Submit>
            </Form>
        </section>
    }
}
