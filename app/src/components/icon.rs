//! Small pictures beside words, drawn in the colour of the text; never alone, so screen readers skip them.

use leptos::prelude::*;

/// An icon by its name.
#[component]
pub fn Icon(
    /// Which.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=path(name) />
        </svg>
    }
}

/// Outlines on a grid of 20 by 20, stroked.
fn path(name: &str) -> &'static str {
    match name {
        "check" => "M4 10.5l4 4 8-9",
        "cross" => "M5 5l10 10M15 5L5 15",
        "alert" => "M10 3l8 14H2zM10 8v4M10 14.4v.2",
        "info" => "M10 2.500a7.500 7.500 0 100 15 7.500 7.500 0 000-15zM10 9.200v4.500M10 6.200v.2",
        "pause" => "M7 4.5v11M13 4.5v11",
        "lock" => "M5 9h10v8H5zM7 9V6.5a3 3 0 016 0V9",
        "clock" => "M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 6v4.2l3 1.8",
        "eye" => {
            "M2 10c2-3.6 4.8-5.4 8-5.4s6 1.8 8 5.4c-2 3.600-4.800 5.400-8 5.400S4 13.600 2 10zM10 7.600a2.400 2.400 0 100 4.800 2.400 2.400 0 000-4.800z"
        }
        "eraser" => "M8 16.500h9M3.500 12.500l7.500-8 5 5-7 7H6.500z",
        "seal" => "M10 2.500a5 5 0 100 10 5 5 0 000-10zM7 11.500L5.500 18l4.500-2.200L14.500 18 13 11.500",
        "dot" => "M10 8.500a1.500 1.500 0 100 3 1.500 1.500 0 000-3z",
        "arrow" => "M4 10h12M11 5l5 5-5 5",
        "back" => "M16 10H4M9 5l-5 5 5 5",
        "search" => "M8.500 3a5.500 5.500 0 100 11 5.500 5.500 0 000-11zM12.500 12.500L17 17",
        "download" => "M10 3v10M5.500 9l4.500 4.500L14.500 9M3.500 17h13",
        "person" => {
            "M10 3a3.300 3.300 0 100 6.600A3.300 3.300 0 0010 3zM3.500 17c.8-3.600 3.200-5 6.500-5s5.700 1.400 6.500 5"
        }
        "plus" => "M10 4v12M4 10h12",
        "minus" => "M4 10h12",
        "question" => "M7 7.500a3 3 0 115 2.200c-1.200.9-2 1.500-2 2.800M10 15.500v.2",
        "link" => {
            "M8 12l4-4M7 9l-2.500 2.500a2.800 2.800 0 004 4L11 13M13 11l2.500-2.500a2.800 2.800 0 00-4-4L9 7"
        }
        _ => "M4 10h12",
    }
}
