//! The account of whoever is signed in: what is known of them, password, second factor, sessions, tokens.

use domain::people::{Person, PersonalToken};
use domain::session::Session;
use leptos::prelude::*;

use super::tokens::Tokens;
use crate::api::ServerFn as _;
use crate::api::account::{ChangePassword, RevokeToken};
use crate::api::session::SignOutEverywhere;
use crate::api::ssr;
use crate::components::{Fact, Facts, Form, Hidden, Moment, PageHead, Submit, Table, Tag, TextField, load};
use crate::error::AppError;
use crate::pages::people::words;
use crate::routes;

/// What is shown.
struct Shown {
    person: Person,
    tenant: Option<String>,
    here: domain::digest::Digest,
    sessions: Vec<Session>,
    tokens: Vec<PersonalToken>,
}

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    load(found(), |shown| {
        view! {
            <PageHead title="Your account" />
            <div class="stack">
                {facts(&shown.person, shown.tenant)} {second_factor(&shown.person)} {password(&shown.person)}
                {sessions(shown.sessions, shown.here)}
                <section class="panel" aria-labelledby="tokens">
                    <div class="panel-head">
                        <h2 id="tokens">"Tokens of programs"</h2>
                        <a class="button" data-tone="secondary" href="/account/tokens/new">
                            "Make a token"
                        </a>
                    </div>
                    <Tokens tokens=shown.tokens action=RevokeToken::PATH />
                </section>
            </div>
        }
    })
}

async fn found() -> Result<Shown, AppError> {
    let (engine, actor) = ssr::caller()?;
    let visitor = ssr::visitor()?;
    let tenant = match ssr::is_tenant(&actor) {
        true => Some(engine.own_tenant(&actor).await?.name),
        false => None,
    };
    Ok(Shown {
        person: visitor.person,
        tenant,
        here: visitor.session,
        sessions: engine.sessions(&actor).await?,
        tokens: engine.tokens(&actor).await?,
    })
}

fn facts(person: &Person, tenant: Option<String>) -> impl IntoView + use<> {
    let (name, email, since) = (person.name.clone(), person.email.clone(), person.created_at);
    let roles: Vec<_> = person
        .roles
        .iter()
        .map(|role| (words::role(*role), words::role_means(*role)))
        .map(|(term, means)| view! { <Fact term>{means}</Fact> })
        .collect();
    view! {
        <section class="panel" aria-labelledby="you">
            <h2 id="you">"You"</h2>
            <Facts>
                <Fact term="Name">{name}</Fact>
                <Fact term="E-mail address">{email}</Fact>
                {tenant.map(|tenant| view! { <Fact term="You act for">{tenant}</Fact> })}
                <Fact term="Account made">
                    <Moment at=since />
                </Fact>
            </Facts>
            <h3>"What you are trusted with"</h3>
            <Facts>{roles}</Facts>
            <p class="muted small">"An administrator changes these."</p>
        </section>
    }
}

fn second_factor(person: &Person) -> impl IntoView + use<> {
    let (said, link) = match &person.second_factor {
        Some(_) => ("A code is asked for when you sign in.", "See your second factor"),
        None => (
            "Your password alone opens your account. A second factor makes a stolen password worthless.",
            "Set up a second factor",
        ),
    };
    view! {
        <section class="panel" aria-labelledby="factor">
            <h2 id="factor">"Second factor"</h2>
            <p>{said}</p>
            <p>
                <a class="button" data-tone="secondary" href=routes::SECOND_FACTOR>
                    {link}
                </a>
            </p>
        </section>
    }
}

fn password(person: &Person) -> impl IntoView + use<> {
    let email = person.email.clone();
    view! {
        <section class="panel" aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <Form action=ChangePassword::PATH>
                <Hidden name="username" value=email />
                <TextField
                    name="old_password"
                    label="Present password"
                    kind="password"
                    autocomplete="current-password"
                    width="medium"
                />
                <TextField
                    name="password"
                    label="New password"
                    hint="At least 12 characters. All your sessions end, this one as well."
                    kind="password"
                    autocomplete="new-password"
                    width="medium"
                />
                <TextField
                    name="password_again"
                    label="New password again"
                    kind="password"
                    autocomplete="new-password"
                    width="medium"
                />
                <Submit>"Change the password"</Submit>
            </Form>
        </section>
    }
}

fn sessions(sessions: Vec<Session>, here: domain::digest::Digest) -> impl IntoView {
    let rows: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            let this =
                (session.digest == here).then(|| view! { " " <Tag state="active" words="This browser" /> });
            view! {
                <tr>
                    <th scope="row">
                        <Moment at=session.created_at />
                        {this}
                    </th>
                    <td data-label="Last used">
                        <Moment at=session.last_seen_at />
                    </td>
                    <td data-label="Ends">
                        <Moment at=session.expires_at />
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="panel" aria-labelledby="sessions">
            <div class="panel-head">
                <h2 id="sessions">"Where you are signed in"</h2>
                <Form action=SignOutEverywhere::PATH class="inline">
                    <Submit tone="secondary">"Sign out everywhere"</Submit>
                </Form>
            </div>
            <Table stacked=true caption="Sessions">
                <thead>
                    <tr>
                        <th scope="col">"Signed in"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col">"Ends"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}
