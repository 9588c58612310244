//! What the SQL kinds read from a locator: quoted names and keys of one or more columns.

use domain::inventory::{Locator, System};
use domain::port::connector::ConnectorError;
#[cfg(feature = "probe")]
use domain::selection::RecordId;

use crate::settings;

/// An identifier, quoted by the rules of the SQL standard.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, quoted by the rules of the SQL standard; for queries that people run by hand.
#[cfg(feature = "probe")]
pub(crate) fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The columns of the key: the locator's `id`, several parted by commas.
pub(crate) fn key_columns(locator: &Locator) -> Vec<&str> {
    let id = locator.id.as_deref().unwrap_or_default();
    id.split(',')
        .map(str::trim)
        .filter(|column| !column.is_empty())
        .collect()
}

/// The id of a record from the texts of its key: the text itself, or the JSON array of several.
#[cfg(feature = "probe")]
pub(crate) fn id_of(mut key: Vec<String>) -> RecordId {
    match key.len() {
        1 => RecordId(key.remove(0)),
        _ => RecordId(serde_json::Value::from(key).to_string()),
    }
}

/// The texts of the key of a record; absent where the id does not have so many parts.
#[cfg(feature = "probe")]
pub(crate) fn key_of(id: &RecordId, columns: usize) -> Option<Vec<String>> {
    match columns {
        1 => Some(vec![id.0.clone()]),
        _ => serde_json::from_str(&id.0)
            .ok()
            .filter(|key: &Vec<String>| key.len() == columns),
    }
}

/// The text of a cursor: the key after which to go on.
pub(crate) fn cursor_of(key: &[String]) -> String {
    serde_json::Value::from(key).to_string()
}

/// The key after which to go on; absent where the cursor is not of this dataset.
pub(crate) fn key_after(cursor: &str, columns: usize) -> Option<Vec<String>> {
    serde_json::from_str(cursor)
        .ok()
        .filter(|key: &Vec<String>| key.len() == columns)
}

/// Refuses locators that cannot be those of a table.
pub(crate) fn check_locators(system: &System) -> Result<(), ConnectorError> {
    for (at, dataset) in system.datasets.iter().enumerate() {
        let locator = &dataset.locator;
        let refused = |field: &str, why: &str| Err(settings::wrong(&settings::at(system, at, field), why));
        if locator.container.trim().is_empty() || locator.container.contains(['\0', '{', '}']) {
            return refused("container", "expected the name of a table, without placeholders");
        }
        if key_columns(locator).is_empty() {
            return refused(
                "id",
                "missing; expected the column of the primary key, or several parted by commas",
            );
        }
        if locator.tenant.field.trim().is_empty() {
            return refused("tenant.field", "missing; expected a column");
        }
        if locator.subject.iter().any(|by| by.field.trim().is_empty()) {
            return refused("subject.field", "missing; expected a column");
        }
    }
    Ok(())
}

#[cfg(all(test, feature = "probe"))]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quote(r#"we"ird"#), r#""we""ird""#);
        assert_eq!(quote_text("o'neil"), "'o''neil'");
    }

    #[test]
    fn a_key_of_two_columns_comes_back_from_its_id() {
        let key = vec!["a\"b".to_owned(), "[1]".to_owned()];
        assert_eq!(key_of(&id_of(key.clone()), 2), Some(key.clone()));
        assert_eq!(key_of(&id_of(key), 3), None);
    }

    #[test]
    fn a_key_of_one_column_is_its_id() {
        let id = id_of(vec!["[\"x\"]".to_owned()]);
        assert_eq!(id.0, "[\"x\"]");
        assert_eq!(key_of(&id, 1), Some(vec!["[\"x\"]".to_owned()]));
    }
}
