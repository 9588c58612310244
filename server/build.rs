//! Embeds what the browser loads: the folder `LETHE_PKG` (made by `cargo xtask build`) and the folder `public`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=LETHE_PKG");
    // Relative to this package, so that checkouts that share a target folder do not embed each other's files.
    println!("cargo::rerun-if-changed=../public");
    println!("cargo::rerun-if-changed=build.rs");
    let package = env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let kept = out.join("site");
    fs::create_dir_all(&kept)?;
    let mut site = Site {
        kept,
        rows: String::new(),
        files: 0,
    };
    site.embed("", &Path::new(&package).join("../public"))?;
    if let Some(pkg) = env::var_os("LETHE_PKG") {
        println!("cargo::rerun-if-changed={}", Path::new(&pkg).display());
        site.embed("/pkg", Path::new(&pkg))?;
    }
    fs::write(out.join("site.rs"), format!("&[{}]", site.rows))
}

/// What is embedded. Copies of the files lie beside the code, so that it compiles wherever the checkout is by then.
struct Site {
    kept: PathBuf,
    rows: String,
    files: usize,
}

impl Site {
    /// One row for each file of a folder: its path in a URL, and its bytes.
    fn embed(&mut self, prefix: &str, folder: &Path) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.embed(&name, &entry.path())?;
                continue;
            }
            let copy = self.kept.join(self.files.to_string());
            fs::write(&copy, fs::read(entry.path())?)?;
            self.files += 1;
            writeln!(
                self.rows,
                "({name:?}, include_bytes!({:?}) as &[u8]),",
                copy.display().to_string()
            )
            .map_err(io::Error::other)?;
        }
        Ok(())
    }
}
