//! The HTML document around every page.

use leptos::hydration::HydrationScripts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};

use crate::components::frame::Frame;
use crate::routes::Page;

/// The whole document of a page.
pub fn shell(options: LeptosOptions, page: &'static Page) -> impl IntoView {
    provide_meta_context();
    provide_context(options.clone());
    allow_our_scripts_only();
    // The name carries the digest of what it names, so that a browser may keep it for ever.
    let styles = format!("/{}/{}.css", crate::PKG, options.output_name);
    let robots = if page.is_public() {
        "all"
    } else {
        "noindex, nofollow"
    };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content=robots />
                <meta
                    name="description"
                    content="Lethe erases personal data as a controlled process, looks again independently, and certifies what was found."
                />
                <link rel="preload" href="/fonts/inter.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <link rel="stylesheet" href=styles />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <Frame page>{(page.view)()}</Frame>
            </body>
        </html>
    }
}

/// Scripts only from us or with this answer's nonce, and WebAssembly; nothing framed, nothing sent elsewhere.
fn allow_our_scripts_only() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else {
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'"
    );
    if let Ok(policy) = http::HeaderValue::from_str(&policy) {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, policy);
    }
}
