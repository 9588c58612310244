//! The HTML document around every page.

use leptos::hydration::HydrationScripts;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Stylesheet, Title, provide_meta_context};
use leptos_router::components::Router;

use crate::routes::Pages;

/// The URL of the style sheet.
pub const STYLES: &str = "/pkg/lethe.css";

/// The whole document; the server renders it for every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The frame that all pages share, and the page the URL asks for.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Stylesheet href=STYLES />
        <Title formatter=|page: String| if page.is_empty() { "Lethe".to_owned() } else { format!("{page} - Lethe") } />
        <Router>
            <a class="skip-link" href="#main">
                "Skip to the content"
            </a>
            <header class="site-header">
                <a class="site-name" href=crate::routes::HOME>
                    "Lethe"
                </a>
            </header>
            <main id="main" tabindex="-1">
                <Pages />
            </main>
            <footer class="site-footer">
                <p>"Lethe shows what was erased, what was kept, and why."</p>
            </footer>
        </Router>
    }
}
