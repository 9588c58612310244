//! What the server knows of a visit: put into the request before a page is drawn or a form acts.

use domain::certificate::Told;
use domain::secret::Secret;
use engine::people::Visitor;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// A visit. Its debug output shows neither token nor what was typed.
#[derive(Clone, Default)]
pub struct Visit {
    /// The path, without the query.
    pub path: String,
    /// Values of `{placeholders}` in the path.
    pub params: Vec<(String, String)>,
    /// The query.
    pub query: Vec<(String, String)>,
    /// Who is signed in.
    pub visitor: Option<Visitor>,
    /// The token of their session.
    pub token: Option<Secret>,
    /// What tells this browser from others where nobody is signed in.
    pub browser: Option<Secret>,
    /// A form that was refused, with what was typed.
    pub draft: Option<Draft>,
    /// What the last act did, shown once.
    pub flash: Option<String>,
    /// Where the visit comes from, for the rate of sign-ins.
    pub client: String,
    /// Cookies may travel only over https.
    pub secure: bool,
}

/// A refused form: kept on the server for a quarter of an hour, so that nothing typed is lost or shows in a URL.
#[derive(Clone, Serialize, Deserialize)]
pub struct Draft {
    /// The server function that refused it.
    pub action: String,
    /// What was typed; passwords, codes and files are left out.
    pub fields: Vec<(String, String)>,
    /// Why it was refused.
    pub error: AppError,
}

/// What came of a file that was sent to be checked; nothing of the file itself is kept.
#[derive(Debug, Clone)]
pub enum Checked {
    /// The answer.
    Told(Told),
    /// Why it was not checked.
    Refused(String),
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft")
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// Fields whose values are never kept.
pub fn is_secret(field: &str) -> bool {
    ["password", "code", "secret", "token", "credential"]
        .iter()
        .any(|word| field.contains(word))
}

impl Visit {
    /// The value of a placeholder in the path; empty when there is none.
    pub fn param(&self, name: &str) -> &str {
        find(&self.params, name).unwrap_or_default()
    }

    /// The first value of a name in the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name).filter(|value| !value.is_empty())
    }

    /// The same page with one name of the query set, or taken out.
    pub fn with_query(&self, name: &str, value: Option<&str>) -> String {
        let kept = self
            .query
            .iter()
            .filter(|(key, value)| key != name && key != "form" && !value.is_empty());
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(kept);
        if let Some(value) = value {
            pairs.append_pair(name, value);
        }
        match pairs.finish() {
            query if query.is_empty() => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }
}

impl Visit {
    /// The list of this page, as it is filtered, as a file.
    pub fn export(&self) -> String {
        let here = self.with_query("after", None);
        match here.split_once('?') {
            Some((path, query)) => format!("{path}/export.csv?{query}"),
            None => format!("{here}/export.csv"),
        }
    }
}

impl Draft {
    /// What was typed into a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        find(&self.fields, name)
    }

    /// Whether a value of a field with several was chosen.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.fields
            .iter()
            .any(|(key, typed)| key == name && typed == value)
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_the_next_page_keeps_the_filter_and_drops_the_draft() {
        let visit = Visit {
            path: "/requests".into(),
            query: [("state", "on hold"), ("form", "abc"), ("after", "1")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
            ..Visit::default()
        };
        assert_eq!(
            visit.with_query("after", Some("2")),
            "/requests?state=on+hold&after=2"
        );
        assert_eq!(visit.with_query("after", None), "/requests?state=on+hold");
        assert_eq!(visit.export(), "/requests/export.csv?state=on+hold");
    }

    #[test]
    fn passwords_and_codes_are_not_kept() {
        for field in ["password", "new_password", "code", "probe_credential", "token"] {
            assert!(is_secret(field), "{field}");
        }
        assert!(!is_secret("email"));
    }
}
