//! Canonical JSON (RFC 8785, JCS): one text for one value, so that it can be hashed and signed.

use serde::Serialize;

/// The canonical text of a value.
///
/// Our types are maps with text keys, text, booleans and integers below 2^53; such values always
/// have a canonical form.
pub fn to_string(value: &impl Serialize) -> String {
    serde_json_canonicalizer::to_string(value).expect("plain maps, text and integers have a canonical form")
}
