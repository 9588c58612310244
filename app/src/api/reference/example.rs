//! A body to begin with: what must be there, with examples from the document.

use serde_json::{Map, Value, json};

use super::schema::Schemas;

/// The example as compact JSON.
pub(super) fn of(schemas: &Schemas<'_>, schema: &Value) -> String {
    value(schemas, schema).to_string()
}

fn value(schemas: &Schemas<'_>, schema: &Value) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let schema = schemas.resolved(schema);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(first) = schema["enum"]
        .get(0)
        .or_else(|| schema["oneOf"][0]["enum"].get(0))
    {
        return first.clone();
    }
    let required = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date")) => json!("2026-03-31"),
        (Some("string"), _) => json!("..."),
        (Some("integer" | "number"), _) => json!(1),
        (Some("boolean"), _) => json!(false),
        (Some("array"), _) => json!([]),
        _ => {
            let fields = required.map(|name| {
                let inner = &schema["properties"][name];
                (name.to_owned(), value(schemas, inner))
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}
