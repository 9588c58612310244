//! The short printed code of a certificate: what a person reads out on the telephone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;

/// Sixty random bits in three groups of four characters of Crockford's base 32, such as `7K3M-9QXT-2VHF`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrintedCode([u8; LENGTH]);

/// The text is not a printed code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a printed code: expected twelve letters and digits such as 7K3M-9QXT-2VHF")]
pub struct CodeError;

impl PrintedCode {
    /// The code of eight random bytes, which the caller draws; 60 of the 64 bits are used.
    pub fn new(random: [u8; 8]) -> Self {
        let bits = u64::from_be_bytes(random);
        let mut code = [0; LENGTH];
        for (index, symbol) in code.iter_mut().enumerate() {
            let value = (bits >> (5 * (LENGTH - 1 - index))) & 31;
            *symbol = ALPHABET[value as usize];
        }
        Self(code)
    }
}

impl fmt::Display for PrintedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, symbol) in self.0.iter().enumerate() {
            if index > 0 && index % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*symbol))?;
        }
        Ok(())
    }
}

impl FromStr for PrintedCode {
    type Err = CodeError;

    /// Reads a code as people type it: any case, with or without hyphens and spaces, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut code = [0; LENGTH];
        let mut filled = 0;
        for character in text.chars().filter(|character| !matches!(character, '-' | ' ')) {
            let symbol = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let symbol = u8::try_from(symbol).map_err(|_| CodeError)?;
            if !ALPHABET.contains(&symbol) {
                return Err(CodeError);
            }
            *code.get_mut(filled).ok_or(CodeError)? = symbol;
            filled += 1;
        }
        if filled == LENGTH {
            Ok(Self(code))
        } else {
            Err(CodeError)
        }
    }
}

impl Serialize for PrintedCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PrintedCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_twelve_symbols_in_three_groups() {
        assert_eq!(PrintedCode::new([0; 8]).to_string(), "0000-0000-0000");
        assert_eq!(PrintedCode::new([0xff; 8]).to_string(), "ZZZZ-ZZZZ-ZZZZ");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code: PrintedCode = "7K3M-9QX1-20HF".parse().unwrap();
        assert_eq!("7k3m 9qxl 2ohf".parse(), Ok(code));
        assert_eq!("7K3M-9QXT-2VH".parse::<PrintedCode>(), Err(CodeError));
        assert_eq!("7K3M-9QXT-2VHU".parse::<PrintedCode>(), Err(CodeError));
        assert_eq!("7K3M-9QXT-2VHFF".parse::<PrintedCode>(), Err(CodeError));
    }
}
