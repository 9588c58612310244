//! Before anything is drawn: does a vendored font have every character of the statement?

use domain::port::press::PressError;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::fonts::{Fonts, Style};

/// Names the first character that no font has, and the field it stands in.
pub fn check(statement: &[u8]) -> Result<(), PressError> {
    let value: Value =
        serde_json::from_slice(statement).map_err(|error| PressError::Unreadable(error.to_string()))?;
    walk(&value, &mut String::new())
}

fn walk(value: &Value, path: &mut String) -> Result<(), PressError> {
    let length = path.len();
    match value {
        Value::String(text) => covered(text).map_err(|character| PressError::NoGlyph {
            character,
            field: path.clone(),
        }),
        Value::Array(values) => values.iter().enumerate().try_for_each(|(index, value)| {
            path.push_str(&format!("[{index}]"));
            let walked = walk(value, path);
            path.truncate(length);
            walked
        }),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            let walked = walk(value, path);
            path.truncate(length);
            walked
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn covered(text: &str) -> Result<(), char> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(());
    }
    let written = text.graphemes(true).filter(|grapheme| *grapheme != "\n");
    for grapheme in written {
        Fonts::get().covering(Style::Regular, grapheme)?;
        Fonts::get().covering(Style::Bold, grapheme)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_without_a_glyph_is_named_with_its_field() {
        let statement = r#"{"systems":[{"name":"crm"},{"name":"顧客"}]}"#;
        let refused = PressError::NoGlyph {
            character: '顧',
            field: "systems[1].name".into(),
        };
        assert_eq!(check(statement.as_bytes()), Err(refused));
    }

    #[test]
    fn control_characters_are_refused() {
        assert!(check(br#"{"a":"x\u0007y"}"#).is_err());
        assert!(check(br#"{"a":"x\ny"}"#).is_ok());
    }
}
