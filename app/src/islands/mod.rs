//! What also runs in the browser: only what HTML cannot do.

mod copy_button;

pub use copy_button::CopyButton;
