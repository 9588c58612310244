//! `lethe admin`: people, their roles and tokens.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use domain::people::Person;
use domain::subject::TenantKey;
use serde_json::json;

mod people;
mod tokens;

use people::{invitation, known_passwords, new_person, parse_roles};

use super::desk::Desk;
use super::{Failure, Options, out};

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
    /// Create a person without a password, and mail them a link to choose one (administrators)
    Invite {
        /// "Name <address>:role,role"
        person: String,
        /// The tenant of a person with the role tenant
        #[arg(long, value_name = "KEY")]
        tenant: Option<String>,
    },
    /// Mail a fresh invitation to a person who has not accepted one (administrators)
    Reinvite {
        /// The person's address
        email: String,
    },
    /// For a person who lost everything: take password, second factor, sessions and tokens away, and mail them a link to
    /// begin anew (administrators, never for themselves)
    ResetLink {
        /// The person's address
        email: String,
    },
    /// End all sessions of a person
    EndSessions {
        /// The person's address
        email: String,
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
        /// What it opens, with commas between: read, requests, holds, inventory, freeze. Everything when absent, as the
        /// command line needs it
        #[arg(long, value_name = "SCOPES")]
        scopes: Option<String>,
    },
    /// List tokens: one's own, or those of a person (administrators)
    Tokens {
        /// The person's address
        email: Option<String>,
    },
    /// Revoke a token: one's own, or anybody's (administrators)
    RevokeToken {
        /// The first column of `tokens`
        token: String,
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
            Self::Invite { person, tenant } => {
                let new = invitation(&desk, &person, tenant.as_deref()).await?;
                let email = new.email.clone();
                let id = engine.invite_person(actor, new).await?;
                out::line(format_args!(
                    "person {id} is created, and a link is mailed to {email}"
                ));
            }
            Self::Reinvite { email } => {
                engine
                    .resend_invitation(actor, find(&desk, &email).await?.id)
                    .await?;
                out::line(format_args!(
                    "a fresh link is mailed to {email}; the older one is void"
                ));
            }
            Self::ResetLink { email } => {
                engine.reset_person(actor, find(&desk, &email).await?.id).await?;
                out::line(format_args!(
                    "a link is mailed to {email}; for 24 hours they cannot be the second person of an act"
                ));
            }
            Self::EndSessions { email } => {
                let ended = engine.end_sessions(actor, find(&desk, &email).await?.id).await?;
                out::line(format_args!("{ended} sessions of {email} are ended"));
            }
            Self::Tokens { email } => tokens::list(&desk, email.as_deref()).await?,
            Self::RevokeToken { token } => {
                let token = token.parse().map_err(Failure::usage)?;
                engine.revoke_token(actor, token).await?;
                out::line("the token is revoked");
            }
            Self::Token { label, days, scopes } => {
                let scopes = tokens::scopes(scopes.as_deref())?;
                let expires_at = engine
                    .now()
                    .after(Duration::from_secs(u64::from(days) * 24 * 3600));
                let token = engine.create_token(actor, &label, scopes, expires_at).await?;
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
