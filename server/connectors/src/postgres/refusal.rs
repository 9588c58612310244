//! What the server says to a deletion, in words of our own.

use domain::port::erase::EraseError;

/// What an error of the server means, in words of our own: its message may quote values.
pub(super) fn refusal(error: sqlx::Error) -> EraseError {
    let code = match &error {
        sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
        sqlx::Error::PoolTimedOut => {
            return EraseError::Transient("no connection to the server in time".into());
        }
        sqlx::Error::Io(error) => return EraseError::Transient(format!("connection: {}", error.kind())),
        sqlx::Error::Tls(_) => return EraseError::Refused("the server's certificate is not accepted".into()),
        _ => return EraseError::Transient("the connection broke".into()),
    };
    let (passing, words) = match code.as_str() {
        "28P01" | "28000" => (false, "the server refuses the role or its password"),
        "3D000" => (false, "there is no such database"),
        "42501" => (
            false,
            "the role lacks a right, or row-level security is in force for it",
        ),
        "42P01" | "42703" | "3F000" => (false, "a table or column is not there"),
        "25006" => (
            false,
            "the server is read-only; the credential must lead to the primary",
        ),
        "57014" => (
            true,
            "the server cut the deletion off at the deadline and undid it",
        ),
        "25P03" => (
            true,
            "the server ended a transaction that stood still and undid it",
        ),
        "23503" | "23001" => (true, "rows of another table still refer to rows of the chunk"),
        code if code.starts_with("22") => (false, "a value does not fit the type of its column"),
        code if ["08", "40", "53", "55", "57"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            (true, "the server is busy or going down")
        }
        _ => (false, "the server refuses the deletion"),
    };
    match passing {
        true => EraseError::Transient(format!("{words} (SQLSTATE {code})")),
        false => EraseError::Refused(format!("{words} (SQLSTATE {code})")),
    }
}
