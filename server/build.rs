//! Embeds what the browser loads: the folder `LETHE_PKG` (made by `cargo xtask build`) and the folder `public`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=LETHE_PKG");
    // Relative to this package, so that checkouts that share a target folder do not embed each other's files.
    println!("cargo::rerun-if-changed=../public");
    println!("cargo::rerun-if-changed=build.rs");
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public");
    let mut rows = String::new();
    embed("", &public, &mut rows)?;
    if let Some(pkg) = env::var_os("LETHE_PKG") {
        println!("cargo::rerun-if-changed={}", Path::new(&pkg).display());
        embed("/pkg", Path::new(&pkg), &mut rows)?;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join("site.rs"), format!("&[{rows}]"))
}

/// One row for each file of a folder: its path in a URL, and its bytes.
fn embed(prefix: &str, folder: &Path, rows: &mut String) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = fs::canonicalize(entry.path())?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            embed(&name, &path, rows)?;
        } else {
            writeln!(
                rows,
                "({name:?}, include_bytes!({:?}) as &[u8]),",
                path.display().to_string()
            )
            .map_err(io::Error::other)?;
        }
    }
    Ok(())
}
