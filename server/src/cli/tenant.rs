//! `lethe tenant`: tenants and their contacts.

use clap::Subcommand;
use domain::subject::{Contact, TenantKey};
use serde_json::json;

use super::desk::Desk;
use super::{Failure, Options, out};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Register a tenant
    Add {
        /// The key by which systems know it
        key: String,
        /// Its legal name
        #[arg(long)]
        name: String,
        /// Who is told about requests: "Name <address>"; may be repeated
        #[arg(long = "contact", value_name = "NAME <ADDRESS>")]
        contacts: Vec<String>,
        /// Made of synthetic data, for drills and canaries
        #[arg(long)]
        synthetic: bool,
    },
    /// List all tenants
    List,
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        match self {
            Self::Add {
                key,
                name,
                contacts,
                synthetic,
            } => {
                let contacts = contacts
                    .iter()
                    .map(|text| contact(text))
                    .collect::<Result<_, _>>()?;
                let key =
                    TenantKey::parse(&key).map_err(|error| Failure::usage(format!("the key: {error}")))?;
                let id = desk
                    .engine
                    .register_tenant(&desk.actor, key, &name, contacts, synthetic)
                    .await?;
                match desk.json {
                    true => out::json(&json!({ "tenant": id })),
                    false => out::line(format_args!("tenant {id} is registered")),
                }
            }
            Self::List => list(&desk).await?,
        }
        Ok(())
    }
}

async fn list(desk: &Desk) -> Result<(), Failure> {
    let tenants = desk.engine.tenants(&desk.actor).await?;
    if desk.json {
        let row = |tenant: &domain::subject::Tenant| {
            json!({ "id": tenant.id, "key": tenant.key, "name": tenant.name, "synthetic": tenant.synthetic,
                "contacts": tenant.contacts.len() })
        };
        out::json(&tenants.iter().map(row).collect());
        return Ok(());
    }
    let row = |tenant: &domain::subject::Tenant| {
        let what = if tenant.synthetic { "synthetic" } else { "" };
        [
            tenant.key.to_string(),
            tenant.name.clone(),
            tenant.contacts.len().to_string(),
            what.to_owned(),
        ]
    };
    let rows: Vec<_> = tenants.iter().map(row).collect();
    out::table(
        ["KEY", "NAME", "CONTACTS", ""],
        &rows,
        "there are no tenants yet (lethe tenant add)",
    );
    Ok(())
}

/// Reads `Name <address>`, or an address alone.
pub(super) fn contact(text: &str) -> Result<Contact, Failure> {
    let (name, email) = match text
        .trim()
        .strip_suffix('>')
        .and_then(|text| text.split_once('<'))
    {
        Some((name, email)) => (name.trim(), email.trim()),
        None => (text.trim(), text.trim()),
    };
    match email.split_once('@') {
        Some((one, other))
            if !one.is_empty() && !other.is_empty() && !email.contains(char::is_whitespace) =>
        {
            Ok(Contact {
                name: name.to_owned(),
                email: email.to_owned(),
            })
        }
        _ => Err(Failure::usage(format!(
            "{text:?} is no contact: expected \"Name <address>\""
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_has_an_address() {
        let ada = contact("Ada Lovelace <ada@example.com>").unwrap();
        assert_eq!(
            (ada.name.as_str(), ada.email.as_str()),
            ("Ada Lovelace", "ada@example.com")
        );
        assert_eq!(contact("ada@example.com").unwrap().email, "ada@example.com");
        assert!(contact("Ada <ada>").is_err() && contact("Ada").is_err());
    }
}
