//! JSON Schema, as far as our own document uses it, in words.

use serde_json::Value;

use super::text;

/// How deep objects in objects are shown.
const DEEPEST: usize = 4;

/// A field of a body or an answer, or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name, with the names of the objects around it.
    pub name: String,
    /// For a parameter: `path`, `query` or `header`.
    pub place: String,
    /// What it is, in words.
    pub kind: String,
    /// It must be there.
    pub required: bool,
    /// What it means.
    pub about: String,
}

/// Schemas by name.
pub(super) struct Schemas<'a>(&'a Value);

impl<'a> Schemas<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        Self(&document["components"]["schemas"])
    }

    /// The fields of an object, those of inner objects after it.
    pub(super) fn fields(&self, schema: &Value) -> Vec<Field> {
        let mut found = Vec::new();
        self.walk(schema, "", 0, &mut found);
        found
    }

    fn walk(&self, schema: &Value, before: &str, depth: usize, found: &mut Vec<Field>) {
        let schema = self.resolved(schema);
        if depth >= DEEPEST {
            return;
        }
        if schema["type"] == "array" {
            let inside = format!("{}[].", before.trim_end_matches('.'));
            return self.walk(&schema["items"], inside.trim_start_matches("[]."), depth, found);
        }
        let required: Vec<String> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            let resolved = self.resolved(inner);
            let about = match text(&inner["description"]) {
                about if about.is_empty() => text(&resolved["description"]),
                about => about,
            };
            found.push(Field {
                name: format!("{before}{name}"),
                place: String::new(),
                kind: self.words(&resolved),
                required: required.contains(name),
                about,
            });
            self.walk(&resolved, &format!("{before}{name}."), depth + 1, found);
        }
    }

    /// Parameters of an operation.
    pub(super) fn parameters(&self, parameters: &Value) -> Vec<Field> {
        let all = parameters
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| Field {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                kind: self.words(&self.resolved(&parameter["schema"])),
                required: parameter["required"] == true,
                about: text(&parameter["description"]),
            });
        all.collect()
    }

    /// The schema that a reference means, and without "or nothing".
    pub(super) fn resolved(&self, schema: &Value) -> Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            return self.resolved(&self.0[name]);
        }
        let ways = schema["oneOf"].as_array().into_iter().flatten();
        let mut ways = ways.filter(|way| way["type"] != "null");
        match (ways.next(), ways.next()) {
            (Some(only), None) => self.resolved(only),
            _ => schema.clone(),
        }
    }

    fn words(&self, schema: &Value) -> String {
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds
                .iter()
                .find(|kind| **kind != "null")
                .map(text)
                .unwrap_or_default(),
            kind => text(kind),
        };
        let choices = schema["enum"].as_array();
        let ways = schema["oneOf"].as_array().into_iter().flatten();
        let constants: Vec<String> = ways
            .flat_map(|way| way["enum"].as_array().into_iter().flatten().map(text))
            .collect();
        match (kinds.as_str(), choices, text(&schema["format"]).as_str()) {
            (_, Some(choices), _) => {
                let words: Vec<String> = choices.iter().map(text).filter(|word| !word.is_empty()).collect();
                format!("one of {}", words.join(", "))
            }
            ("", None, _) if !constants.is_empty() => format!("one of {}", constants.join(", ")),
            ("string", _, "date") => "date".into(),
            ("string", _, "date-time") => "moment".into(),
            ("string", _, "uuid") => "id".into(),
            ("string", ..) => "text".into(),
            ("integer" | "number", ..) => "number".into(),
            ("boolean", ..) => "true or false".into(),
            ("array", ..) => format!("list of {}", self.words(&self.resolved(&schema["items"]))),
            _ => "object".into(),
        }
    }
}
