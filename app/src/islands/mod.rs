//! What also runs in the browser: only what HTML cannot do.

mod copy_button;
mod live;
mod search_key;

pub use copy_button::CopyButton;
pub use live::Live;
pub use search_key::SearchKey;
