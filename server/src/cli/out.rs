//! What commands print: lines, tables, JSON. A reader who hangs up early is no error.

use std::io::Write as _;

use serde_json::Value;

/// Prints a line.
pub(crate) fn line(text: impl std::fmt::Display) {
    let _hung_up = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints JSON.
pub(crate) fn json(value: &Value) {
    line(format_args!("{value:#}"));
}

/// Prints a label and a value.
pub(crate) fn fact(label: &str, value: impl std::fmt::Display) {
    line(format_args!("{label:<18} {value}"));
}

/// Prints rows under heads, in columns, or says that there are none.
pub(crate) fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]], none: &str) {
    if rows.is_empty() {
        return line(none);
    }
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.chain([heads[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let print = |cells: [&str; N]| {
        let cells = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        line(cells.collect::<Vec<_>>().join("  ").trim_end());
    };
    print(heads);
    for row in rows {
        print(std::array::from_fn(|column| row[column].as_str()));
    }
}
