//! States in words, with an icon and a tone: colour never speaks alone.

use leptos::prelude::*;

use super::icon::Icon;
use crate::text;

/// How a state feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to say about it.
    Neutral,
    /// Under way.
    Info,
    /// As it should be.
    Success,
    /// Look at it.
    Warning,
    /// Stop.
    Danger,
}

impl Tone {
    /// The word in `data-tone`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// The tone and the icon of a stored state word, of requests, holds, steps, verdicts, certificates and mails.
pub fn look(word: &str) -> (Tone, &'static str) {
    match word {
        "received" | "open" | "identity_confirmed" | "draft" | "ready" | "waiting" | "queued"
        | "proposed" => (Tone::Neutral, "clock"),
        "planned" | "approved" | "scheduled" | "settling" | "expires_on" | "expire" => (Tone::Info, "clock"),
        "erasing" | "leased" | "erase" => (Tone::Info, "eraser"),
        "verifying" | "looking" => (Tone::Info, "eye"),
        "verified" | "absent" | "preserved" | "done" | "sent" | "delivered" | "active" | "attested"
        | "clean" => (Tone::Success, "check"),
        "certified" | "issued" | "closed" | "complete" | "passed" => (Tone::Success, "seal"),
        "attest" | "signed" | "rendered" | "partial" | "corrected" | "addendum" | "drill" | "again" => {
            (Tone::Neutral, "seal")
        }
        "on_hold" | "in_force" | "withheld" | "draining" | "stopped" | "frozen" => (Tone::Warning, "lock"),
        "paused" | "suspended" | "suspected" => (Tone::Warning, "pause"),
        "needs_attention" | "unclear" | "inconclusive" | "unreachable" | "overdue" | "parked" | "failed"
        | "bounced" | "not_run" => (Tone::Danger, "alert"),
        "residue" | "lost" | "revoked" | "confirmed" => (Tone::Danger, "cross"),
        "refused" | "withdrawn" | "duplicate" | "released" | "superseded" | "refuted" | "disabled"
        | "ended" => (Tone::Neutral, "cross"),
        _ => (Tone::Neutral, "dot"),
    }
}

/// A state.
#[component]
pub fn Tag(
    /// The stored word.
    #[prop(into)]
    state: String,
    /// Other words for it than its own.
    #[prop(optional, into)]
    words: Option<String>,
) -> impl IntoView {
    let (tone, icon) = look(&state);
    let words = words.unwrap_or_else(|| text::words(&state));
    view! {
        <span class="tag" data-state=state data-tone=tone.word()>
            <Icon name=icon />
            {words}
        </span>
    }
}

/// A box that says something important about the page.
#[component]
pub fn Notice(
    /// How it feels.
    tone: Tone,
    /// The heading.
    #[prop(into)]
    title: String,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let icon = match tone {
        Tone::Success => "check",
        Tone::Warning | Tone::Danger => "alert",
        Tone::Neutral | Tone::Info => "info",
    };
    view! {
        <div class="notice" data-tone=tone.word()>
            <Icon name=icon />
            <div>
                <p class="notice-title">{title}</p>
                {children()}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_the_work_never_looks_like_success() {
        for word in [
            "residue",
            "inconclusive",
            "unreachable",
            "on_hold",
            "revoked",
            "suspended",
            "lost",
        ] {
            let (tone, _) = look(word);
            assert!(matches!(tone, Tone::Warning | Tone::Danger), "{word}");
        }
    }
}
