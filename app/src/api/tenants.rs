//! Customers of the issuer.

use domain::subject::{Contact, TenantKey};
use leptos::prelude::*;

use super::keep::words;
use super::ssr;
use crate::error::AppError;
use crate::routes;

/// Registers a tenant with its contacts.
#[server(prefix = "/act", endpoint = "register_tenant")]
pub async fn register_tenant(
    #[server(default)] key: String,
    #[server(default)] name: String,
    #[server(default)] contacts: String,
    #[server(default)] synthetic: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let wrong = "Give the key by which your systems know the tenant: 1 to 200 characters.";
    let name = words(
        "name",
        &name,
        "Give the registered name, as it will stand on certificates.",
    )?;
    let key = TenantKey::parse(&key).map_err(|_| AppError::field("key", wrong))?;
    let contacts = parse_contacts(&contacts)?;
    let id = engine
        .register_tenant(&actor, key, &name, contacts, synthetic == "true")
        .await?;
    ssr::done(
        &routes::one(routes::TENANTS, id),
        "The tenant is registered. Requests can be opened for it.",
    );
    Ok(())
}

/// One contact a line: `Name <address>`, or an address alone.
fn parse_contacts(text: &str) -> Result<Vec<Contact>, AppError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = lines.enumerate().map(|(place, line)| {
        let (name, email) = match line.split_once('<') {
            Some((name, email)) => (name.trim(), email.trim_end_matches('>').trim()),
            None => (line, line),
        };
        match email.split_once('@') {
            Some((user, host)) if !user.is_empty() && host.contains('.') && !email.contains(' ') => {
                Ok(Contact {
                    name: if name.is_empty() { email } else { name }.to_owned(),
                    email: email.to_lowercase(),
                })
            }
            _ => Err(AppError::field(
                "contacts",
                format!(
                    "Line {} has no e-mail address. Write it as Ada Byron <ada@example.com>.",
                    place + 1
                ),
            )),
        }
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_read_one_a_line() {
        let read = parse_contacts("Ada Byron <Ada@Example.com>\n\n grace@example.com ").unwrap();
        let read: Vec<(&str, &str)> = read
            .iter()
            .map(|one| (one.name.as_str(), one.email.as_str()))
            .collect();
        assert_eq!(
            read,
            [
                ("Ada Byron", "ada@example.com"),
                ("grace@example.com", "grace@example.com")
            ]
        );
    }

    #[test]
    fn a_line_without_an_address_is_named() {
        let error = parse_contacts("ada@example.com\nAda Byron").unwrap_err();
        assert!(error.of_field("contacts").unwrap().starts_with("Line 2"));
    }
}
