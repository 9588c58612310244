//! What a password may be (NIST SP 800-63B: length counts, and what everybody uses does not).

/// The shortest, in characters.
pub const SHORTEST: usize = 12;
/// The longest, in characters: more would only make the server work.
pub const LONGEST: usize = 256;

/// The most common passwords that are long enough, lower case, without spaces.
const COMMON: &str = include_str!("password/common.txt");

/// It cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// Too long.
    #[error("a password has at most {LONGEST} characters")]
    TooLong,
    /// The person's own name or address.
    #[error("a password is not one's own name or e-mail address")]
    Personal,
    /// One that is guessed first.
    #[error("this password is among those that are guessed first")]
    Common,
}

/// Refuses a password that is too easily guessed for a person of that name and address.
pub fn check(password: &str, name: &str, email: &str) -> Result<(), PasswordError> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if length > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let plain = folded(password);
    let local = email.split('@').next().unwrap_or_default();
    if [name, email, local].iter().any(|own| folded(own) == plain) {
        return Err(PasswordError::Personal);
    }
    let few = plain.chars().collect::<std::collections::BTreeSet<_>>().len() < 4;
    match few || COMMON.lines().any(|common| common == plain) {
        true => Err(PasswordError::Common),
        false => Ok(()),
    }
}

/// Lower case, without spaces.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(password: &str) -> Result<(), PasswordError> {
        check(password, "Ada Lovelace", "ada.lovelace@example.com")
    }

    #[test]
    fn a_password_has_a_length_that_is_counted_in_characters() {
        assert_eq!(checked("elf zeichen"), Err(PasswordError::TooShort));
        assert_eq!(checked("zwölf größen"), Ok(()));
        assert_eq!(checked(&"länge ".repeat(43)), Err(PasswordError::TooLong));
    }

    #[test]
    fn ones_own_name_is_no_password() {
        for own in [
            "Ada Lovelace",
            "adalovelace ",
            "ADA.LOVELACE@example.com",
            "Ada.Lovelace",
        ] {
            assert_eq!(checked(own), Err(PasswordError::Personal), "{own}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_no_password() {
        for common in [
            "Password1234",
            "123456789012",
            "qwerty uiop asdf",
            "aaaaaaaaaaaaaaa",
        ] {
            assert_eq!(checked(common), Err(PasswordError::Common), "{common}");
        }
    }

    #[test]
    fn the_list_is_written_as_it_is_compared() {
        for line in COMMON.lines() {
            assert_eq!(folded(line), line);
            assert!(line.chars().count() >= SHORTEST, "{line} is refused as too short");
        }
    }
}
