//! A picture code (QR), drawn by the server.

use leptos::prelude::*;
use qrcode::{Color, QrCode};

/// Squares of white around the code, as readers need them.
const MARGIN: usize = 4;

/// A text as a picture code; absent where the text is too long for one. What it says must stand beside it as well.
#[component]
pub fn Qr(
    /// What it holds.
    #[prop(into)]
    text: String,
    /// What it is, for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let code = QrCode::new(text.as_bytes()).ok()?;
    let size = code.width() + 2 * MARGIN;
    Some(view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect class="qr-ground" width=size.to_string() height=size.to_string() />
            <path class="qr-squares" d=squares(&code) />
        </svg>
    })
}

/// One square a dark module.
fn squares(code: &QrCode) -> String {
    let width = code.width();
    let colors = code.to_colors();
    let dark = colors
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == Color::Dark);
    dark.map(|(place, _)| format!("M{} {}h1v1h-1z", place % width + MARGIN, place / width + MARGIN))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_begins_with_the_corner_of_its_finder() {
        let code = QrCode::new(b"otpauth://totp/x").unwrap();
        assert!(squares(&code).starts_with("M4 4h1v1h-1zM5 4"));
    }
}
