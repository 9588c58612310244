//! Bundles `style/main.css` and what it imports into one small style sheet.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};

use crate::places;

/// Writes `lethe.css` into the package folder.
pub fn bundle(pkg: &Path) -> Result<()> {
    let main = places::checkout().join("style/main.css");
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    // The errors borrow from the files; only their text leaves this function.
    let mut sheet = bundler
        .bundle(&main)
        .map_err(|error| anyhow!("{}: {error}", main.display()))?;
    sheet
        .minify(MinifyOptions::default())
        .map_err(|error| anyhow!("{}: {error}", main.display()))?;
    let css = sheet
        .to_css(PrinterOptions {
            minify: true,
            ..PrinterOptions::default()
        })
        .context("cannot print the style sheet")?;
    let file = pkg.join("lethe.css");
    fs::write(&file, css.code).with_context(|| format!("cannot write {}", file.display()))
}
