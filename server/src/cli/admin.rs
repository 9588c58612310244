//! `lethe admin`: people, their roles and tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use domain::actor::Role;
use domain::people::Person;
use domain::secret::Secret;
use domain::subject::TenantKey;
use engine::people::NewPerson;
use serde_json::json;

use super::desk::Desk;
use super::{Failure, Options, acting, out, tenant};

/// How a person is written.
const FORM: &str = "\"Name <address>:role,role\"";

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Create the first people; works once, by whoever has the database
    Found {
        /// "Name <address>:role,role"; may be repeated. Roles: legal_counsel, compliance_officer, operator, auditor,
        /// administrator
        #[arg(long = "person", value_name = "PERSON", required = true)]
        people: Vec<String>,
        /// A file with a line "address password" for each; asked for when absent
        #[arg(long, value_name = "FILE")]
        passwords: Option<PathBuf>,
    },
    /// Create a further person (administrators)
    Create {
        /// "Name <address>:role,role"
        person: String,
        /// The tenant of a person with the role tenant
        #[arg(long, value_name = "KEY")]
        tenant: Option<String>,
        /// A file with a line "address password"; asked for when absent
        #[arg(long, value_name = "FILE")]
        passwords: Option<PathBuf>,
    },
    /// Give a person exactly these roles (administrators, never to themselves)
    Grant {
        /// The person's address
        email: String,
        /// Roles with commas between them
        roles: String,
    },
    /// Close a person's account
    Disable {
        /// The person's address
        email: String,
    },
    /// Open a closed account again
    Enable {
        /// The person's address
        email: String,
    },
    /// Make a personal token for whoever acts; it is shown once
    Token {
        /// What it is for
        #[arg(long)]
        label: String,
        /// How many days it works
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// List all people
    List,
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        let (engine, actor) = (&desk.engine, &desk.actor);
        match self {
            Self::Found { people, passwords } => found(&desk, &people, passwords.as_deref()).await?,
            Self::Create {
                person,
                tenant,
                passwords,
            } => {
                let passwords = known_passwords(passwords.as_deref())?;
                let mut person = new_person(&person, &passwords)?;
                if let Some(key) = tenant {
                    let key = TenantKey::parse(&key).map_err(Failure::usage)?;
                    person.tenant = Some(desk.tenant(&key).await?.id);
                }
                let id = engine.create_person(actor, person).await?;
                out::line(format_args!(
                    "person {id} is created; for 24 hours they cannot be the second person of an act"
                ));
            }
            Self::Grant { email, roles } => {
                let id = find(&desk, &email).await?.id;
                engine.grant_roles(actor, id, parse_roles(&roles)?).await?;
                out::line(format_args!("{email} now has the roles {roles}"));
            }
            Self::Disable { email } => {
                engine
                    .disable_person(actor, find(&desk, &email).await?.id, true)
                    .await?;
                out::line(format_args!("the account of {email} is closed"));
            }
            Self::Enable { email } => {
                engine
                    .disable_person(actor, find(&desk, &email).await?.id, false)
                    .await?;
                out::line(format_args!("the account of {email} is open"));
            }
            Self::Token { label, days } => {
                let expires_at = engine
                    .now()
                    .after(Duration::from_secs(u64::from(days) * 24 * 3600));
                let token = engine.create_token(actor, &label, expires_at).await?;
                out::line(token.reveal());
            }
            Self::List => list(&desk).await?,
        }
        Ok(())
    }
}

async fn found(desk: &Desk, people: &[String], passwords: Option<&Path>) -> Result<(), Failure> {
    let passwords = known_passwords(passwords)?;
    let people = people
        .iter()
        .map(|text| new_person(text, &passwords))
        .collect::<Result<Vec<_>, _>>()?;
    let ids = desk.engine.found(people).await?;
    out::line(format_args!("{} people are created", ids.len()));
    Ok(())
}

async fn list(desk: &Desk) -> Result<(), Failure> {
    let people = desk.engine.people(&desk.actor).await?;
    let words = |person: &Person| person.roles.iter().map(|role| role.word()).collect::<Vec<_>>();
    if desk.json {
        let row = |person: &Person| {
            json!({ "id": person.id, "name": person.name, "email": person.email, "roles": words(person),
                "tenant": person.tenant, "disabled_at": person.disabled_at })
        };
        out::json(&people.iter().map(row).collect());
        return Ok(());
    }
    let row = |person: &Person| {
        let closed = if person.disabled_at.is_some() {
            "closed"
        } else {
            ""
        };
        [
            person.email.clone(),
            person.name.clone(),
            words(person).join(","),
            closed.to_owned(),
        ]
    };
    let rows: Vec<_> = people.iter().map(row).collect();
    out::table(
        ["ADDRESS", "NAME", "ROLES", ""],
        &rows,
        "there is nobody yet (lethe admin found)",
    );
    Ok(())
}

async fn find(desk: &Desk, email: &str) -> Result<Person, Failure> {
    let email = email.trim().to_lowercase();
    let people = desk.engine.people(&desk.actor).await?;
    let found = people.into_iter().find(|person| person.email == email);
    found.ok_or_else(|| Failure::failed(format!("nobody has the address {email} (lethe admin list)")))
}

fn new_person(text: &str, passwords: &BTreeMap<String, Secret>) -> Result<NewPerson, Failure> {
    let (who, roles) = text
        .rsplit_once(':')
        .ok_or_else(|| Failure::usage(format!("{text:?} is no person: expected {FORM}")))?;
    let contact = tenant::contact(who)
        .map_err(|_| Failure::usage(format!("{text:?} is no person: expected {FORM}")))?;
    let email = contact.email.to_lowercase();
    let password = match passwords.get(&email) {
        Some(password) => password.clone(),
        None if passwords.is_empty() => ask_twice(&email)?,
        None => return Err(Failure::usage(format!("--passwords: has no line for {email}"))),
    };
    Ok(NewPerson {
        name: contact.name,
        email,
        roles: parse_roles(roles)?,
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

fn parse_roles(text: &str) -> Result<BTreeSet<Role>, Failure> {
    let role = |word: &str| {
        word.trim()
            .parse()
            .map_err(|error| Failure::usage(format!("{:?}: {error}", word.trim())))
    };
    text.split(',').map(role).collect()
}

/// Lines of address and password, with a space between them.
fn known_passwords(file: Option<&Path>) -> Result<BTreeMap<String, Secret>, Failure> {
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
