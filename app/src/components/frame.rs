//! What is around every page: name, rooms, search, who is signed in.

use engine::people::Visitor;
use leptos::prelude::*;
use leptos_meta::Title;

use super::flash::Flash;
use super::form::Form;
use super::icon::Icon;
use super::key_notice::KeyNotice;
use super::navigation::Navigation;
use super::storage_notice::StorageNotice;
use crate::api::ServerFn as _;
use crate::api::session::SignOut;
use crate::api::ssr;
use crate::islands::SearchKey;
use crate::routes::{self, Page};

/// The frame around a page.
#[component]
pub fn Frame(
    /// Which page.
    page: &'static Page,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let visitor = ssr::visit().visitor;
    let signed_in = visitor.is_some();
    view! {
        <Title formatter=|title: String| {
            if title.is_empty() { "Lethe".to_owned() } else { format!("{title} - Lethe") }
        } />
        <a class="skip-link" href="#main">
            "Skip to the content"
        </a>
        <header class="site-header">
            <div class="site-bar">
                <a class="site-name" href=routes::HOME>
                    "Lethe"
                </a>
                {visitor.map(|visitor| view! { <SignedIn visitor /> })}
            </div>
        </header>
        <main id="main" tabindex="-1" data-page=page.path data-signed-in=signed_in.then_some("true")>
            <KeyNotice />
            <StorageNotice />
            <Flash />
            {children()}
        </main>
        <footer class="site-footer">
            <p>"Lethe shows what was erased, what was kept, and why."</p>
            <nav aria-label="About">
                <a href=routes::VERIFY>"Check a certificate"</a>
                <a href="/.well-known/jwks.json">"Public keys"</a>
            </nav>
        </footer>
    }
}

#[component]
fn SignedIn(visitor: Visitor) -> impl IntoView {
    let role = visitor
        .person
        .roles
        .iter()
        .map(|role| role.title())
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <Navigation roles=visitor.person.roles.clone() />
        <div class="site-tools">
            <form class="search" method="get" action=routes::SEARCH role="search">
                <label class="visually-hidden" for="search">
                    "Search"
                </label>
                <Icon name="search" />
                <input id="search" name="q" type="search" placeholder="Search" autocomplete="off" aria-keyshortcuts="/" />
                <SearchKey />
            </form>
            <details class="account">
                <summary>
                    <Icon name="person" />
                    <span class="account-name">{visitor.person.name.clone()}</span>
                </summary>
                <div class="account-menu">
                    <p>
                        <strong>{visitor.person.name}</strong>
                        <br />
                        {role}
                    </p>
                    <a href=routes::ACCOUNT>"Your account"</a>
                    <Form action=SignOut::PATH class="inline">
                        <button type="submit" class="button" data-tone="secondary">
                            "Sign out"
                        </button>
                    </Form>
                </div>
            </details>
        </div>
    }
}
