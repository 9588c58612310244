//! Words for keys.

use domain::key::{KeyKind, KeyState};
use leptos::prelude::*;

/// A kind, as a heading.
pub const fn title(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Document => "Document key",
        KeyKind::Log => "Log key",
        KeyKind::Seal => "Seal of PDFs",
        KeyKind::Root => "Root of the seals (CA)",
    }
}

/// What it is for.
pub const fn purpose(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Document => "Signs certificates, the status list, and every PDF beside it.",
        KeyKind::Log => "Signs the checkpoints of the log.",
        KeyKind::Seal => "Seals PDFs for viewers. It stands under a root.",
        KeyKind::Root => "Vouches for the seals. Viewers are told to trust it.",
    }
}

/// Putting another in its place.
pub const fn replace(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Document => "Replace the document key",
        KeyKind::Log => "Replace the log key",
        KeyKind::Seal => "Replace the seal",
        KeyKind::Root => "Make a fresh root",
    }
}

/// A state: the word of its tag, and what it says.
pub const fn state(state: KeyState, ends_within: Option<u64>) -> (&'static str, &'static str) {
    match (state, ends_within) {
        (KeyState::Signs, Some(_)) => ("overdue", "Signs, ends soon"),
        (KeyState::Signs, None) => ("active", "Signs now"),
        (KeyState::Next, _) => ("waiting", "Published, signs later"),
        (KeyState::Idle, _) => ("ended", "Another signs in its place"),
        (KeyState::Expired, _) => ("failed", "Ended: it never signs again"),
        (KeyState::Retired, _) => ("ended", "Retired, still published"),
        (KeyState::Compromised, _) => ("revoked", "Compromised"),
    }
}

/// Where this process has no keys.
pub fn elsewhere() -> impl IntoView {
    view! {
        <p class="muted">
            "This process does not sign, so it holds no signing keys. The public ones are published by the process that does."
        </p>
    }
}
