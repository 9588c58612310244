//! What people see: pages rendered on the server, and the few islands that also run in the browser.
//!
//! - [`App`] is every page behind its URL; the URLs are one table in [`routes`].
//! - [`shell`] is the HTML document around it, which the server mounts.
//! - [`islands`] is the only code that ships to the browser; a page is complete without it.

pub mod islands;
mod pages;
pub mod routes;
mod shell;

pub use shell::{App, STYLES, shell};

/// Where the browser finds the WebAssembly module and its script: `/{PKG}/{NAME}.js`, `/{PKG}/{NAME}_bg.wasm`.
pub const PKG: &str = "pkg";
/// The name of the WebAssembly module and its script.
pub const NAME: &str = "lethe";

/// Wakes the islands of the page the browser has just loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
