//! Tables of the sample systems, the same on every SQL store.

use serde_json::{Value, json};

use crate::Tenant;

/// Kind of identifier, column, and the dataset and field that yield the identifier.
type FoundBy = (&'static str, &'static str, Option<(&'static str, &'static str)>);

/// A table and the rows that every tenant has in it.
#[derive(Debug)]
pub struct Table {
    /// Its name, and that of the dataset.
    pub name: &'static str,
    /// Columns with their types, which SQLite and PostgreSQL both read. Key columns come first.
    pub(crate) columns: &'static [(&'static str, &'static str)],
    /// How many of the columns make the key.
    pub(crate) key: usize,
    /// The column of the date a row was made.
    pub(crate) created: Option<&'static str>,
    /// How one person's rows are found: kind of identifier, column, and the dataset and field that yield the
    /// identifier where a request does not carry it. Empty: the table holds nothing of single persons.
    pub(crate) subject: &'static [FoundBy],
    /// What the rows hold.
    pub(crate) categories: &'static [&'static str],
    /// Rows of the smallest tenant.
    pub(crate) base: u32,
    /// The nth row of a tenant.
    pub(crate) row: fn(&Tenant, u32) -> Value,
}

/// Customers of customers, and what they asked.
pub const CRM: &[Table] = &[
    Table {
        name: "users",
        columns: &[
            ("id", "BIGINT"),
            ("tenant", "TEXT"),
            ("name", "TEXT"),
            ("email", "TEXT"),
            ("phone", "TEXT"),
            ("created", "DATE"),
        ],
        key: 1,
        created: Some("created"),
        subject: &[("email", "email", None), ("user_id", "id", None)],
        categories: &["contact"],
        base: 4,
        row: |tenant, n| {
            let phone = (n % 3 > 0).then(|| format!("+353 1 555 {:04}", n * 37 % 10_000));
            json!([
                tenant.id(n),
                tenant.key,
                tenant.person(n),
                format!("person{n}@{}.example", tenant.key),
                phone,
                day(n)
            ])
        },
    },
    Table {
        name: "tickets",
        columns: &[
            ("id", "BIGINT"),
            ("tenant", "TEXT"),
            ("user_id", "BIGINT"),
            ("subject", "TEXT"),
            ("answer", "TEXT"),
            ("created", "DATE"),
        ],
        key: 1,
        created: Some("created"),
        subject: &[("user_id", "user_id", Some(("crm.users", "id")))],
        categories: &["contact", "support"],
        base: 15,
        row: |tenant, n| {
            let answer =
                (n % 4 > 0).then(|| format!("Dear {}, your parcel is on its way.", tenant.person(n)));
            json!([
                tenant.id(n),
                tenant.key,
                tenant.id(n % 7 + 1),
                format!("Where is parcel {n}?"),
                answer,
                day(n)
            ])
        },
    },
    Table {
        name: "audit_trail",
        columns: &[
            ("id", "BIGINT"),
            ("tenant", "TEXT"),
            ("act", "TEXT"),
            ("by_user", "BIGINT"),
            ("made_on", "DATE"),
        ],
        key: 1,
        created: Some("made_on"),
        subject: &[],
        categories: &["audit"],
        base: 10,
        row: |tenant, n| {
            json!([
                tenant.id(n),
                tenant.key,
                "signed in",
                tenant.id(n % 7 + 1),
                day(n)
            ])
        },
    },
];

/// Invoices and payments.
pub const BILLING: &[Table] = &[
    Table {
        name: "invoices",
        columns: &[
            ("number", "TEXT"),
            ("tenant", "TEXT"),
            ("customer", "TEXT"),
            ("amount_cents", "BIGINT"),
            ("issued_on", "DATE"),
        ],
        key: 1,
        created: Some("issued_on"),
        subject: &[],
        categories: &["billing"],
        base: 6,
        row: |tenant, n| {
            let number = format!("{}-{n:05}", tenant.key.to_uppercase());
            json!([
                number,
                tenant.key,
                tenant.person(n),
                u64::from(n) * 1_999,
                day(n * 5)
            ])
        },
    },
    Table {
        name: "payments",
        columns: &[
            ("id", "BIGINT"),
            ("tenant", "TEXT"),
            ("payer", "TEXT"),
            ("iban", "TEXT"),
            ("paid_on", "DATE"),
        ],
        key: 1,
        created: None,
        subject: &[],
        categories: &["billing"],
        base: 5,
        row: |tenant, n| {
            let iban = (n % 5 > 0).then(|| format!("IE00DEMO{:014}", tenant.id(n)));
            let paid_on = (n % 2 > 0).then(|| day(n));
            json!([tenant.id(n), tenant.key, tenant.person(n), iban, paid_on])
        },
    },
];

/// A search index.
pub const SEARCH: &[Table] = &[Table {
    name: "documents",
    columns: &[
        ("doc_id", "TEXT"),
        ("tenant", "TEXT"),
        ("title", "TEXT"),
        ("body", "TEXT"),
    ],
    key: 1,
    created: None,
    subject: &[],
    categories: &["contact", "support"],
    base: 30,
    row: |tenant, n| {
        let title = format!("Parcel {n} of {}", tenant.person(n));
        json!([
            format!("{}/{n:06}", tenant.key),
            tenant.key,
            title,
            "to be left with the neighbours"
        ])
    },
}];

/// Events for analysis, with a key of two columns.
pub const WAREHOUSE: &[Table] = &[Table {
    name: "events",
    columns: &[
        ("tenant", "TEXT"),
        ("seq", "BIGINT"),
        ("kind", "TEXT"),
        ("detail", "TEXT"),
        ("day", "DATE"),
    ],
    key: 2,
    created: Some("day"),
    subject: &[],
    categories: &["usage"],
    base: 150,
    row: |tenant, n| {
        let detail = (n % 6 > 0).then(|| format!("seen by {}", tenant.person(n)));
        json!([tenant.key, n, "page_view", detail, day(n)])
    },
}];

/// A day of the years 2024 to 2026.
fn day(n: u32) -> String {
    format!("{}-{:02}-{:02}", 2024 + n / 12 % 3, n % 12 + 1, n % 28 + 1)
}

impl Table {
    /// Names of the key's columns.
    pub(crate) fn key_columns(&self) -> Vec<&'static str> {
        self.columns[..self.key].iter().map(|(name, _)| *name).collect()
    }

    /// The statement that makes it.
    pub(crate) fn create(&self) -> String {
        let key = self.key_columns();
        let column = |(name, kind): &(&str, &str)| match key.contains(name) || *name == "tenant" {
            true => format!("{name} {kind} NOT NULL"),
            false => format!("{name} {kind}"),
        };
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        format!(
            "CREATE TABLE {} ({}, PRIMARY KEY ({}))",
            self.name,
            columns.join(", "),
            key.join(", ")
        )
    }

    /// All rows of a tenant, as a JSON array of arrays.
    pub(crate) fn rows(&self, tenant: &Tenant) -> Value {
        (1..=self.base * tenant.weight)
            .map(|n| (self.row)(tenant, n))
            .collect()
    }

    /// The id of a tenant's first row, as people write it: the text of its key, or a JSON array of texts.
    pub(crate) fn first_id(&self, tenant: &Tenant) -> String {
        let row = (self.row)(tenant, 1);
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut key: Vec<String> = (0..self.key).map(|at| text(&row[at])).collect();
        match key.len() {
            1 => key.remove(0),
            _ => Value::from(key).to_string(),
        }
    }

    /// The texts of an id's key.
    pub(crate) fn key_of(&self, id: &str) -> Vec<String> {
        match self.key {
            1 => vec![id.to_owned()],
            _ => serde_json::from_str(id).unwrap_or_default(),
        }
    }

    /// The dataset in an inventory file.
    pub(crate) fn dataset(&self, canary: &Tenant) -> Value {
        let mut locator = json!({
            "container": self.name,
            "id": self.key_columns().join(","),
            "tenant": { "identifier": "tenant_key", "field": "tenant" },
        });
        if let Some(created) = self.created {
            locator["created"] = created.into();
        }
        let subject = self.subject.iter().map(|(identifier, field, lookup)| {
            let mut found_by = json!({ "identifier": identifier, "field": field });
            if let Some((dataset, field)) = lookup {
                found_by["lookup"] = json!({ "dataset": dataset, "field": field });
            }
            found_by
        });
        let subject: Vec<Value> = subject.collect();
        if !subject.is_empty() {
            locator["subject"] = subject.into();
        }
        json!({ "name": self.name, "categories": self.categories, "canary": self.first_id(canary), "locator": locator })
    }
}
