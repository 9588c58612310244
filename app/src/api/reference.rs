//! What the interface for programs says of itself: an OpenAPI document, read into what its page shows.

mod example;
mod schema;

use std::sync::Arc;

use serde_json::Value;

pub use schema::Field;
use schema::Schemas;

/// Kinds of problems: the short name, when it is given, the HTTP status.
pub const PROBLEMS: [(&str, u16, &str); 15] = [
    ("json", 400, "The body is not JSON."),
    (
        "token",
        401,
        "There is no personal token, or it is unknown, has ended, or its account is closed.",
    ),
    ("scope", 403, "The token lacks the scope."),
    (
        "forbidden",
        403,
        "The person behind the token may not do this, or somebody else must.",
    ),
    ("not-found", 404, "It is not there, or it is not yours to see."),
    ("method", 405, "There is no such method at this URL."),
    (
        "changed",
        409,
        "Somebody else changed it first. Look at it again.",
    ),
    ("not-now", 409, "The state of things does not allow it now."),
    (
        "at-work",
        409,
        "The same call is being made. Ask again in a moment.",
    ),
    ("too-large", 413, "The body is too large."),
    ("media-type", 415, "The body is not sent as application/json."),
    ("invalid", 422, "A field is wrong: see errors."),
    (
        "too-many",
        429,
        "Too many wrong tokens. Wait as long as Retry-After says.",
    ),
    ("fault", 500, "A fault of ours. It was written down."),
    (
        "unavailable",
        503,
        "A part of the system does not answer. Nothing was lost; ask again.",
    ),
];

/// The document.
#[derive(Debug, Clone, Default)]
pub struct Reference(Arc<Value>);

/// Operations about one noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The noun, plural.
    pub name: String,
    /// What they are about.
    pub about: String,
    /// In the order of their paths.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its name, unique.
    pub id: String,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with `{placeholders}`.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// Scopes of which one is needed.
    pub scopes: Vec<String>,
    /// What stands in path, query and headers.
    pub parameters: Vec<Field>,
    /// What stands in the body.
    pub body: Vec<Field>,
    /// The status of the answer, and what it means.
    pub answers: Vec<(String, String)>,
    /// What stands in the answer.
    pub answer: Vec<Field>,
    /// A body to begin with, as JSON.
    pub example: Option<String>,
}

impl Reference {
    /// Of a document.
    pub fn new(document: Value) -> Self {
        Self(Arc::new(document))
    }

    /// What can be called, by noun.
    pub fn groups(&self) -> Vec<Group> {
        let operations = self.operations();
        let tags = self.0["tags"].as_array().into_iter().flatten();
        let groups = tags.map(|tag| {
            let name = text(&tag["name"]);
            let own = operations.iter().filter(|(tag, _)| *tag == name);
            Group {
                about: text(&tag["description"]),
                operations: own.map(|(_, operation)| operation.clone()).collect(),
                name,
            }
        });
        groups.collect()
    }

    fn operations(&self) -> Vec<(String, Operation)> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        let all = paths.flat_map(|(path, operations)| {
            ["get", "post"]
                .into_iter()
                .zip(["GET", "POST"])
                .filter_map(|(key, method)| Some((method, operations.get(key)?)))
                .map(|(method, operation)| self.operation(path, method, operation))
        });
        all.collect()
    }

    fn operation(&self, path: &str, method: &'static str, operation: &Value) -> (String, Operation) {
        let schemas = Schemas::of(&self.0);
        let json = |content: &Value| content["content"]["application/json"]["schema"].clone();
        let body = json(&operation["requestBody"]);
        let responses = operation["responses"].as_object().into_iter().flatten();
        let good = responses.clone().find(|(status, _)| status.starts_with('2'));
        let summary = [&operation["summary"], &operation["description"]]
            .map(text)
            .join(" ");
        let read = Operation {
            id: text(&operation["operationId"]),
            method,
            path: path.to_owned(),
            summary: summary.trim().to_owned(),
            scopes: scopes(&operation["security"]),
            parameters: schemas.parameters(&operation["parameters"]),
            example: (!body.is_null()).then(|| example::of(&schemas, &body)),
            body: schemas.fields(&body),
            answers: responses
                .map(|(status, response)| (status.clone(), text(&response["description"])))
                .collect(),
            answer: good
                .map(|(_, response)| schemas.fields(&json(response)))
                .unwrap_or_default(),
        };
        (text(&operation["tags"][0]), read)
    }
}

fn scopes(security: &Value) -> Vec<String> {
    let ways = security.as_array().into_iter().flatten();
    let scopes = ways.filter_map(|way| way["token"].as_array()).flatten();
    scopes.map(text).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_read_with_the_fields_of_its_body() {
        let document = json!({
            "tags": [{ "name": "holds", "description": "The register." }],
            "paths": { "/holds": { "post": {
                "tags": ["holds"], "operationId": "place_hold", "summary": "Places a hold.",
                "security": [{ "token": ["holds"] }],
                "parameters": [{ "name": "after", "in": "query", "required": false, "schema": { "type": "string" } }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Hold" } } } },
                "responses": { "201": { "description": "It stands." } },
            } } },
            "components": { "schemas": {
                "Hold": { "type": "object", "required": ["matter", "scope"], "properties": {
                    "matter": { "type": "string", "description": "Its name.", "example": "Smith" },
                    "scope": { "$ref": "#/components/schemas/Scope" },
                } },
                "Scope": { "type": "object", "properties": { "systems": { "type": "array", "items": { "type": "string" } } } },
            } },
        });
        let groups = Reference::new(document).groups();
        let operation = &groups[0].operations[0];
        assert_eq!(
            (operation.method, operation.scopes.as_slice()),
            ("POST", &["holds".to_owned()][..])
        );
        let names: Vec<_> = operation
            .body
            .iter()
            .map(|field| (field.name.as_str(), field.kind.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("matter", "text"),
                ("scope", "object"),
                ("scope.systems", "list of text")
            ]
        );
        assert_eq!(
            operation.example.as_deref(),
            Some("{\"matter\":\"Smith\",\"scope\":{}}")
        );
    }
}
