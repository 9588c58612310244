//! Links that set a password: a lost one, or the first.

use domain::secret::Secret;
use leptos::prelude::*;

use super::ssr;
use crate::error::AppError;
use crate::routes::SIGN_IN;

/// Asks for a link to set a new password. The answer is the same whether or not anybody has the address.
#[server(prefix = "/act", endpoint = "request_reset")]
pub async fn request_reset(#[server(default)] email: String) -> Result<(), AppError> {
    if !email.contains('@') {
        return Err(AppError::field(
            "email",
            "Give your e-mail address, such as ada@example.com.",
        ));
    }
    ssr::engine().request_reset(&email, &ssr::visit().client).await?;
    ssr::done(
        SIGN_IN,
        "If there is an account with that address, a mail with a link is on its way.",
    );
    Ok(())
}

/// Sets the password that a link is for.
#[server(prefix = "/act", endpoint = "set_password")]
pub async fn set_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
    #[server(default)] password_again: String,
) -> Result<(), AppError> {
    let new = same(password, &password_again)?;
    ssr::engine()
        .set_password_by_link(&Secret::new(token), &new)
        .await?;
    ssr::drop_session();
    ssr::done(SIGN_IN, "Your password is set. Please sign in with it.");
    Ok(())
}

/// A new password, typed twice.
pub(super) fn same(password: String, again: &str) -> Result<Secret, AppError> {
    match password == again {
        true => Ok(Secret::new(password)),
        false => Err(AppError::field(
            "password_again",
            "The two are not the same. Please type the new password twice.",
        )),
    }
}
