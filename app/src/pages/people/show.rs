//! One account: who, with which roles, and what an administrator can do about it.

use domain::id::PersonId;
use domain::people::{Person, PersonalToken};
use leptos::prelude::*;

use super::words;
use crate::api::ServerFn as _;
use crate::api::people::{
    DisablePerson, EnablePerson, EndSessions, GrantRoles, ResendInvitation, ResetPerson, RevokeTokenOf,
};
use crate::api::ssr;
use crate::components::{Choices, Fact, Facts, Form, Hidden, Moment, PageHead, Submit, Tag, TextField, load};
use crate::error::AppError;
use crate::pages::account::tokens::Tokens;
use crate::routes;

/// What is shown.
struct Shown {
    person: Person,
    tenant: Option<String>,
    tokens: Vec<PersonalToken>,
    own: bool,
}

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    load(found(id), |shown| {
        let person = shown.person;
        let id = person.id.to_string();
        let (title, state) = (person.name.clone(), words::state(&person));
        let facts = facts(&person, shown.tenant);
        let acts = match shown.own {
            true => view! {
                <p>
                    "This is you. Nobody grants roles to themselves or resets their own account; the rest is on "
                    <a href=routes::ACCOUNT>"your account"</a>
                    "."
                </p>
            }
            .into_any(),
            false => view! { <Acts person /> }.into_any(),
        };
        view! {
            <PageHead title back=(routes::PEOPLE, "People")>
                <Tag state />
            </PageHead>
            <div class="stack">
                {facts} {acts}
                <section class="panel" aria-labelledby="tokens">
                    <h2 id="tokens">"Tokens of programs"</h2>
                    <Tokens tokens=shown.tokens action=RevokeTokenOf::PATH person=id />
                </section>
            </div>
        }
    })
}

async fn found(id: String) -> Result<Shown, AppError> {
    let (engine, actor) = ssr::caller()?;
    let id: PersonId = ssr::id(&id)?;
    let people = engine.people(&actor).await?;
    let person = people.into_iter().find(|person| person.id == id);
    let person = person.ok_or_else(AppError::not_found)?;
    let tenants = engine.tenants(&actor).await?;
    let tenant = tenants
        .into_iter()
        .find(|tenant| Some(tenant.id) == person.tenant);
    Ok(Shown {
        tokens: engine.tokens_of(&actor, id).await?,
        own: actor.person() == Ok(id),
        tenant: tenant.map(|tenant| tenant.name),
        person,
    })
}

fn facts(person: &Person, tenant: Option<String>) -> impl IntoView + use<> {
    let (email, created, trusted) = (person.email.clone(), person.created_at, person.trusted_since);
    let factor = match &person.second_factor {
        Some(_) => "A code is asked for",
        None => "None: the password alone",
    };
    let roles: Vec<_> = person
        .roles
        .iter()
        .map(|role| (words::role(*role), words::role_means(*role)))
        .map(|(term, means)| view! { <Fact term>{means}</Fact> })
        .collect();
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">"In short"</h2>
            <Facts>
                <Fact term="E-mail address">{email}</Fact>
                {tenant.map(|tenant| view! { <Fact term="Acts for">{tenant}</Fact> })}
                <Fact term="Second factor">{factor}</Fact>
                <Fact term="Account made">
                    <Moment at=created />
                </Fact>
                <Fact term="Made or last promoted">
                    <Moment at=trusted />
                </Fact>
            </Facts>
            <h3>"Roles"</h3>
            <Facts>{roles}</Facts>
        </section>
    }
}

#[component]
fn Acts(person: Person) -> impl IntoView {
    let id = person.id.to_string();
    let open = person.disabled_at.is_none();
    let invited = open && person.password.is_none();
    let roles = words::role_choices(&person.roles);
    let again = invited.then(|| button(ResendInvitation::PATH, id.clone(), "Send the invitation again"));
    let end = open.then(|| button(EndSessions::PATH, id.clone(), "End all their sessions"));
    let enable = (!open).then(|| button(EnablePerson::PATH, id.clone(), "Open the account again"));
    view! {
        <section class="panel" aria-labelledby="roles">
            <h2 id="roles">"Change the roles"</h2>
            <Form action=GrantRoles::PATH>
                <Hidden name="person" value=id />
                <Choices
                    name="roles[]"
                    label="What they are trusted with"
                    hint="After a promotion they cannot be the second person of anything for 24 hours."
                    choices=roles
                    many=true
                />
                <Submit>"Set the roles"</Submit>
            </Form>
        </section>
        <section class="panel" aria-labelledby="account">
            <h2 id="account">"Account"</h2>
            <div class="stack">
                {again} {end}
                {open
                    .then(|| {
                        view! {
                            <Dangerous
                                action=ResetPerson::PATH
                                person=person.clone()
                                title="Reset the account"
                                means="For somebody who lost everything: password, second factor, sessions and tokens are taken away, and a link to begin anew is mailed. You never see the link."
                                verb="Reset the account"
                            />
                            <Dangerous
                                action=DisablePerson::PATH
                                person=person.clone()
                                title="Disable the account"
                                means="They can no longer sign in; their sessions end and their tokens open nothing. What they did stays in the log."
                                verb="Disable the account"
                            />
                        }
                    })} {enable}
            </div>
        </section>
    }
}

fn button(action: &'static str, person: String, verb: &'static str) -> impl IntoView {
    view! {
        <Form action=action class="inline">
            <Hidden name="person" value=person />
            <Submit tone="secondary">{verb}</Submit>
        </Form>
    }
}

/// An act that is confirmed by typing whom it is about; it opens by itself when it was refused.
#[component]
fn Dangerous(
    action: &'static str,
    person: Person,
    title: &'static str,
    means: &'static str,
    verb: &'static str,
) -> impl IntoView {
    let refused = ssr::visit().draft.is_some_and(|draft| draft.action == action);
    view! {
        <details class="drawer" open=refused>
            <summary>{title}</summary>
            <p>{means}</p>
            <Form action=action>
                <Hidden name="person" value=person.id.to_string() />
                <Hidden name="email" value=person.email.clone() />
                <TextField
                    name="typed"
                    label=format!("Type {} to confirm", person.email)
                    width="medium"
                />
                <Submit tone="danger">{verb}</Submit>
            </Form>
        </details>
    }
}
