//! How systems, locators and changes are put into words.

use domain::inventory::{Handling, Limits, Locator, Match};
use domain::subject::{Normalisation, TENANT_KEY};
use engine::reading::inventory::FieldChange;
use serde_json::Value;

use crate::api::inventory::kinds::kind;
use crate::text;

/// What is done about a system's data.
pub const fn handling(handling: Handling) -> &'static str {
    match handling {
        Handling::Erase => "A connector erases its records, and an independent probe looks afterwards.",
        Handling::Expire => {
            "It runs out by itself. A probe lists what is there and re-reads the rule that ends it."
        }
        Handling::Attest => "A named party erases it and confirms with a document. Nobody here looks inside.",
    }
}

/// What people call a kind.
pub fn kind_of(name: &str) -> String {
    kind(name).map_or_else(|| name.to_owned(), |kind| kind.title.to_owned())
}

/// How hard a system may be worked.
pub fn limits(limits: Limits) -> String {
    let speed = match limits.per_second {
        0 => "as fast as it goes".to_owned(),
        number => format!(
            "at most {} a second",
            text::counted(number.into(), "record", "records")
        ),
    };
    format!(
        "{} at the same time, {} in a chunk, {speed}.",
        text::counted(limits.concurrency.into(), "chunk", "chunks"),
        text::counted(limits.chunk.into(), "record", "records")
    )
}

/// How long a system settles.
pub fn settling(seconds: u32) -> String {
    match seconds {
        0 => "It needs no time to settle.".into(),
        60.. if seconds.is_multiple_of(60) => {
            format!(
                "{} after erasure.",
                text::counted((seconds / 60).into(), "minute", "minutes")
            )
        }
        _ => format!(
            "{} after erasure.",
            text::counted(seconds.into(), "second", "seconds")
        ),
    }
}

/// A setting as people read it.
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Null => "nothing".into(),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            texts.join(", ")
        }
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(self::value).collect();
            texts.join("; ")
        }
        Value::Object(object) => {
            let texts: Vec<String> = object
                .iter()
                .map(|(name, value)| format!("{name} {}", self::value(value)))
                .collect();
            texts.join(", ")
        }
        Value::Number(number) => number.to_string(),
    }
}

/// Where the records of a dataset are.
pub fn place(locator: &Locator) -> String {
    match &locator.id {
        Some(id) => format!("{}; a record is known by {id}.", locator.container),
        None => format!("{}; a record is known by its name.", locator.container),
    }
}

/// How a tenant's records are found.
pub fn tenant(locator: &Locator) -> String {
    format!("{}.", found_by(&locator.tenant))
}

/// How one person's records are found within a tenant's.
pub fn persons(locator: &Locator) -> String {
    if locator.subject.is_empty() {
        return "It holds nothing of single persons.".into();
    }
    let ways: Vec<String> = locator.subject.iter().map(found_by).collect();
    format!("{}.", ways.join("; or "))
}

fn found_by(found: &Match) -> String {
    let what = match found.identifier.as_str() {
        TENANT_KEY => "the tenant\u{2019}s key".to_owned(),
        kind => format!("the person\u{2019}s {}", text::words(kind).to_lowercase()),
    };
    let how = match found.normalise {
        Normalisation::Exact => "",
        Normalisation::Lower => ", in lower case",
        Normalisation::Digits => ", digits only",
    };
    let from = found.lookup.as_ref().map(|lookup| {
        format!(
            ", which is first looked up in {} ({})",
            lookup.dataset, lookup.field
        )
    });
    format!("{} is {what}{how}{}", found.field, from.unwrap_or_default())
}

/// The name of a field that changed.
pub fn field(path: &str) -> String {
    match path {
        "title" => "Title".into(),
        "kind" => "Kind".into(),
        "owner" => "Owner".into(),
        "location" => "Location".into(),
        "processor" => "Processor".into(),
        "handling" => "Handling".into(),
        "settle_seconds" => "Seconds to settle".into(),
        "limits.concurrency" => "Chunks at the same time".into(),
        "limits.per_second" => "Records a second".into(),
        "limits.chunk" => "Records in a chunk".into(),
        "erase_credential" => "Credential that can delete".into(),
        "probe_credential" => "Credential that can only look".into(),
        "shared_credential" => "Both credentials are one secret".into(),
        "categories" => "Categories of data".into(),
        "canary" => "Canary".into(),
        "locator.container" => "Where the records are".into(),
        "locator.id" => "Key of a record".into(),
        "locator.created" => "Date of a record".into(),
        "locator.subject" => "How one person is found".into(),
        path => match path.strip_prefix("config.") {
            Some(setting) => format!("Setting {setting}"),
            None => text::words(&path.replace('.', ", ")),
        },
    }
}

/// A change as a sentence.
pub fn change(change: &FieldChange) -> String {
    let name = field(&change.field);
    match (&change.before, &change.after) {
        (None, None) => format!("{name}: replaced. It is never shown."),
        (None, Some(after)) => format!("{name}: now {}.", value(after)),
        (Some(before), None) => format!("{name}: no longer {}.", value(before)),
        (Some(before), Some(after)) => format!("{name}: was {}, now {}.", value(before), value(after)),
    }
}

#[cfg(test)]
mod tests {
    use domain::inventory::Lookup;
    use serde_json::json;

    use super::*;

    fn locator() -> Locator {
        let by = |identifier: &str, field: &str, normalise| Match {
            identifier: identifier.into(),
            field: field.into(),
            normalise,
            lookup: None,
        };
        Locator {
            container: "public.invoices".into(),
            id: Some("id".into()),
            tenant: by(TENANT_KEY, "tenant_id", Normalisation::Exact),
            subject: vec![
                by("email", "email", Normalisation::Lower),
                Match {
                    lookup: Some(Lookup {
                        dataset: "crm.users".to_owned().try_into().unwrap(),
                        field: "id".into(),
                    }),
                    ..by("user_id", "owner", Normalisation::Exact)
                },
            ],
            created: None,
        }
    }

    #[test]
    fn a_locator_reads_as_sentences() {
        assert_eq!(place(&locator()), "public.invoices; a record is known by id.");
        assert_eq!(tenant(&locator()), "tenant_id is the tenant\u{2019}s key.");
        assert_eq!(
            persons(&locator()),
            "email is the person\u{2019}s email, in lower case; or owner is the person\u{2019}s user id, which is \
             first looked up in crm.users (id)."
        );
    }

    #[test]
    fn a_change_says_what_was_and_what_is() {
        let told = |before: Option<Value>, after: Option<Value>| {
            change(&FieldChange {
                field: "owner".into(),
                before,
                after,
            })
        };
        assert_eq!(
            told(Some(json!("Sales")), Some(json!("Care"))),
            "Owner: was Sales, now Care."
        );
        assert_eq!(told(None, Some(json!("Care"))), "Owner: now Care.");
    }

    #[test]
    fn a_credential_is_named_and_never_shown() {
        let credential = FieldChange {
            field: "erase_credential".into(),
            before: None,
            after: None,
        };
        assert_eq!(
            change(&credential),
            "Credential that can delete: replaced. It is never shown."
        );
    }

    #[test]
    fn limits_and_settling_are_told_with_units() {
        assert_eq!(
            limits(Limits::default()),
            "2 chunks at the same time, 10\u{202f}000 records in a chunk, as fast as it goes."
        );
        assert_eq!(settling(300), "5 minutes after erasure.");
        assert_eq!(settling(90), "90 seconds after erasure.");
        assert_eq!(settling(0), "It needs no time to settle.");
    }

    #[test]
    fn settings_read_without_brackets_and_quotes() {
        assert_eq!(value(&json!(["a", "b"])), "a, b");
        assert_eq!(value(&json!(true)), "yes");
        assert_eq!(value(&json!([{ "field": "x", "n": 1 }])), "field x, n 1");
    }
}
