//! Tokens at the command line.

use std::collections::BTreeSet;

use domain::people::{PersonalToken, TokenScope};
use serde_json::json;

use super::super::desk::Desk;
use super::super::{Failure, out};
use super::find;

/// Lists one's own tokens, or those of a person.
pub(super) async fn list(desk: &Desk, email: Option<&str>) -> Result<(), Failure> {
    let tokens = match email {
        Some(email) => {
            let id = find(desk, email).await?.id;
            desk.engine.tokens_of(&desk.actor, id).await?
        }
        None => desk.engine.tokens(&desk.actor).await?,
    };
    let moment =
        |at: Option<domain::time::Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    if desk.json {
        let row = |token: &PersonalToken| {
            json!({ "token": token.digest, "label": token.label, "scopes": token.scopes,
                "created_at": token.created_at, "expires_at": token.expires_at, "last_used_at": token.last_used_at })
        };
        out::json(&tokens.iter().map(row).collect());
        return Ok(());
    }
    let row = |token: &PersonalToken| {
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.word()).collect();
        [
            token.digest.to_string(),
            token.label.clone(),
            scopes.join(","),
            token.expires_at.to_string(),
            moment(token.last_used_at),
        ]
    };
    let rows: Vec<_> = tokens.iter().map(row).collect();
    out::table(
        ["TOKEN", "LABEL", "SCOPES", "UNTIL", "LAST USED"],
        &rows,
        "there are no tokens (lethe admin token)",
    );
    Ok(())
}

/// Scopes with commas between them; all when absent.
pub(super) fn scopes(text: Option<&str>) -> Result<BTreeSet<TokenScope>, Failure> {
    let Some(text) = text else {
        return Ok(TokenScope::all());
    };
    let scope = |word: &str| {
        word.trim()
            .parse()
            .map_err(|error| Failure::usage(format!("{:?}: {error}", word.trim())))
    };
    text.split(',').map(scope).collect()
}
