//! What people see: pages rendered on the server, and the few islands that also run in the browser.
//!
//! - [`routes`] is every page of the product in one table: its URL, who may see it, and what draws it.
//! - [`api`] is what a page reads and what its forms do: server functions, each a door to one use case.
//! - [`visit`] is what the server knows of a visit before a page is drawn.
//! - `components` show, `pages` load and arrange.
//! - [`islands`] is the only code that ships to the browser; a page is complete without it.

// The types of views are deep: without optimisation, computing their layout goes beyond the usual limit.
#![recursion_limit = "256"]

pub mod islands;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod text;
#[cfg(feature = "ssr")]
pub mod visit;

#[cfg(feature = "ssr")]
pub use shell::shell;

/// Where the browser finds the WebAssembly module and its script: `/{PKG}/{NAME}.js`, `/{PKG}/{NAME}_bg.wasm`.
pub const PKG: &str = "pkg";
/// The name of the WebAssembly module, its script and the style sheet.
pub const NAME: &str = "lethe";

/// The name of the WebAssembly module that checks files, and of its script.
pub const CHECK: &str = "check";

/// Wakes the islands of the page the browser has just loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
