//! Where things are: the checkout and this tool's cache folder of the user.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, Result};

/// The root of the checkout this tool is run in. Cargo says so when it runs the tool; checkouts that share a target
/// folder share the tool as well, so where it was built counts only when it is run by itself.
pub fn checkout() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let folder = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = folder.parent().map(Path::to_owned);
        root.expect("the xtask folder lies inside the checkout")
    })
}

/// The cache folder of the user: `$XDG_CACHE_HOME/lethe`, else `~/.cache/lethe`.
pub fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?)
            .join(".cache"),
    };
    let dir = base.join("lethe");
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(dir)
}

/// The target folder of child builds: `$CARGO_TARGET_DIR`, else one in the cache, so that a fresh clone stays warm.
pub fn target() -> Result<PathBuf> {
    match env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
        Some(dir) => {
            std::path::absolute(&dir).with_context(|| format!("cannot use {}", Path::new(&dir).display()))
        }
        None => Ok(cache()?.join("target")),
    }
}
