//! People as they are written at the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::actor::Role;
use domain::secret::Secret;
use domain::subject::{Contact, TenantKey};
use engine::people::{NewInvitation, NewPerson};

use super::super::desk::Desk;
use super::super::{Failure, acting, tenant};

/// How a person is written.
const FORM: &str = "\"Name <address>:role,role\"";

/// Reads `Name <address>:role,role`.
fn parse_person(text: &str) -> Result<(Contact, BTreeSet<Role>), Failure> {
    let none = || Failure::usage(format!("{text:?} is no person: expected {FORM}"));
    let (who, roles) = text.rsplit_once(':').ok_or_else(none)?;
    let contact = tenant::contact(who).map_err(|_| none())?;
    Ok((contact, parse_roles(roles)?))
}

pub(super) async fn invitation(
    desk: &Desk,
    text: &str,
    tenant: Option<&str>,
) -> Result<NewInvitation, Failure> {
    let (contact, roles) = parse_person(text)?;
    let tenant = match tenant {
        Some(key) => Some(
            desk.tenant(&TenantKey::parse(key).map_err(Failure::usage)?)
                .await?
                .id,
        ),
        None => None,
    };
    Ok(NewInvitation {
        name: contact.name,
        email: contact.email,
        roles,
        tenant,
    })
}

pub(super) fn new_person(text: &str, passwords: &BTreeMap<String, Secret>) -> Result<NewPerson, Failure> {
    let (contact, roles) = parse_person(text)?;
    let email = contact.email.to_lowercase();
    let password = match passwords.get(&email) {
        Some(password) => password.clone(),
        None if passwords.is_empty() => ask_twice(&email)?,
        None => return Err(Failure::usage(format!("--passwords: has no line for {email}"))),
    };
    Ok(NewPerson {
        name: contact.name,
        email,
        roles,
        tenant: None,
        password,
    })
}

fn ask_twice(email: &str) -> Result<Secret, Failure> {
    let first = acting::ask(&format!("New password of {email}: "))?;
    let second = acting::ask(&format!("Once more, the new password of {email}: "))?;
    match first == second {
        true => Ok(first),
        false => Err(Failure::failed("the two passwords differ")),
    }
}

pub(super) fn parse_roles(text: &str) -> Result<BTreeSet<Role>, Failure> {
    let role = |word: &str| {
        word.trim()
            .parse()
            .map_err(|error| Failure::usage(format!("{:?}: {error}", word.trim())))
    };
    text.split(',').map(role).collect()
}

/// Lines of address and password, with a space between them.
pub(super) fn known_passwords(file: Option<&Path>) -> Result<BTreeMap<String, Secret>, Failure> {
    let Some(file) = file else {
        return Ok(BTreeMap::new());
    };
    let text = vault::Source::File(file.into()).read("--passwords")?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let pair = |(number, line): (usize, &str)| match line.trim().split_once(char::is_whitespace) {
        Some((email, password)) => Ok((email.to_lowercase(), Secret::new(password.trim()))),
        None => Err(Failure::usage(format!(
            "--passwords: line {}: expected \"address password\"",
            number + 1
        ))),
    };
    lines.map(pair).collect()
}
